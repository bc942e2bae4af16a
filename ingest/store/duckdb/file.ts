import { mkdirSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { Refusal } from '../../../city/index.ts'
import { inMemory, quoted } from './fresh-file.ts'
import { prepareSchema } from './schema.ts'
import { settled } from './slabs.ts'

export type FileOptions = { readonly path: string; readonly memoryLimitMb: number }

/** An opened store: one connection that writes, one that settles, merges and forgets, and as many for reading as asked for. */
export type DuckDbFile = {
  readonly path: string
  readonly writing: DuckDBConnection
  readonly upkeep: DuckDBConnection
  connect(): Promise<DuckDBConnection>
  close(): void
}

function settingsOf({ path, memoryLimitMb }: FileOptions): Record<string, string> {
  return {
    memory_limit: `${memoryLimitMb}MB`,
    temp_directory: path === inMemory ? join(tmpdir(), 'lengthsman-duckdb') : `${path}.tmp`,
    // A query runs in the thread that asked for it. DuckDB's own threads cost a third of the append rate on two cores:
    // they wake for every commit and find nothing to share.
    threads: '1',
    // No commit folds a log into its file, for that holds up the next ones: settling does it, in the main file only.
    checkpoint_threshold: '1TB',
    // Slabs are written in the order they were sorted in.
    preserve_insertion_order: 'true',
    // Nothing is fetched from the network, whatever a query needs.
    autoinstall_known_extensions: 'false',
  }
}

// Small blocks waste less at the end of a column, and large row groups have fewer ends (docs/storage.md). The version is the
// first that packs decimal numbers into small blocks.
const newFile = "(block_size 65536, row_group_size 245760, storage_version 'v1.5.0')"

/** Opens or makes the main file. Trouble that a person can mend is a Refusal. */
export async function openFile(options: FileOptions): Promise<DuckDbFile> {
  const { path } = options
  try {
    checkPath(path)
    const instance = await DuckDBInstance.create(inMemory, settingsOf(options))
    try {
      const [writing, upkeep] = [await instance.connect(), await instance.connect()]
      await writing.run('pragma disable_checkpoint_on_shutdown')
      const isNew = path !== inMemory && statSync(path, { throwIfNoEntry: false }) === undefined
      await writing.run(`attach ${quoted(path)} as ${settled} ${isNew ? newFile : ''}`)
      await prepareSchema(writing, path)
      return { path, writing, upkeep, connect: () => instance.connect(), close: () => instance.closeSync() }
    } catch (error) {
      instance.closeSync()
      throw error
    }
  } catch (error) {
    throw refusalFor(path, error)
  }
}

function checkPath(path: string): void {
  if (path === inMemory) return
  mkdirSync(dirname(resolve(path)), { recursive: true })
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true)
    throw new Refusal('STORE_UNWRITABLE', `cannot keep readings in ${path}: it is a folder; name a file in it`)
}

/** What a person can do about an error of opening. */
export function refusalFor(path: string, error: unknown): unknown {
  if (error instanceof Refusal) return error
  const message = firstLine((error as Error).message)
  if (/Conflicting lock|Could not set lock/i.test(message)) {
    const holder = /PID (\d+)/.exec(message)?.[1]
    return new Refusal(
      'STORE_LOCKED',
      `the readings in ${path} are in use by another process${holder === undefined ? '' : ` (process ${holder})`}: stop it, or give this one another data folder`,
      error,
    )
  }
  if (
    /Permission denied|Read-only file system|EACCES|EPERM|EROFS|ENOSPC|ENOTDIR|EEXIST|No space left|Cannot open file|Not a directory/i.test(
      message,
    )
  )
    return new Refusal(
      'STORE_UNWRITABLE',
      `cannot write the readings in ${path} (${message}): give this user the right to write the file and its folder, free some space, or choose another folder`,
      error,
    )
  return new Refusal(
    'STORE_CORRUPT',
    `the file ${path} cannot be used as a store of readings (${message}): move it and ${path}.wal away, or restore a backup`,
    error,
  )
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? text
}
