import type { Logger } from 'pino'
import type { Instant, SensorId } from '../../../city/index.ts'
import type { Reading } from '../../reading.ts'
import {
  type ReadingStore,
  type Series,
  type SeriesQuery,
  type SpoolState,
  type StoreHealth,
  StoreUnavailable,
} from '../reading-store.ts'
import { appendAroundRefused } from './around-refused.ts'
import { Drain } from './drain.ts'
import { encode, sizeOf } from './encoding.ts'
import { NewestWaiting } from './newest-waiting.ts'
import type { SpoolFile } from './spool-file.ts'
import { seriesWith } from './spooled-series.ts'
import { within } from './within.ts'
import { roomOf, spoolSentences } from './wording.ts'

/*
 * Dramatis personae
 *   inner    where readings belong. Slow or away at times; what it is given twice counts once.
 *   file     batches that inner has not taken yet, in SQLite. Survives a crash; what was handed on and not yet removed is
 *            handed on again.
 *   drain    hands the file's batches on, the oldest first, one request under way at a time. Made anew at every start.
 *   newest   of each sensor the newest reading in the file, in memory; read from the file at a start.
 */

export type SpoolOptions = {
  /** The SQLite file; made when it is not there. */
  readonly path: string
  /** Where the readings belong. */
  readonly inner: ReadingStore
  /** So much may wait, in bytes; beyond it new batches are refused, and nothing that was acknowledged is dropped. */
  readonly bytesMax: number
  /** Told of readings that inner does not take, ever. They are kept beside in the spool's file as well. */
  readonly onRefused?: (readings: readonly Reading[], detail: string) => unknown
  /** A batch that inner has not taken by then goes into the file. */
  readonly slowAfterMs?: number
  readonly now: () => Instant
  readonly log: Logger
}

// Ten times what InfluxDB needs for a batch on a busy disk, and less than a device waits for its PUBACK.
const slowAfterMsDefault = 1_000
// At closing, the request under way is given so long; what it has not confirmed stays in the file.
const closingMsMax = 2_000
// A server that did not answer is not asked again for so long.
const hungMs = 3_000
// Whoever watches our health waits no longer for an answer.
const healthMsMax = 2_000
// So many batches are looked through for a chart before others get their turn; some 10 ms.
const batchesPerLook = 4
// Of the room there is, for readings that the store does not take.
const asideShare = 0.1

/** A store in front of another one: what that one cannot take at once is kept on this machine's disk and handed on later. */
export class SpoolStore implements ReadingStore {
  readonly kind: ReadingStore['kind']
  readonly #options: SpoolOptions
  readonly #inner: ReadingStore
  readonly #file: SpoolFile
  readonly #newest = new NewestWaiting()
  readonly #drain: Drain
  readonly #slowAfterMs: number
  readonly #counted = { taken: 0, sent: 0, refused: 0, turnedAway: 0 }
  #appending: Promise<unknown> = Promise.resolve()
  /** A request that took too long; until it has ended nothing else is handed on, or it might overtake. */
  #lingering: Promise<unknown> | undefined
  /** Why the last attempt to hand readings on failed. */
  #trouble: string | undefined
  /** Why nothing could be put into the file. */
  #fileTrouble: string | undefined
  /** When a question last stayed without an answer, by the monotonic clock. */
  #hungAt = Number.NEGATIVE_INFINITY
  #closed = false

  constructor(options: SpoolOptions, file: SpoolFile) {
    this.kind = options.inner.kind
    this.#options = options
    this.#inner = options.inner
    this.#file = file
    this.#slowAfterMs = options.slowAfterMs ?? slowAfterMsDefault
    this.#drain = new Drain({
      file,
      ready: async () => this.#lingering,
      deliver: (readings) => this.#deliver(readings),
      onTrouble: (error) => this.#troubled(error),
      onEmpty: () => this.#emptied(),
    })
    for (const readings of file.batchesAfter(0, file.last)) this.#newest.add(readings)
    if (file.batches > 0) this.#drain.start()
  }

  append(readings: readonly Reading[]): Promise<void> {
    if (readings.length === 0) return Promise.resolve()
    const done = this.#appending.then(() => this.#append(readings))
    this.#appending = done.catch(() => {})
    return done
  }

  async series(query: SeriesQuery): Promise<Series> {
    // The file first: what is handed on meanwhile is then seen twice, which does no harm, and not missed.
    const waiting = this.#file.batches === 0 ? [] : await this.#waitingOf(query)
    return seriesWith(waiting, query, (asked) => this.#inner.series(asked))
  }

  async latest(sensors: readonly SensorId[]): Promise<ReadonlyMap<SensorId, Reading>> {
    const waiting = this.#newest.of(sensors)
    const stored = await this.#storedLatest(sensors)
    if (waiting.size === 0) return stored
    const newest = new Map(stored)
    for (const [sensor, reading] of waiting) {
      const other = newest.get(sensor)
      if (other === undefined || reading.observedAt >= other.observedAt) newest.set(sensor, reading)
    }
    return newest
  }

  /** Nothing is handed on while this is read, so that each reading is given once. */
  async *receivedSince(receivedFrom: Instant, observedFrom: Instant): AsyncGenerator<readonly Reading[]> {
    const release = await this.#drain.hold()
    try {
      await this.#lingering
      const through = this.#file.last
      const perhapsThere = this.#drain.attempted()
      for await (const readings of this.#inner.receivedSince(receivedFrom, observedFrom)) {
        const others = perhapsThere === undefined ? readings : readings.filter((reading) => !perhapsThere.has(reading))
        if (others.length > 0) yield others
      }
      for (const batch of this.#file.batchesAfter(0, through)) {
        const wanted = batch.filter(
          ({ receivedAt, observedAt }) => receivedAt >= receivedFrom && observedAt >= observedFrom,
        )
        if (wanted.length > 0) yield wanted.sort((one, other) => one.receivedAt - other.receivedAt)
      }
    } finally {
      release()
    }
  }

  async forgetBefore(observedBefore: Instant): Promise<void> {
    this.#file.removeBefore(observedBefore)
    if (this.#file.batches === 0) this.#newest.clear()
    await this.#inner.forgetBefore(observedBefore)
  }

  async health(): Promise<StoreHealth> {
    const asked = await within(healthMsMax, this.#inner.health())
    const inner = asked ?? { ready: false, detail: `the store has not answered for ${healthMsMax / 1_000} s` }
    const { batches } = this.#file
    const ready = inner.ready && this.#fileTrouble === undefined && (batches === 0 || this.#trouble === undefined)
    const own = spoolSentences(this.waiting(), this.#file.aside.count(), this.#trouble, this.#fileTrouble)
    return { ready, detail: [inner.detail, ...own].join('. ') }
  }

  waiting(): SpoolState {
    const { readings, batches, bytes, oldestReceivedAt } = this.#file
    const { bytesMax, now } = this.#options
    const oldestAgeSeconds =
      oldestReceivedAt === undefined ? 0 : Math.max(0, Math.round((now() - oldestReceivedAt) / 1_000))
    return { readings, batches, bytes, bytesMax, oldestAgeSeconds, ...this.#counted }
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    await within(closingMsMax, Promise.allSettled([this.#appending, this.#drain.stop()]))
    await this.#inner.close()
    this.#file.close()
  }

  /** Ingest asks for the newest before it keeps what is a day old: a server that hangs must not hold that up. */
  async #storedLatest(sensors: readonly SensorId[]): Promise<ReadonlyMap<SensorId, Reading>> {
    if (performance.now() - this.#hungAt >= hungMs) {
      const asked = this.#inner.latest(sensors)
      const stored = await within(this.#slowAfterMs, asked)
      if (stored !== undefined) return stored
      asked.catch(() => {})
      this.#hungAt = performance.now()
    }
    throw new StoreUnavailable(`the store has not answered for ${this.#slowAfterMs} ms`)
  }

  async #append(readings: readonly Reading[]): Promise<void> {
    if (this.#closed) throw new StoreUnavailable('the store is closed')
    // While anything waits, whatever comes later waits behind it: the last of two readings with one identity stays the last.
    if (this.#file.batches > 0 || this.#lingering !== undefined) return this.#put(readings)
    const direct = this.#deliver(readings)
    const outcome = await within(
      this.#slowAfterMs,
      direct.then(
        () => 'kept' as const,
        (error: unknown) => ({ error }),
      ),
    )
    if (outcome === 'kept') return
    if (outcome !== undefined) {
      if (!(outcome.error instanceof StoreUnavailable)) throw outcome.error
      this.#troubled(outcome.error)
      return this.#put(readings)
    }
    this.#troubled(new StoreUnavailable(`a batch took longer than ${this.#slowAfterMs} ms`))
    this.#lingering = direct
      .catch(() => {})
      .finally(() => {
        this.#lingering = undefined
      })
    try {
      this.#put(readings)
    } catch (error) {
      // No room here: then all that is left is to wait for it.
      await direct.catch(() => {
        throw error
      })
    }
  }

  /** Resolves when inner has them, all but those it never takes, which are then set aside. */
  async #deliver(readings: readonly Reading[]): Promise<void> {
    const refused = await appendAroundRefused(readings, (part) => this.#inner.append(part))
    let refusedCount = 0
    for (const { readings: bad, detail } of refused) {
      await this.#setAside(bad, detail)
      refusedCount += bad.length
    }
    this.#counted.refused += refusedCount
    this.#counted.sent += readings.length - refusedCount
    this.#trouble = undefined
  }

  async #setAside(readings: readonly Reading[], detail: string): Promise<void> {
    const { bytesMax, now, log, onRefused } = this.#options
    log.error({ readings: readings.length, first: readings[0], detail }, 'readings that the store does not take')
    try {
      this.#file.aside.keep(readings, detail, now(), bytesMax * asideShare)
    } catch (error) {
      throw this.#fileFailed(error)
    }
    try {
      await onRefused?.(readings, detail)
    } catch (error) {
      // They are kept; that nobody could be told now is not worth holding up the others for.
      log.error({ err: error }, 'readings that the store does not take could not be reported')
    }
  }

  #put(readings: readonly Reading[]): void {
    const { bytesMax } = this.#options
    const encoded = encode(readings)
    if (this.#file.bytes + sizeOf(encoded) > bytesMax) {
      this.#counted.turnedAway++
      throw new StoreUnavailable(
        `the spool is full (${roomOf(this.waiting())}): ${this.#trouble ?? 'the store is slow'}`,
      )
    }
    try {
      this.#file.put(readings, encoded)
    } catch (error) {
      this.#counted.turnedAway++
      throw this.#fileFailed(error)
    }
    this.#fileTrouble = undefined
    this.#newest.add(readings)
    this.#counted.taken += readings.length
    this.#drain.start()
  }

  #fileFailed(error: unknown): StoreUnavailable {
    const failure = new StoreUnavailable(
      `cannot write the spool ${this.#file.path} (${(error as Error).message}): free some space`,
      { cause: error },
    )
    this.#fileTrouble = failure.message
    return failure
  }

  #troubled(error: unknown): void {
    const message = (error as Error).message
    // Said once for each kind of trouble, not at every attempt.
    if (this.#trouble === undefined)
      this.#options.log.warn({ err: error }, 'the store does not take readings; they are kept in the spool meanwhile')
    this.#trouble = message
  }

  #emptied(): void {
    this.#newest.clear()
    this.#trouble = undefined
    this.#fileTrouble = undefined
    this.#options.log.info({ sent: this.#counted.sent }, 'the spool is empty; readings go straight to the store')
  }

  async #waitingOf({ sensor, from, to }: SeriesQuery): Promise<readonly Reading[]> {
    const found: Reading[] = []
    for (let after: number | undefined = 0; after !== undefined; ) {
      const look = this.#file.ofSensor(sensor, from, to, after, batchesPerLook)
      found.push(...look.readings)
      after = look.after
      await new Promise((resolve) => setImmediate(resolve))
    }
    return found
  }
}
