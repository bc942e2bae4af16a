import type { Logger } from 'pino'
import type { Instant, SensorId } from '../../../city/index.ts'
import { type Quality, qualities, type Reading } from '../../reading.ts'
import { bucketWidth } from '../bucket-width.ts'
import {
  type ReadingStore,
  type Series,
  type SeriesQuery,
  type StoreHealth,
  StoreUnavailable,
} from '../reading-store.ts'
import { describe, type InfluxConnection } from './connection.ts'
import { bucketStatement, forgetStatement, newestStatement, rawStatement, receivedStatement } from './influxql.ts'
import { toLines } from './line-protocol.ts'
import { ReceivedReadings, type ReceivedRow } from './received.ts'
import { writeFailure } from './write-failure.ts'

// Some 110 bytes a line: 1.1 MB a request, where InfluxDB 3 takes 10 MB and 1.x 25 MB.
const linesPerRequestMax = 10_000
// Statements of 200 bytes; the server works them off one after the other.
const statementsPerRequestMax = 100
// Rows of 100 bytes: 2 MB of JSON a page.
const pageRows = 20_000
const batchSize = 2_048

/**
 * Readings in InfluxDB 1, 2 or 3. Nothing is buffered or tried again here: a batch is kept when the server says so, or it
 * is not. Besides StoreUnavailable, `append` rejects with ReadingsRefused when the server does not take some of them.
 */
export class InfluxStore implements ReadingStore {
  readonly kind = 'influxdb'
  readonly #connection: InfluxConnection
  readonly #log: Logger
  #closed = false

  constructor(connection: InfluxConnection, log: Logger) {
    this.#connection = connection
    this.#log = log
  }

  async append(readings: readonly Reading[]): Promise<void> {
    this.#checkOpen()
    // Not one transaction, and it need not be: what arrived of a failed batch is replaced by itself when it is sent again.
    for (let start = 0; start < readings.length; start += linesPerRequestMax)
      await this.#write(readings.slice(start, start + linesPerRequestMax))
  }

  async series(query: SeriesQuery): Promise<Series> {
    const { sensor, from, to } = query
    if (to <= from) return { kind: 'raw', at: [], value: [], quality: [] }
    const points = Math.max(1, Math.floor(query.points))
    const raw = await this.#rows(rawStatement(sensor, from, to, points + 1))
    if (raw.length <= points) return rawSeries(raw)
    const widthMs = bucketWidth({ from, to, points })
    const rows = await this.#rows(bucketStatement(sensor, from, to, widthMs))
    const column = (index: number) => rows.map((row) => Number(row[index]))
    const [at, min, max, mean, count] = [0, 1, 2, 3, 4].map(column) as [
      number[],
      number[],
      number[],
      number[],
      number[],
    ]
    return { kind: 'buckets', widthMs, at, min, max, mean, count }
  }

  async latest(sensors: readonly SensorId[]): Promise<ReadonlyMap<SensorId, Reading>> {
    const newest = new Map<SensorId, Reading>()
    for (let start = 0; start < sensors.length; start += statementsPerRequestMax) {
      const asked = sensors.slice(start, start + statementsPerRequestMax)
      const answers = await this.#query(asked.map(newestStatement).join(';'))
      for (const [index, sensor] of asked.entries()) {
        const [observedAt, value, receivedAt, quality] = answers[index]?.[0]?.values[0] ?? []
        if (typeof observedAt !== 'number') continue
        const read = { observedAt, receivedAt: Number(receivedAt), value: Number(value), quality: qualityOf(quality) }
        newest.set(sensor, { sensor, ...read })
      }
    }
    return newest
  }

  async *receivedSince(receivedFrom: Instant, observedFrom: Instant): AsyncGenerator<readonly Reading[]> {
    const received = new ReceivedReadings()
    let from = observedFrom
    let limit = pageRows
    for (;;) {
      const rows = (await this.#rows(receivedStatement(receivedFrom, from, limit))) as unknown as readonly ReceivedRow[]
      const lastAt = rows.at(-1)?.[0]
      if (rows.length < limit || lastAt === undefined) {
        for (const row of rows) received.add(row)
        break
      }
      // Of the last millisecond there may be more: it is asked for again, whole.
      const whole = rows.filter(([observedAt]) => observedAt < lastAt)
      for (const row of whole) received.add(row)
      if (whole.length === 0) limit *= 2
      else from = lastAt
    }
    yield* received.inOrderOfReceipt(batchSize)
  }

  async forgetBefore(observedBefore: Instant): Promise<void> {
    await this.#query(forgetStatement(observedBefore))
  }

  async health(): Promise<StoreHealth> {
    const { url, bucket } = this.#connection
    try {
      await this.#connection.ping()
      return { ready: true, detail: `InfluxDB at ${url}, bucket ${bucket}` }
    } catch (error) {
      return { ready: false, detail: `InfluxDB at ${url} does not answer: ${describe(error)}` }
    }
  }

  async close(): Promise<void> {
    this.#closed = true
  }

  async #write(readings: readonly Reading[]): Promise<void> {
    try {
      await this.#connection.write(toLines(readings))
    } catch (error) {
      const failure = writeFailure(this.#connection, readings.length, error)
      if (failure === 'older than it is kept') {
        this.#log.warn({ err: error }, 'readings older than InfluxDB keeps them were left out')
        return
      }
      if (failure !== 'too large') throw failure
      const middle = readings.length >>> 1
      await this.#write(readings.slice(0, middle))
      await this.#write(readings.slice(middle))
    }
  }

  async #query(statement: string): ReturnType<InfluxConnection['query']> {
    this.#checkOpen()
    try {
      return await this.#connection.query(statement)
    } catch (error) {
      throw this.#connection.unavailable('cannot read from', error)
    }
  }

  async #rows(statement: string): Promise<readonly (readonly unknown[])[]> {
    const [series] = await this.#query(statement)
    return series?.[0]?.values ?? []
  }

  #checkOpen(): void {
    if (this.#closed) throw new StoreUnavailable('the store is closed')
  }
}

function rawSeries(rows: readonly (readonly unknown[])[]): Series {
  return {
    kind: 'raw',
    at: rows.map(([at]) => Number(at)),
    value: rows.map(([, value]) => Number(value)),
    quality: rows.map(([, , quality]) => qualityOf(quality)),
  }
}

/** A quality that another program wrote is not ours to judge by. */
function qualityOf(text: unknown): Quality {
  return qualities.find((known) => known === text) ?? 'good'
}
