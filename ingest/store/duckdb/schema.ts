import type { DuckDBConnection } from '@duckdb/node-api'
import { Refusal } from '../../../city/index.ts'
import { type Quality, qualities } from '../../reading.ts'

/*
 * readings_fresh_0, _1   what came in lately, in order of receipt. One is appended to; the other is empty or being settled.
 * readings_settled       everything older: slabs in order of receipt, each sorted by sensor and time. A chart of one
 *                        sensor then reads one or two row groups a slab, and the columns shrink to a few bits a value.
 * sensors                text id ↔ number.
 * settled_sensors        of each sensor the newest settled reading, so that opening needs to look at fresh ones only.
 * readings               a view for people who open the file with DuckDB's own tools.
 */
export const settledTable = 'readings_settled'
export const freshTables = ['readings_fresh_0', 'readings_fresh_1'] as const
export type FreshTable = (typeof freshTables)[number]
export const readingTables = [settledTable, ...freshTables] as const
export type ReadingTable = (typeof readingTables)[number]

/** How a quality is written; the numbers are in people's files and never change. */
export const qualityCodes: Readonly<Record<Quality, number>> = {
  good: 0,
  'out-of-range': 1,
  stuck: 2,
  spike: 3,
  stale: 4,
  'clock-skew': 5,
  late: 6,
}
const qualitiesByCode: readonly Quality[] = [...qualities].sort((a, b) => qualityCodes[a] - qualityCodes[b])
export const skewCode = qualityCodes['clock-skew']

export function qualityOfCode(code: number): Quality {
  const quality = qualitiesByCode[code]
  if (quality === undefined)
    throw new Error(`quality ${code} is not one of ours: the store was written by another program`)
  return quality
}

// `delay` is how long after `observed_at` a reading was received, in ms: a few bits, where the moment itself takes forty.
const columns = `(
  sensor integer not null,
  observed_at bigint not null,
  delay bigint not null,
  value double not null,
  quality utinyint not null
)`

const formatVersion = 1

/** Makes the tables of a new file; a file of a newer program is refused. */
export async function prepareSchema(connection: DuckDBConnection, path: string): Promise<void> {
  await connection.run('create table if not exists format (version integer not null)')
  const [row] = (await connection.runAndReadAll('select max(version) from format')).getRowsJS()
  const version = row?.[0]
  if (typeof version === 'number' && version > formatVersion)
    throw new Refusal(
      'STORE_NEWER',
      `the readings in ${path} were written by a newer program (format ${version}, this one knows ${formatVersion}): start that version`,
    )
  if (typeof version === 'number') return
  await connection.run('begin')
  for (const table of readingTables) await connection.run(`create table ${table} ${columns}`)
  await connection.run('create table sensors (id integer not null, name varchar not null)')
  await connection.run(`create table settled_sensors (
    sensor integer not null,
    observed_at bigint,
    received_at bigint,
    value double,
    quality utinyint,
    skew_from bigint,
    skew_to bigint
  )`)
  const names = qualitiesByCode.map((quality) => `'${quality}'`).join(', ')
  await connection.run(`create view readings as
    select
      sensors.name as sensor,
      make_timestamp_ms(observed_at) as observed_at,
      make_timestamp_ms(observed_at + delay) as received_at,
      value,
      [${names}][quality + 1] as quality
    from (${readingTables.map((table) => `from ${table}`).join(' union all ')}) as kept
    join sensors on sensors.id = kept.sensor`)
  await connection.run(`insert into format values (${formatVersion})`)
  await connection.run('commit')
}
