import type { DuckDBConnection, DuckDBDataChunk } from '@duckdb/node-api'
import type { Instant } from '../../../city/index.ts'
import type { Reading } from '../../reading.ts'
import { bucketWidth } from '../bucket-width.ts'
import type { Series, SeriesQuery } from '../reading-store.ts'
import { keptSql, type Layout, type Shelf } from './layout.ts'
import { qualityOfCode, skewCode } from './quality-codes.ts'
import type { Readers } from './readers.ts'
import type { SensorBook } from './sensor-book.ts'

/** One sensor's readings as they are when they fit into the points asked for, else in buckets. */
export async function readSeries(
  connection: DuckDBConnection,
  layout: Layout,
  sensor: number,
  query: SeriesQuery,
): Promise<Series> {
  const { from, to, points } = query
  const where = `sensor = ${sensor} and observed_at >= ${Math.ceil(from)} and observed_at < ${Math.ceil(to)} and quality <> ${skewCode}`
  const kept = keptSql(layout, where, { observedFrom: from, observedTo: to })
  const raw = async () => {
    // The limit ends the search as soon as it is clear that they do not fit.
    const few = await connection.runAndReadAll(
      `select observed_at::double, value, quality from (${kept}) limit ${points + 1}`,
    )
    return few.currentRowCount <= points ? rawSeries(few.getRows() as [number, number, number][]) : undefined
  }
  const buckets = async () => {
    const widthMs = bucketWidth(query)
    const result = await connection.runAndReadAll(`
      select (observed_at // ${widthMs} * ${widthMs})::double as bucket, min(value), max(value), avg(value), count(*)::double
      from (${kept}) group by bucket order by bucket`)
    const [at = [], min = [], max = [], mean = [], count = []] = result.getColumns() as number[][]
    return { kind: 'buckets', widthMs, at, min, max, mean, count } as const
  }
  if (usualCount(layout, from, to) <= points) return (await raw()) ?? buckets()
  const series = await buckets()
  const total = series.count.reduce((sum, count) => sum + count, 0)
  return total > points ? series : ((await raw()) ?? series)
}

/** How many readings a sensor has in a span, if it is like the others: which of the two forms is likelier. */
function usualCount({ slabs }: Layout, from: Instant, to: Instant): number {
  let count = 0
  for (const { rows, sensors, observedFrom, observedTo } of slabs) {
    const within = Math.min(to, observedTo) - Math.max(from, observedFrom)
    if (within > 0) count += (rows / sensors) * (within / (observedTo - observedFrom))
  }
  return count
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
  shelf: Shelf,
  book: SensorBook,
  receivedFrom: Instant,
  observedFrom: Instant,
): AsyncGenerator<readonly Reading[]> {
  const where = `observed_at >= ${Math.ceil(observedFrom)} and observed_at + delay >= ${Math.ceil(receivedFrom)}`
  const connection = await readers.open()
  try {
    // The first chunk comes when all are sorted; from then on nothing is read from the layout any more.
    const { result, first } = await shelf.borrow((layout) =>
      readers.call(async () => {
        const kept = keptSql(layout, where, { observedFrom, receivedFrom })
        const result = await connection.stream(`
          select sensor, observed_at::double, (observed_at + delay)::double as received_at, value, quality
          from (${kept}) order by received_at, observed_at, sensor`)
        return { result, first: await result.fetchChunk() }
      }),
    )
    for (let chunk = first; chunk !== null && chunk.rowCount > 0; ) {
      yield toReadings(chunk, book)
      chunk = await readers.call(() => result.fetchChunk())
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
