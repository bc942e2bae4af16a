import type { Logger } from 'pino'
import type { Instant, SensorId } from '../../../city/index.ts'
import type { Reading } from '../../reading.ts'
import {
  type ReadingStore,
  type Series,
  type SeriesQuery,
  type StoreHealth,
  StoreUnavailable,
} from '../reading-store.ts'
import { type DuckDbFile, type FileOptions, openFile } from './file.ts'
import { emptySeries, readReceivedSince, readSeries } from './queries.ts'
import { Readers } from './readers.ts'
import { Upkeep } from './upkeep.ts'
import { Writer } from './writer.ts'

export type DuckDbOptions = {
  /** The file; `:memory:` for a store that is gone when it is closed. */
  readonly path: string
  /** What DuckDB may use for its buffers; what does not fit is sorted on disk. */
  readonly memoryLimitMb?: number
  /** So many fresh readings are sorted into a slab of their own. */
  readonly slabRows?: number
  readonly log: Logger
}

// Sorting four million readings takes some two seconds and 100 MB beside normal work, and scanning as many unsorted ones
// for a chart some 30 ms. A year of a large town (10^9 readings) is 250 slabs.
const slabRowsDefault = 4_000_000
// Enough to sort a slab without the disk.
const memoryLimitMbDefault = 256

/** Everything that hangs on one opened file. */
type Opened = {
  readonly file: DuckDbFile
  readonly writer: Writer
  readonly readers: Readers
  readonly upkeep: Upkeep
}

export async function openDuckDbStore(options: DuckDbOptions): Promise<ReadingStore> {
  const fileOptions = { path: options.path, memoryLimitMb: options.memoryLimitMb ?? memoryLimitMbDefault }
  return new DuckDbStore(options, fileOptions, await open(fileOptions))
}

async function open(options: FileOptions): Promise<Opened> {
  const file = await openFile(options)
  try {
    const writer = await Writer.open(file.writing)
    return { file, writer, readers: new Readers(file.connect), upkeep: new Upkeep(file.upkeep) }
  } catch (error) {
    file.close()
    throw error
  }
}

class DuckDbStore implements ReadingStore {
  readonly kind = 'duckdb'
  readonly #options: DuckDbOptions
  readonly #fileOptions: FileOptions
  #opened: Opened
  /** The last write; each waits for the one before. */
  #writing: Promise<unknown> = Promise.resolve()
  #trouble: string | undefined
  /** DuckDB refuses everything after an error it cannot undo, until the file is opened anew. */
  #mustReopen = false
  #closed = false

  constructor(options: DuckDbOptions, fileOptions: FileOptions, opened: Opened) {
    this.#options = options
    this.#fileOptions = fileOptions
    this.#opened = opened
    this.#settleLeftover()
  }

  append(readings: readonly Reading[]): Promise<void> {
    if (readings.length === 0) return Promise.resolve()
    const done = this.#writing.then(() => this.#write(readings))
    this.#writing = done.catch(() => {})
    return done
  }

  async series(query: SeriesQuery): Promise<Series> {
    const sensor = this.#opened.writer.book.numberOf(query.sensor)
    if (sensor === undefined || query.to <= query.from) return emptySeries
    return this.#reading(() =>
      this.#opened.readers.use((connection) =>
        readSeries(connection, sensor, { ...query, points: Math.max(1, Math.floor(query.points)) }),
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
    const { readers, writer } = this.#opened
    try {
      yield* readReceivedSince(readers, writer.book, receivedFrom, observedFrom)
    } catch (error) {
      throw unavailable('cannot read what was received', error)
    }
  }

  async forgetBefore(observedBefore: Instant): Promise<void> {
    const { upkeep, writer } = this.#opened
    await this.#reading(() => upkeep.forgetBefore(Math.ceil(observedBefore)))
    writer.book.forgetBefore(observedBefore)
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
    await this.#opened.readers.close()
    await this.#opened.upkeep.stop()
    // The log is folded into the file, so that the next start finds nothing to replay.
    await this.#opened.file.writing.run('checkpoint').catch((error) => {
      this.#options.log.warn({ err: error }, 'the store could not be tidied at close; the next start does it')
    })
    await shut(this.#opened)
  }

  async #write(readings: readonly Reading[]): Promise<void> {
    if (this.#closed) throw new StoreUnavailable('the store is closed')
    try {
      if (this.#mustReopen) await this.#reopen()
      const { writer, upkeep } = this.#opened
      await writer.write(readings, () => upkeep.idle())
      this.#trouble = undefined
      if (writer.activeRows >= (this.#options.slabRows ?? slabRowsDefault) && !upkeep.busy) await this.#turnOver()
    } catch (error) {
      if (isFatal(error)) this.#mustReopen = true
      const failure = unavailable(`cannot write ${readings.length} readings to ${this.#options.path}`, error)
      this.#trouble = failure.message
      throw failure
    }
  }

  async #turnOver(): Promise<void> {
    const { writer } = this.#opened
    const full = writer.active
    try {
      await writer.turnOver()
      this.#settle(full)
    } catch (error) {
      // The batch itself is committed; there will be another occasion.
      this.#options.log.warn({ err: error }, 'fresh readings could not be set aside for sorting')
    }
  }

  /** A program that ended while settling left two fresh tables with readings. */
  #settleLeftover(): void {
    this.#settle(this.#opened.writer.other)
  }

  #settle(fresh: Opened['writer']['other']): void {
    this.#opened.upkeep.settle(fresh).catch((error) => {
      if (!this.#closed) this.#options.log.warn({ err: error }, `readings in ${fresh} could not be sorted yet`)
    })
  }

  async #reopen(): Promise<void> {
    await shut(this.#opened)
    this.#opened = await open(this.#fileOptions)
    this.#mustReopen = false
    this.#options.log.info({ path: this.#options.path }, 'the store was opened anew after an error')
    this.#settleLeftover()
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

/** May be done twice. */
async function shut({ file, readers, upkeep }: Opened): Promise<void> {
  await readers.close()
  await upkeep.stop()
  file.writing.disconnectSync()
  file.upkeep.disconnectSync()
  file.close()
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
