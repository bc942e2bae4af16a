import { Worker, type WorkerOptions } from 'node:worker_threads'
import type { Instant } from '../../city/index.ts'
import type { PackedReadings } from '../../ingest/index.ts'
import type { FromThread, Start, Task, ToThread } from './messages.ts'

export type Ended = Extract<FromThread, { kind: 'ended' }>

// One that is folded, one that waits, one that is being read: more would only take memory (16 MB each).
const stretchesMax = 2

/** The main thread's end of the thread that folds. */
export class FoldThread {
  readonly #worker: Worker
  readonly #ended: (ended: Ended) => void
  #stretches = 0
  #groups = 0
  #waiting: { readonly until: () => boolean; readonly go: () => void } | undefined
  #failure: Error | undefined
  #closed = false

  constructor(start: Start, ended: (ended: Ended) => void) {
    this.#ended = ended
    this.#worker = startThread({ name: 'backtest', workerData: start })
    this.#worker.on('message', (message: FromThread) => this.#follow(message))
    this.#worker.on('error', (error: Error) => this.#fail(error))
    this.#worker.on('exit', () => this.#fail(new Error('the thread that tries rules ended')))
  }

  begin(tasks: readonly Task[], isJoint: boolean): void {
    this.#post({ kind: 'begin', tasks, isJoint })
  }

  /** Hands a stretch of readings over; resolves when there is room for the next. */
  async take(inputs: readonly PackedReadings[], through: Instant): Promise<void> {
    this.#stretches++
    this.#post({ kind: 'take', inputs, through }, buffersOf(inputs))
    await this.#until(() => this.#stretches < stretchesMax)
  }

  end(): void {
    this.#groups++
    this.#post({ kind: 'end' })
  }

  /** Resolves when all that was begun has ended. */
  async done(): Promise<void> {
    await this.#until(() => this.#groups === 0)
  }

  /** Whoever waits for the thread is told so at once. */
  breakOff(reason: Error): void {
    this.#fail(reason)
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.#worker.terminate()
  }

  #post(message: ToThread, transferred: ArrayBuffer[] = []): void {
    if (this.#failure !== undefined) throw this.#failure
    this.#worker.postMessage(message, transferred)
  }

  #follow(message: FromThread): void {
    if (message.kind === 'taken') this.#stretches--
    else {
      this.#groups--
      this.#ended(message)
    }
    this.#goOn()
  }

  #fail(error: Error): void {
    if (this.#closed) return
    this.#failure ??= error
    this.#goOn()
  }

  #goOn(): void {
    if (this.#failure === undefined && this.#waiting?.until() !== true) return
    const go = this.#waiting?.go
    this.#waiting = undefined
    go?.()
  }

  async #until(until: () => boolean): Promise<void> {
    if (this.#failure === undefined && !until())
      await new Promise<void>((go) => {
        this.#waiting = { until, go }
      })
    if (this.#failure !== undefined) throw this.#failure
  }
}

function buffersOf(inputs: readonly PackedReadings[]): ArrayBuffer[] {
  const columns = inputs.flatMap(({ stamps, values, delays }) => [stamps, values, ...(delays ? [delays] : [])])
  return columns.map(({ buffer }) => buffer)
}

function startThread(options: WorkerOptions): Worker {
  if (!import.meta.filename.endsWith('.ts')) return new Worker(new URL('./entry.js', import.meta.url), options)
  // From the sources, as in development and tests, the thread has to install its own loader first.
  const entry = JSON.stringify(new URL('./entry.ts', import.meta.url).href)
  const code = `import('tsx/esm/api').then(({ register }) => { register(); return import(${entry}) })`
  return new Worker(code, { ...options, eval: true })
}
