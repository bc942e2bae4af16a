import { Batch } from './batch.ts'

// A commit of so many readings takes some 30 ms; larger batches only make the first of them wait longer.
const batchSizeMax = 20_000

export type GroupCommitParts = {
  /** Resolves when all of the batch is on disk. */
  commit(batch: Batch): Promise<void>
  /** The batch is on disk. Called in the order of commits. */
  onKept(batch: Batch): void
  onFailed(batch: Batch, error: unknown): void
}

/**
 * One commit at a time; what arrives meanwhile forms the next, without any timer: with little load a batch is one
 * message, and the more there is the more share one sync of the disk.
 */
export class GroupCommit {
  readonly #parts: GroupCommitParts
  readonly #queue: Batch[] = []
  #committing: Promise<void> | undefined
  /** Batches committed or failed. */
  batches = 0
  /** What is taken and neither kept nor failed yet. */
  waiting = 0

  constructor(parts: GroupCommitParts) {
    this.#parts = parts
  }

  /** The batch that is open for more. Whoever adds to it counts that in by `added`. */
  gathering(): Batch {
    const last = this.#queue.at(-1)
    if (last !== undefined && last.size < batchSizeMax) return last
    const batch = new Batch()
    this.#queue.push(batch)
    // Not at once: what else this turn of the event loop reads from the sockets belongs into the same commit.
    this.#committing ??= new Promise<void>((resolve) => setImmediate(resolve)).then(() => this.#commitAll())
    return batch
  }

  /** Resolves when everything taken so far is committed or has failed. */
  async drain(): Promise<void> {
    while (this.#committing !== undefined) await this.#committing
  }

  async #commitAll(): Promise<void> {
    let kept: Batch | undefined
    for (let batch = this.#queue.shift(); batch !== undefined; batch = this.#queue.shift()) {
      const committing = this.#commit(batch)
      if (kept !== undefined) {
        // What follows from the batch before is worked out while the disk is busy with this one.
        await nextTurn()
        this.#parts.onKept(kept)
      }
      kept = (await committing) ? batch : undefined
      if (this.#queue.length === 0 && kept !== undefined) {
        this.#parts.onKept(kept)
        kept = undefined
      }
      batch.settle()
    }
    this.#committing = undefined
  }

  async #commit(batch: Batch): Promise<boolean> {
    const { size } = batch
    try {
      await this.#parts.commit(batch)
      return true
    } catch (error) {
      this.#parts.onFailed(batch, error)
      batch.fail(error)
      return false
    } finally {
      this.waiting -= size
      this.batches++
    }
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
