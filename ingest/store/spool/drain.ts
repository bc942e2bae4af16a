import type { Reading } from '../../reading.ts'
import type { SpoolFile } from './spool-file.ts'

export type DrainOptions = {
  readonly file: SpoolFile
  /** Resolves when nothing else is under way to where readings are handed on. */
  readonly ready: () => Promise<unknown>
  readonly deliver: (readings: readonly Reading[]) => Promise<void>
  readonly onTrouble: (error: unknown) => void
  readonly onEmpty: () => void
}

// Batches that came singly are handed on together: five requests of InfluxDB's, a third of a second of its work.
const readingsAtOnceMax = 50_000
// A restart of the server is noticed within these bounds, and a server in trouble is not pestered.
const retryMsMin = 100
const retryMsMax = 5_000
// Between two pieces of file given back to the disk others get their turn.
const shrinkPauseMs = 20

/** Hands the spool's batches on: the oldest first, one delivery at a time, and again until it succeeds. */
export class Drain {
  readonly #options: DrainOptions
  #running: Promise<void> | undefined
  /** Deliveries and those who must not be disturbed by one take turns. */
  #turn: Promise<void> = Promise.resolve()
  #wake: () => void = () => {}
  #stopping = false

  constructor(options: DrainOptions) {
    this.#options = options
  }

  /** There is something in the file. */
  start(): void {
    if (this.#stopping) return
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined
      // Put in while the file was being made smaller.
      if (this.#options.file.batches > 0) this.start()
    })
  }

  /** Waits for the delivery under way, and lets none begin until the returned function is called. */
  async hold(): Promise<() => void> {
    let release = () => {}
    const before = this.#turn
    this.#turn = new Promise<void>((resolve) => {
      release = resolve
    })
    await before
    return release
  }

  /** Tells whether a reading is among those that a broken-off delivery may have handed on already. */
  attempted(): { has(reading: Reading): boolean } | undefined {
    const head = this.#options.file.head(readingsAtOnceMax)
    if (head === undefined) return undefined
    const identities = new Set(head.readings.map(identityOf))
    return { has: (reading) => identities.has(identityOf(reading)) }
  }

  async stop(): Promise<void> {
    this.#stopping = true
    this.#wake()
    await this.#running
  }

  async #run(): Promise<void> {
    let retryMs = retryMsMin
    while (!this.#stopping && this.#options.file.batches > 0) {
      const release = await this.hold()
      try {
        await this.#options.ready()
        const head = this.#stopping ? undefined : this.#options.file.head(readingsAtOnceMax)
        if (head === undefined) continue
        await this.#options.deliver(head.readings)
        this.#options.file.removeThrough(head.through)
        retryMs = retryMsMin
        continue
      } catch (error) {
        this.#options.onTrouble(error)
      } finally {
        release()
      }
      await this.#pause(retryMs)
      retryMs = Math.min(retryMs * 2, retryMsMax)
    }
    if (this.#stopping) return
    this.#options.onEmpty()
    await this.#shrink()
  }

  async #shrink(): Promise<void> {
    try {
      while (!this.#stopping && this.#options.file.batches === 0 && this.#options.file.shrink())
        await this.#pause(shrinkPauseMs)
    } catch {
      // A file larger than it need be is no trouble; it is tried again when the spool is next empty.
    }
  }

  #pause(ms: number): Promise<void> {
    if (this.#stopping) return Promise.resolve()
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms)
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }
}

function identityOf({ sensor, observedAt }: Reading): string {
  return `${sensor}@${observedAt}`
}
