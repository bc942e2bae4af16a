import type { DuckDBConnection } from '@duckdb/node-api'
import { Refusal } from '../../../city/index.ts'
import { newestSql } from './newest.ts'
import { addSlab, type Slab, settled, slabColumns, slabTable, viewSql } from './slabs.ts'

/*
 * The main file, attached as `settled`; in it
 *   slab_1, slab_2, …   readings, each slab sorted by sensor and time
 *   slabs               the slabs that count, with what is in them; a slab that is not listed is unfinished work
 *   sensors             text id ↔ number
 *   settled_sensors     of each sensor the newest settled reading, so that opening needs to look at fresh ones only
 *   settled_generation  the last fresh file whose readings are in here
 *   readings            a view for people who open the file with DuckDB's own tools
 * Beside it the fresh files (fresh-file.ts), which take what comes in.
 */
// 1 kept fresh readings in tables of the main file, and all settled ones in one table.
const formatVersion = 2

/** Makes the tables of a new file and takes over those of an older one; a file of a newer program is refused. */
export async function prepareSchema(connection: DuckDBConnection, path: string): Promise<void> {
  const version = await versionOf(connection)
  if (version !== undefined && version > formatVersion)
    throw new Refusal(
      'STORE_NEWER',
      `the readings in ${path} were written by a newer program (format ${version}, this one knows ${formatVersion}): start that version`,
    )
  if (version === formatVersion) return
  await connection.run('begin')
  await makeTables(connection)
  if (version === 1) await takeOver(connection)
  await connection.run(`insert into ${settled}.format values (${formatVersion})`)
  await connection.run('commit')
}

async function versionOf(connection: DuckDBConnection): Promise<number | undefined> {
  await connection.run(`create table if not exists ${settled}.format (version integer not null)`)
  const [row] = (await connection.runAndReadAll(`select max(version) from ${settled}.format`)).getRowsJS()
  return typeof row?.[0] === 'number' ? row[0] : undefined
}

async function makeTables(connection: DuckDBConnection): Promise<void> {
  await connection.run(`create table ${settled}.slabs ${slabColumns}`)
  await connection.run(`create table ${settled}.settled_generation (generation integer not null)`)
  await connection.run(`create table if not exists ${settled}.sensors (id integer not null, name varchar not null)`)
  await connection.run(`create table if not exists ${settled}.settled_sensors (
    sensor integer not null,
    observed_at bigint,
    received_at bigint,
    value double,
    quality utinyint,
    skew_from bigint,
    skew_to bigint
  )`)
  await connection.run(viewSql([]))
}

/** The three tables of format 1 have a slab's columns and become slabs as they are; merging sorts them by and by. */
async function takeOver(connection: DuckDBConnection): Promise<void> {
  const fresh = ['readings_fresh_0', 'readings_fresh_1'].map((table) => `${settled}.${table}`)
  await connection.run(`create or replace table ${settled}.settled_sensors as ${newestSql(fresh, 'stored')}`)
  await connection.run(`drop view ${settled}.readings`)
  const slabs: Slab[] = []
  for (const [index, table] of ['readings_settled', 'readings_fresh_0', 'readings_fresh_1'].entries()) {
    const id = index + 1
    await connection.run(`alter table ${settled}.${table} rename to slab_${id}`)
    const slab = await addSlab(connection, id, slabTable(id))
    if (slab === undefined) await connection.run(`drop table ${slabTable(id)}`)
    else slabs.push(slab)
  }
  await connection.run(viewSql(slabs))
}
