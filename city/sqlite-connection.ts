import type { SqliteDatabase, SqliteStatement } from 'kysely'
import Libsql from 'libsql'

// Preparing costs 30 µs, running what is prepared 6 µs. All parts together ask a few hundred different questions; texts
// that vary (an `in` list) push each other out instead of growing without end.
const preparedStatementsMax = 256

// Another process (the command line beside the server) commits within milliseconds; a backup may hold the lock longer.
const busyTimeoutMs = 5_000

/** One connection to a SQLite file, in the shape that Kysely's SqliteDialect drives. */
export type SqliteConnection = SqliteDatabase & {
  /** Changes whenever another connection has committed (PRAGMA data_version). */
  dataVersion(): number
}

export function connectSqlite(path: string): SqliteConnection {
  const libsql = new Libsql(path)
  const prepared = new Map<string, SqliteStatement>()
  // libsql answers a setting PRAGMA with rows or without, and `.get()` adds a field of its own: `.all()` and `.run()` do not.
  for (const pragma of [
    `busy_timeout = ${busyTimeoutMs}`,
    'journal_mode = WAL',
    // A ticket or a credential that was answered for must survive a power cut: WAL with NORMAL may lose the last commits.
    'synchronous = FULL',
    'foreign_keys = ON',
  ]) {
    const statement = libsql.prepare(`PRAGMA ${pragma}`)
    if (statement.reader) statement.all()
    else statement.run()
  }
  const dataVersion = libsql.prepare('PRAGMA data_version')

  return {
    prepare(text) {
      const known = prepared.get(text)
      if (known !== undefined) {
        prepared.delete(text)
        prepared.set(text, known)
        return known
      }
      // A deferred transaction that reads before it writes fails at once (SQLITE_BUSY_SNAPSHOT) when another process wrote
      // in between, whatever the busy timeout; taking the write lock first waits instead.
      const statement = guarded(libsql.prepare(text === 'begin' ? 'begin immediate' : text))
      prepared.set(text, statement)
      if (prepared.size > preparedStatementsMax) {
        const [oldest] = prepared.keys()
        if (oldest !== undefined) prepared.delete(oldest)
      }
      return statement
    },
    dataVersion: () => Number((dataVersion.all()[0] as { data_version: number }).data_version),
    close() {
      prepared.clear()
      libsql.close()
    },
  }
}

type LibsqlStatement = ReturnType<InstanceType<typeof Libsql>['prepare']>

/** libsql 0.5 aborts the whole process when a boolean is bound, and stores `undefined` as null without a word. */
function guarded(statement: LibsqlStatement): SqliteStatement {
  return {
    reader: statement.reader,
    all: (parameters) => statement.all(bindable(parameters)),
    run: (parameters) => statement.run(bindable(parameters)),
    iterate: (parameters) => statement.iterate(bindable(parameters)),
  }
}

function bindable(parameters: readonly unknown[]): unknown[] {
  return parameters.map((parameter, index) => {
    if (typeof parameter === 'boolean') return parameter ? 1 : 0
    if (parameter === undefined) throw new TypeError(`SQL parameter ${index + 1} is undefined: write null`)
    if (typeof parameter === 'number' && Number.isNaN(parameter))
      throw new TypeError(`SQL parameter ${index + 1} is NaN`)
    return parameter
  })
}
