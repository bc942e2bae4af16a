import type { DuckDBConnection, DuckDBDataChunk } from '@duckdb/node-api'
import type { Instant } from '../../../city/index.ts'
import type { Reading } from '../../reading.ts'
import { bucketWidth } from '../bucket-width.ts'
import type { Series, SeriesQuery } from '../reading-store.ts'
import type { Readers } from './readers.ts'
import { qualityOfCode, readingTables, skewCode } from './schema.ts'
import type { SensorBook } from './sensor-book.ts'

/** One sensor's readings as they are when they fit into the points asked for, else in buckets. */
export async function readSeries(connection: DuckDBConnection, sensor: number, query: SeriesQuery): Promise<Series> {
  const { from, to, points } = query
  const where = `sensor = ${sensor} and observed_at >= ${Math.ceil(from)} and observed_at < ${Math.ceil(to)} and quality <> ${skewCode}`
  // The limit ends the search as soon as it is clear that they do not fit.
  const few = await connection.runAndReadAll(
    `select observed_at::double, value, quality from (${everywhere('*', where)}) limit ${points + 1}`,
  )
  if (few.currentRowCount <= points) return rawSeries(few.getRows() as [number, number, number][])
  const widthMs = bucketWidth(query)
  const result = await connection.runAndReadAll(`
    select (observed_at // ${widthMs} * ${widthMs})::double as bucket, min(value), max(value), avg(value), count(*)::double
    from (${everywhere('observed_at, value', where)})
    group by bucket order by bucket`)
  const [at = [], min = [], max = [], mean = [], count = []] = result.getColumns() as number[][]
  return { kind: 'buckets', widthMs, at, min, max, mean, count }
}

export const emptySeries: Series = { kind: 'raw', at: [], value: [], quality: [] }

function rawSeries(rows: [number, number, number][]): Series {
  rows.sort(([a], [b]) => a - b)
  return {
    kind: 'raw',
    at: rows.map(([at]) => at),
    value: rows.map(([, value]) => value),
    quality: rows.map(([, , code]) => qualityOfCode(code)),
  }
}

/** In order of receipt; readings received in the same millisecond come in the order of their times and sensors. */
export async function* readReceivedSince(
  readers: Readers,
  book: SensorBook,
  receivedFrom: Instant,
  observedFrom: Instant,
): AsyncGenerator<readonly Reading[]> {
  const where = `observed_at >= ${Math.ceil(observedFrom)} and observed_at + delay >= ${Math.ceil(receivedFrom)}`
  const connection = await readers.open()
  try {
    const result = await readers.call(() =>
      connection.stream(`
        select sensor, observed_at::double, (observed_at + delay)::double as received_at, value, quality
        from (${everywhere('*', where)}) order by received_at, observed_at, sensor`),
    )
    for (;;) {
      const chunk = await readers.call(() => result.fetchChunk())
      if (chunk === null || chunk.rowCount === 0) return
      yield toReadings(chunk, book)
    }
  } finally {
    readers.release(connection)
  }
}

function toReadings(chunk: DuckDBDataChunk, book: SensorBook): readonly Reading[] {
  const rows = chunk.getRows() as [number, number, number, number, number][]
  return rows.map(([sensor, observedAt, receivedAt, value, code]) => ({
    sensor: book.nameOf(sensor),
    observedAt,
    receivedAt,
    value,
    quality: qualityOfCode(code),
  }))
}

function everywhere(columns: string, where: string): string {
  return readingTables.map((table) => `select ${columns} from ${table} where ${where}`).join(' union all ')
}
