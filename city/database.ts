import { mkdirSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { Kysely, SqliteDialect, sql } from 'kysely'
import { Refusal } from './refusal.ts'
import { connectSqlite, type SqliteConnection } from './sqlite-connection.ts'

/** The one SQLite file that registry, alarms, tickets and users live in. Server and command line may hold it open together. */
export type Database = {
  readonly path: string
  /** Each folder narrows it to its own tables: `kysely.withTables<T>()`. Inside a transaction use the transaction only. */
  readonly kysely: Kysely<unknown>
  close(): Promise<void>
  /** Whether another connection has committed since this was last asked. */
  changedElsewhere(): boolean
}

/** Named steps, run once each in the order of their names: `2026-11-city-01`. Names are unique over all folders. */
export type Migrations = Readonly<Record<string, Migration>>
export type Migration = { up(database: Kysely<unknown>): Promise<void> }

/** Several folders' migrations as one; two of the same name are a mistake in the program. */
export function mergeMigrations(...folders: readonly Migrations[]): Migrations {
  const merged: Record<string, Migration> = {}
  for (const [name, migration] of folders.flatMap((folder) => Object.entries(folder))) {
    if (merged[name] !== undefined && merged[name] !== migration) throw new Error(`two migrations are named ${name}`)
    merged[name] = migration
  }
  return merged
}

/** Opens the file (`:memory:` in tests), makes it when it is not there, and brings its tables up to date. */
export async function openDatabase(path: string, migrations: Migrations): Promise<Database> {
  const connection = connect(path)
  const kysely = new Kysely<unknown>({ dialect: new SqliteDialect({ database: connection }) })
  try {
    await migrate(path, kysely, migrations)
  } catch (error) {
    await kysely.destroy()
    throw refusalFor(path, error)
  }
  let seen = connection.dataVersion()
  return {
    path,
    kysely,
    close: () => kysely.destroy(),
    changedElsewhere() {
      const before = seen
      seen = connection.dataVersion()
      return seen !== before
    },
  }
}

function connect(path: string): SqliteConnection {
  try {
    if (path !== ':memory:') {
      mkdirSync(dirname(resolve(path)), { recursive: true })
      if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true)
        throw new Refusal(
          'DATABASE_UNWRITABLE',
          `cannot use ${path} as the database: it is a folder; name a file in it`,
        )
    }
    return connectSqlite(path)
  } catch (error) {
    throw refusalFor(path, error)
  }
}

type MigrationTable = { migration: { name: string } }

async function migrate(path: string, kysely: Kysely<unknown>, migrations: Migrations): Promise<void> {
  const tables = kysely.withTables<MigrationTable>()
  await sql`create table if not exists migration (
    name text primary key,
    applied_at text not null default current_timestamp
  )`.execute(tables)
  // Asked without a lock first: the command line opens the file while the server writes, and mostly nothing is due.
  if ((await due(path, tables, migrations)).length === 0) return
  // One transaction for all: a program that dies half-way leaves the file as it was.
  await tables.transaction().execute(async (transaction) => {
    for (const [name, migration] of await due(path, transaction, migrations)) {
      await migration.up(transaction as unknown as Kysely<unknown>)
      await transaction.insertInto('migration').values({ name }).execute()
    }
  })
}

/** The migrations that this file has yet to see, in order. */
async function due(
  path: string,
  tables: Kysely<MigrationTable>,
  migrations: Migrations,
): Promise<[string, Migration][]> {
  const rows = await tables.selectFrom('migration').select('name').execute()
  const applied = new Set(rows.map((row) => row.name))
  const unknown = [...applied].filter((name) => migrations[name] === undefined)
  if (unknown.length > 0)
    throw new Refusal(
      'DATABASE_NEWER',
      `the database ${path} was last used by a newer program (it holds ${unknown.join(', ')}): start that version, or restore a backup made before it`,
    )
  return Object.entries(migrations)
    .filter(([name]) => !applied.has(name))
    .sort(([one], [other]) => (one < other ? -1 : 1))
}

function refusalFor(path: string, error: unknown): unknown {
  if (error instanceof Refusal) return error
  const { code, message } = error as { code?: string; message?: string }
  if (code === 'SQLITE_NOTADB' || code === 'SQLITE_CORRUPT')
    return new Refusal(
      'DATABASE_UNREADABLE',
      `the file ${path} is not a usable SQLite database (${message}): move it away or restore a backup`,
      error,
    )
  if (code?.startsWith('SQLITE_BUSY') === true)
    return new Refusal(
      'DATABASE_BUSY',
      `the database ${path} is locked by another process: wait for it to finish, then try again`,
      error,
    )
  if (isAboutTheFile(code, message))
    return new Refusal(
      'DATABASE_UNWRITABLE',
      `cannot write the database ${path} (${message}): give this user the right to write the file and its folder, or choose another folder`,
      error,
    )
  return error
}

function isAboutTheFile(code: string | undefined, message: string | undefined): boolean {
  return (
    /^(E[A-Z]+|SQLITE_(READONLY|CANTOPEN|IOERR|FULL|PERM))/.test(code ?? '') ||
    (message ?? '').includes('Unable to open connection')
  )
}
