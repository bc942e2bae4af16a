import type { DuckDBConnection } from '@duckdb/node-api'
import type { Instant } from '../../../city/index.ts'
import { qualitiesByCode } from './quality-codes.ts'

/** The name under which the main file is attached. */
export const settled = 'settled'

/** A table of settled readings and what is in it. The bounds are inclusive and may be wider than what is left. */
export type Slab = {
  readonly id: number
  readonly rows: number
  readonly sensors: number
  readonly observedFrom: Instant
  readonly observedTo: Instant
  readonly receivedTo: Instant
}

// `delay` is how long after `observed_at` a reading was received, in ms: a few bits, where the moment itself takes forty.
export const readingColumns = `(
  sensor integer not null,
  observed_at bigint not null,
  delay bigint not null,
  value double not null,
  quality utinyint not null
)`

export const slabColumns = `(
  id integer not null,
  row_count bigint not null,
  sensor_count integer not null,
  observed_from bigint not null,
  observed_to bigint not null,
  received_to bigint not null
)`

// By sensor, and there by time; every second sensor backwards. From one sensor to the next the time then stays where it is,
// and differences between neighbours, which is what DuckDB stores, stay small: a fifth of the column.
export const slabOrder = 'sensor, case when sensor % 2 = 0 then observed_at else -observed_at end'

export function slabTable(id: number): string {
  return `${settled}.slab_${id}`
}

const numbers = 'row_count::double, sensor_count, observed_from::double, observed_to::double, received_to::double'
type Row = [number, number, number, number, number, number]

/** The slabs that count, in order of receipt. */
export async function loadSlabs(connection: DuckDBConnection): Promise<readonly Slab[]> {
  const rows = (await connection.runAndReadAll(`select id, ${numbers} from ${settled}.slabs`)).getRows() as Row[]
  return rows.map(toSlab).sort(byReceipt)
}

export function byReceipt(one: Slab, other: Slab): number {
  return one.receivedTo - other.receivedTo || one.id - other.id
}

/** Lists a slab with what its source holds; a source without readings is not listed. */
export async function addSlab(connection: DuckDBConnection, id: number, source: string): Promise<Slab | undefined> {
  const result = await connection.runAndReadAll(`
    select ${id}, row_count::double, sensor_count::integer, observed_from::double, observed_to::double, received_to::double
    from (select count(*) as row_count, approx_count_distinct(sensor) as sensor_count, min(observed_at) as observed_from,
      max(observed_at) as observed_to, max(observed_at + delay) as received_to from ${source})
    where row_count > 0`)
  const row = (result.getRows() as Row[])[0]
  if (row === undefined) return undefined
  await connection.run(`insert into ${settled}.slabs values (${row.join(', ')})`)
  return toSlab(row)
}

/** Tables of unfinished work: a program that ended while it merged left them, or one that could not drop them. */
export async function dropUnlisted(connection: DuckDBConnection): Promise<void> {
  const result = await connection.runAndReadAll(`
    select table_name from duckdb_tables() where database_name = '${settled}' and table_name like 'slab\\_%' escape '\\'
      and table_name not in (select 'slab_' || id from ${settled}.slabs)`)
  for (const [table] of result.getRows()) await connection.run(`drop table ${settled}.${String(table)}`)
}

/** The view `readings`. Names without the catalog: people attach the file under another one. */
export function viewSql(slabs: readonly Slab[]): string {
  const names = qualitiesByCode.map((quality) => `'${quality}'`).join(', ')
  const none =
    'select 0 as sensor, 0::bigint as observed_at, 0::bigint as delay, 0::double as value, 0 as quality where false'
  const parts = slabs.length === 0 ? none : slabs.map(({ id }) => `select * from slab_${id}`).join(' union all ')
  return `create or replace view ${settled}.readings as
    select
      sensors.name as sensor,
      make_timestamp_ms(observed_at) as observed_at,
      make_timestamp_ms(observed_at + delay) as received_at,
      value,
      [${names}][quality + 1] as quality
    from (${parts}) as kept
    join sensors on sensors.id = kept.sensor`
}

function toSlab([id, rows, sensors, observedFrom, observedTo, receivedTo]: Row): Slab {
  return { id, rows, sensors, observedFrom, observedTo, receivedTo }
}
