import { mkdirSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { Refusal } from '../../../city/index.ts'
import { prepareSchema } from './schema.ts'

export type FileOptions = { readonly path: string; readonly memoryLimitMb: number }

/** An opened file: one connection that writes, one that sorts and forgets, and as many for reading as asked for. */
export type DuckDbFile = {
  readonly writing: DuckDBConnection
  readonly upkeep: DuckDBConnection
  connect(): Promise<DuckDBConnection>
  close(): void
}

function settingsOf({ memoryLimitMb }: FileOptions): Record<string, string> {
  return {
    memory_limit: `${memoryLimitMb}MB`,
    // A query runs in the thread that asked for it. DuckDB's own threads cost a third of the append rate on two cores:
    // they wake for every commit and find nothing to share.
    threads: '1',
    // A checkpoint holds up commits while it writes: some 90 ms at 16 MB of log, 200 to 700 ms at 64 MB.
    checkpoint_threshold: '16MB',
    // Slabs are written in the order they were sorted in.
    preserve_insertion_order: 'true',
    // Nothing is fetched from the network, whatever a query needs.
    autoinstall_known_extensions: 'false',
  }
}

/** Opens or makes the file. Trouble that a person can mend is a Refusal. */
export async function openFile(options: FileOptions): Promise<DuckDbFile> {
  const { path } = options
  try {
    checkPath(path)
    const instance = await DuckDBInstance.create(path, settingsOf(options))
    try {
      const [writing, upkeep] = [await instance.connect(), await instance.connect()]
      await prepareSchema(writing, path)
      return { writing, upkeep, connect: () => instance.connect(), close: () => instance.closeSync() }
    } catch (error) {
      instance.closeSync()
      throw error
    }
  } catch (error) {
    throw refusalFor(path, error)
  }
}

function checkPath(path: string): void {
  if (path === ':memory:') return
  mkdirSync(dirname(resolve(path)), { recursive: true })
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true)
    throw new Refusal('STORE_UNWRITABLE', `cannot keep readings in ${path}: it is a folder; name a file in it`)
}

function refusalFor(path: string, error: unknown): unknown {
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
