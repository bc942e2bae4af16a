import type { DuckDBConnection, DuckDBDoubleVector, DuckDBListVector } from '@duckdb/node-api'
import type { PackedQuery, PackedReadings } from '../packed-readings.ts'
import { keptSql, type Layout } from './layout.ts'

/**
 * One sensor's readings of a span as columns. They come as three lists in one row: a list is one piece of memory that is
 * copied at once, where chunks of 2,048 rows would keep the main thread busy for half as long as the query takes.
 */
export async function readPackedColumns(
  connection: DuckDBConnection,
  layout: Layout,
  sensor: number,
  { from, to, rowsMax, withDelays }: PackedQuery,
): Promise<PackedReadings | undefined> {
  const where = `sensor = ${sensor} and observed_at >= ${Math.ceil(from)} and observed_at < ${Math.ceil(to)}`
  const kept = keptSql(layout, where, { observedFrom: from, observedTo: to })
  const delays = withDelays ? ', list(delay::double)' : ''
  const result = await connection.run(`
    select list((observed_at * 8 + quality)::double), list(value)${delays}
    from (select * from (${kept}) limit ${rowsMax + 1})`)
  const chunk = result.getChunk(0)
  const column = (at: number) => doublesOf(chunk.getColumnVector(at) as DuckDBListVector)
  const [stamps, values] = [column(0), column(1)]
  if (stamps.length > rowsMax) return undefined
  return { stamps, values, delays: withDelays ? column(2) : undefined }
}

/** A copy of a list's numbers: DuckDB's own memory goes with its chunk. The array is private to the vector, as in chunks.ts. */
function doublesOf(list: DuckDBListVector): Float64Array<ArrayBuffer> {
  const items = (list['childData'] as DuckDBDoubleVector)['items']
  return new Float64Array(items)
}
