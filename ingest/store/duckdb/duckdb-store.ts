import type { Logger } from 'pino'
import type { Instant, SensorId } from '../../../city/index.ts'
import type { Reading } from '../../reading.ts'
import type { PackedQuery, PackedReadings } from '../packed-readings.ts'
import {
  type ReadingStore,
  type Series,
  type SeriesQuery,
  type StoreHealth,
  StoreUnavailable,
} from '../reading-store.ts'
import { makeFresh } from './fresh-file.ts'
import { type MergeRules, mergeRules } from './merge-plan.ts'
import { type Opened, openParts, shut } from './opened.ts'
import { readPackedColumns } from './packed.ts'
import { emptySeries, readReceivedSince, readSeries } from './queries.ts'

export type DuckDbOptions = {
  /** The file; `:memory:` for a store that is gone when it is closed. */
  readonly path: string
  /** What DuckDB may use for its buffers; what does not fit is sorted on disk. */
  readonly memoryLimitMb?: number
  /** So many fresh readings are sorted into a slab of their own. */
  readonly slabRows?: number
  /** How slabs are merged, where it is not as usual. */
  readonly merging?: Partial<MergeRules>
  readonly log: Logger
}

// Two million readings are 60 MB in memory, are read again after a crash in a second, and are sorted in another one.
const slabRowsDefault = 2_000_000
// Where few readings come, they are settled once a day, so that a crash finds little to read again.
const freshMsMax = 24 * 3_600_000
// Enough to sort a slab without the disk.
const memoryLimitMbDefault = 256
// The one that is written to, the one that is settled, and one more in case settling fails.
const freshFilesMax = 3

export async function openDuckDbStore(options: DuckDbOptions): Promise<ReadingStore> {
  const fileOptions = {
    path: options.path,
    memoryLimitMb: options.memoryLimitMb ?? memoryLimitMbDefault,
    mergeRules: { ...mergeRules, ...options.merging },
    log: options.log,
  }
  const open = () => openParts(fileOptions)
  return new DuckDbStore(options, open, await open())
}

class DuckDbStore implements ReadingStore {
  readonly kind = 'duckdb'
  readonly #options: DuckDbOptions
  readonly #open: () => Promise<Opened>
  #opened: Opened
  /** The last write; each waits for the one before. */
  #writing: Promise<unknown> = Promise.resolve()
  #trouble: string | undefined
  /** DuckDB refuses everything after an error it cannot undo, until the file is opened anew. */
  #mustReopen = false
  /** After settling failed, it is tried again when so many readings are fresh. */
  #settleAgainAt = 0
  #closed = false

  constructor(options: DuckDbOptions, open: () => Promise<Opened>, opened: Opened) {
    this.#options = options
    this.#open = open
    this.#opened = opened
    this.#settle()
  }

  append(readings: readonly Reading[]): Promise<void> {
    if (readings.length === 0) return Promise.resolve()
    return this.#inTurn(() => this.#write(readings))
  }

  async series(query: SeriesQuery): Promise<Series> {
    const sensor = this.#opened.writer.book.numberOf(query.sensor)
    if (sensor === undefined || query.to <= query.from) return emptySeries
    return this.#reading(() =>
      this.#opened.readers.use((connection) =>
        this.#opened.shelf.borrow((layout) =>
          readSeries(connection, layout, sensor, { ...query, points: Math.max(1, Math.floor(query.points)) }),
        ),
      ),
    )
  }

  async packed(query: PackedQuery): Promise<PackedReadings | undefined> {
    const sensor = this.#opened.writer.book.numberOf(query.sensor)
    if (sensor === undefined || query.to <= query.from)
      return { stamps: new Float64Array(0), values: new Float64Array(0), delays: new Float64Array(0) }
    return this.#reading(() =>
      this.#opened.readers.use((connection) =>
        this.#opened.shelf.borrow((layout) => readPackedColumns(connection, layout, sensor, query)),
      ),
    )
  }

  async latest(sensors: readonly SensorId[]): Promise<ReadonlyMap<SensorId, Reading>> {
    const newest = new Map<SensorId, Reading>()
    for (const sensor of sensors) {
      const reading = this.#opened.writer.book.newest(sensor)
      if (reading !== undefined) newest.set(sensor, reading)
    }
    return newest
  }

  async *receivedSince(receivedFrom: Instant, observedFrom: Instant): AsyncGenerator<readonly Reading[]> {
    if (this.#closed) throw new StoreUnavailable('the store is closed')
    const { readers, shelf, writer } = this.#opened
    try {
      yield* readReceivedSince(readers, shelf, writer.book, receivedFrom, observedFrom)
    } catch (error) {
      throw unavailable('cannot read what was received', error)
    }
  }

  async forgetBefore(observedBefore: Instant): Promise<void> {
    const before = Math.ceil(observedBefore)
    const { upkeep, writer } = this.#opened
    await this.#reading(async () => {
      // First where readings are written, then everywhere else: what moves on meanwhile was looked through already.
      await this.#inTurn(() => writer.forgetBefore(before))
      await upkeep.forgetBefore(before)
    })
    writer.book.forgetBefore(before)
  }

  async health(): Promise<StoreHealth> {
    if (this.#trouble !== undefined) return { ready: false, detail: this.#trouble }
    try {
      await this.#opened.readers.use((connection) => connection.run('select 1'))
      return { ready: true, detail: `DuckDB file ${this.#options.path}, ${this.#opened.writer.book.size} sensors` }
    } catch (error) {
      return { ready: false, detail: messageOf(error) }
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    await this.#writing
    await shut(this.#opened, 'settled').catch((error) => {
      this.#options.log.warn({ err: error }, 'fresh readings could not be settled at close; the next start does it')
    })
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#writing.then(work)
    this.#writing = done.catch(() => {})
    return done
  }

  async #write(readings: readonly Reading[]): Promise<void> {
    if (this.#closed) throw new StoreUnavailable('the store is closed')
    try {
      if (this.#mustReopen) await this.#reopen()
      await this.#opened.writer.write(readings)
      this.#trouble = undefined
    } catch (error) {
      if (isFatal(error)) this.#mustReopen = true
      const failure = unavailable(`cannot write ${readings.length} readings to ${this.#options.path}`, error)
      this.#trouble = failure.message
      throw failure
    }
    if (this.#isTimeToSettle(readings[0]?.receivedAt ?? 0)) await this.#turnOver()
  }

  #isTimeToSettle(now: Instant): boolean {
    const { upkeep, writer } = this.#opened
    if (upkeep.settling || writer.activeRows < this.#settleAgainAt) return false
    if (writer.activeRows >= (this.#options.slabRows ?? slabRowsDefault)) return true
    return writer.activeSince !== undefined && now - writer.activeSince >= freshMsMax
  }

  async #turnOver(): Promise<void> {
    const { file, shelf, writer } = this.#opened
    try {
      if (shelf.current.fresh.length < freshFilesMax)
        await writer.turnOver(await makeFresh(file.writing, this.#options.path, shelf.active.generation + 1))
      this.#settleAgainAt = 0
      this.#settle()
    } catch (error) {
      // The batch itself is committed; there will be another occasion.
      this.#settleLater(error)
    }
  }

  /** Also what a program left that ended before it had settled. */
  #settle(): void {
    this.#opened.upkeep.settle('inactive').catch((error) => this.#settleLater(error))
  }

  #settleLater(error: unknown): void {
    if (this.#closed) return
    this.#settleAgainAt = this.#opened.writer.activeRows + (this.#options.slabRows ?? slabRowsDefault) / 4
    this.#options.log.warn({ err: error }, 'fresh readings could not be settled yet')
  }

  async #reopen(): Promise<void> {
    await shut(this.#opened, 'as it is')
    this.#opened = await this.#open()
    this.#mustReopen = false
    this.#options.log.info({ path: this.#options.path }, 'the store was opened anew after an error')
    this.#settle()
  }

  async #reading<T>(work: () => Promise<T>): Promise<T> {
    if (this.#closed) throw new StoreUnavailable('the store is closed')
    try {
      return await work()
    } catch (error) {
      throw unavailable(`cannot read ${this.#options.path}`, error)
    }
  }
}

function isFatal(error: unknown): boolean {
  return /FATAL|invalidated/i.test(messageOf(error))
}

function unavailable(what: string, error: unknown): StoreUnavailable {
  if (error instanceof StoreUnavailable) return error
  return new StoreUnavailable(`${what}: ${messageOf(error)}`, { cause: error })
}

function messageOf(error: unknown): string {
  return (error as Error).message.split('\n', 1)[0] ?? ''
}
