import type { Logger } from 'pino'
import type { Instant, SensorId } from '../../../city/index.ts'
import { Refusal } from '../../../city/index.ts'
import type { Reading } from '../../reading.ts'
import {
  type ReadingStore,
  type Series,
  type SeriesQuery,
  type StoreHealth,
  StoreUnavailable,
} from '../reading-store.ts'
import type { InfluxOptions } from './connection.ts'
import { openInfluxStore } from './open.ts'

// A server that is starting is asked again this soon; every reading that waits for it is in the spool meanwhile.
const askAgainMs = 500

/**
 * The store on a server that is away while we start. Each call tries to open it, until one succeeds; until then all of
 * them reject with StoreUnavailable. For use behind a spool, on a server that was there before.
 */
export class LaterInfluxStore implements ReadingStore {
  readonly kind = 'influxdb'
  readonly #open: () => Promise<ReadingStore>
  #opened: ReadingStore | undefined
  #opening: Promise<ReadingStore> | undefined
  #failure: unknown
  #askedAt = Number.NEGATIVE_INFINITY
  #closed = false

  constructor(options: InfluxOptions & { readonly log: Logger }) {
    this.#open = () => openInfluxStore(options)
  }

  append = async (readings: readonly Reading[]): Promise<void> => (await this.#store()).append(readings)
  series = async (query: SeriesQuery): Promise<Series> => (await this.#store()).series(query)
  latest = async (sensors: readonly SensorId[]): Promise<ReadonlyMap<SensorId, Reading>> =>
    (await this.#store()).latest(sensors)
  forgetBefore = async (observedBefore: Instant): Promise<void> => (await this.#store()).forgetBefore(observedBefore)

  async *receivedSince(receivedFrom: Instant, observedFrom: Instant): AsyncGenerator<readonly Reading[]> {
    yield* (await this.#store()).receivedSince(receivedFrom, observedFrom)
  }

  async health(): Promise<StoreHealth> {
    try {
      return await (await this.#store()).health()
    } catch (error) {
      return { ready: false, detail: (error as Error).message }
    }
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.#opened?.close()
  }

  async #store(): Promise<ReadingStore> {
    if (this.#closed) throw new StoreUnavailable('the store is closed')
    if (this.#opened !== undefined) return this.#opened
    // By the monotonic clock: this is about elapsed time, not about when something was.
    const at = performance.now()
    if (this.#opening === undefined && at - this.#askedAt < askAgainMs) throw unavailable(this.#failure)
    this.#askedAt = at
    this.#opening ??= this.#open().finally(() => {
      this.#opening = undefined
    })
    try {
      this.#opened = await this.#opening
      return this.#opened
    } catch (error) {
      this.#failure = error
      throw unavailable(error)
    }
  }
}

function unavailable(failure: unknown): unknown {
  return failure instanceof Refusal ? new StoreUnavailable(failure.message, { cause: failure }) : failure
}
