import { closeSync, fsyncSync, openSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import type { DuckDBConnection } from '@duckdb/node-api'
import { readingColumns } from './slabs.ts'

/*
 * A fresh file takes what comes in, in order of receipt, until there is enough of it to be sorted into a slab. It is a
 * DuckDB file of its own, whose readings are in its log and in memory only: nothing is ever folded into the file, so no
 * commit waits for that. Generations count up; a generation that the main file has is left over and goes.
 *   readings   what came in
 *   replaced   identities that were replaced by a reading in here; older fresh files and slabs still hold the old one
 *   sensors    sensors first heard of in here
 */

/** An attached fresh file. */
export type Fresh = {
  readonly generation: number
  /** The name under which it is attached. */
  readonly catalog: string
  readonly readings: string
  readonly replaced: string
  readonly sensors: string
  /** Whether `replaced` may hold anything: leaving out what it names costs a query more than all the rest. */
  readonly state: { replaces: boolean }
}

/** The path of a store that is gone when it is closed. */
export const inMemory = ':memory:'

/** The generations whose files are beside the main file, oldest first. Files that were never finished are removed. */
export function freshGenerations(path: string): readonly number[] {
  if (path === inMemory) return []
  const folder = dirname(resolve(path))
  const prefix = `${basename(path)}.fresh-`
  const names = readdirSync(folder).filter((name) => name.startsWith(prefix))
  const generations = names.map((name) => name.slice(prefix.length)).filter((rest) => /^\d+$/.test(rest))
  for (const name of names) {
    const [, generation = '', rest = ''] = /^(\d+)(\..*)?$/.exec(name.slice(prefix.length)) ?? []
    const isLeftOver = rest.startsWith('.preparing') || (rest === '.wal' && !generations.includes(generation))
    if (isLeftOver) rmSync(join(folder, name), { force: true })
  }
  return generations.map(Number).sort((a, b) => a - b)
}

/** Makes the next fresh file. It and its log are on disk, by name too, before anything in it is acknowledged. */
export async function makeFresh(connection: DuckDBConnection, path: string, generation: number): Promise<Fresh> {
  const fresh = named(generation)
  if (path === inMemory) {
    await connection.run(`attach '${inMemory}' as ${fresh.catalog}`)
    await makeTables(connection, fresh)
    return fresh
  }
  // Under another name until its tables are in it: a process that is killed meanwhile leaves nothing that looks whole.
  const preparing = `${pathOf(path, generation)}.preparing`
  rmSync(preparing, { force: true })
  rmSync(`${preparing}.wal`, { force: true })
  await connection.run(`attach ${quoted(preparing)} as ${fresh.catalog} (block_size 16384)`)
  await makeTables(connection, fresh)
  await connection.run(`checkpoint ${fresh.catalog}`)
  await connection.run(`detach ${fresh.catalog}`)
  renameSync(preparing, pathOf(path, generation))
  await attachFresh(connection, path, generation)
  // The first commit makes the log; then both names are made to last.
  await connection.run(`insert into ${fresh.catalog}.started values (true)`)
  syncFolder(dirname(resolve(path)))
  return fresh
}

/** Attaches a fresh file that is there; its log is read. */
export async function attachFresh(connection: DuckDBConnection, path: string, generation: number): Promise<Fresh> {
  const fresh = named(generation)
  await connection.run(`attach ${quoted(pathOf(path, generation))} as ${fresh.catalog}`)
  const replaced = await connection.runAndReadAll(`select 1 from ${fresh.replaced} limit 1`)
  fresh.state.replaces = replaced.currentRowCount > 0
  return fresh
}

export async function detachFresh(connection: DuckDBConnection, fresh: Fresh): Promise<void> {
  await connection.run(`detach ${fresh.catalog}`)
}

/** Removes a detached fresh file. Its log goes last: a log alone is seen to be left over. */
export function removeFresh(path: string, generation: number): void {
  if (path === inMemory) return
  rmSync(pathOf(path, generation), { force: true })
  rmSync(`${pathOf(path, generation)}.wal`, { force: true })
}

async function makeTables(
  connection: DuckDBConnection,
  { catalog, readings, replaced, sensors }: Fresh,
): Promise<void> {
  await connection.run(`create table ${readings} ${readingColumns}`)
  await connection.run(`create table ${replaced} (sensor integer not null, observed_at bigint not null)`)
  await connection.run(`create table ${sensors} (id integer not null, name varchar not null)`)
  await connection.run(`create table ${catalog}.started (yes boolean not null)`)
}

function named(generation: number): Fresh {
  const catalog = `fresh_${generation}`
  const table = (name: string) => `${catalog}.${name}`
  return {
    generation,
    catalog,
    readings: table('readings'),
    replaced: table('replaced'),
    sensors: table('sensors'),
    state: { replaces: false },
  }
}

function pathOf(path: string, generation: number): string {
  return `${path}.fresh-${generation}`
}

/** A path as SQL text. */
export function quoted(path: string): string {
  return `'${path.replaceAll("'", "''")}'`
}

function syncFolder(folder: string): void {
  // Windows neither can nor need sync a folder.
  if (process.platform === 'win32') return
  const handle = openSync(folder, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}
