import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { sql } from 'kysely'
import { type Database, type Migrations, mergeMigrations, openDatabase, Refusal } from '../../city/index.ts'
import { temporaryFolder } from '../support/files.ts'

const folder = temporaryFolder()

const first: Migrations = {
  '2026-01-thing-01': { up: async (database) => void (await sql`create table thing (id integer)`.execute(database)) },
}
const second: Migrations = {
  '2026-02-thing-02': { up: async (database) => void (await sql`alter table thing add name text`.execute(database)) },
}

async function code(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof Refusal)) throw new Error(`no Refusal: ${String(error)}`)
  expect(error.message).not.toContain('\n')
  return error.code
}

async function pragma(database: Database, name: string): Promise<unknown> {
  const { rows } = await sql.raw<Record<string, unknown>>(`PRAGMA ${name}`).execute(database.kysely)
  return Object.values(rows[0] ?? {})[0]
}

describe('openDatabase', () => {
  test('writes ahead, syncs every commit and holds foreign keys', async () => {
    const database = await openDatabase(join(folder, 'pragmas.db'), {})
    expect(await pragma(database, 'journal_mode')).toBe('wal')
    expect(await pragma(database, 'synchronous')).toBe(2)
    expect(await pragma(database, 'foreign_keys')).toBe(1)
    expect(await pragma(database, 'busy_timeout')).toBe(5_000)
    await database.close()
  })

  test('runs each migration once, in the order of their names, and makes the folder', async () => {
    const path = join(folder, 'deep', 'er', 'migrated.db')
    await (await openDatabase(path, first)).close()
    const database = await openDatabase(path, mergeMigrations(second, first))
    await sql`insert into thing values (1, 'one')`.execute(database.kysely)
    await database.close()
    await (await openDatabase(path, mergeMigrations(first, second))).close()
  })

  test('leaves the file as it was when a migration fails', async () => {
    const path = join(folder, 'half.db')
    const broken = { '2026-03': { up: async () => Promise.reject(new Error('no')) } }
    await expect(openDatabase(path, { ...first, ...broken })).rejects.toThrow('no')
    const database = await openDatabase(path, first)
    await sql`insert into thing values (1)`.execute(database.kysely)
    await database.close()
  })

  test('refuses a database that a newer program has used', async () => {
    const path = join(folder, 'newer.db')
    await (await openDatabase(path, mergeMigrations(first, second))).close()
    expect(await code(openDatabase(path, first))).toBe('DATABASE_NEWER')
  })

  test('refuses a file that is no database', async () => {
    const path = join(folder, 'letter.db')
    writeFileSync(path, 'Dear Sir or Madam, '.repeat(200))
    expect(await code(openDatabase(path, first))).toBe('DATABASE_UNREADABLE')
  })

  test('refuses a place that cannot be written, saying which', async () => {
    const file = join(folder, 'file')
    writeFileSync(file, '')
    const directory = join(folder, 'directory')
    mkdirSync(directory)
    for (const path of [join(file, 'below.db'), directory, '/proc/lengthsman.db'])
      expect(await code(openDatabase(path, first))).toBe('DATABASE_UNWRITABLE')
  })

  test('refuses a file without the right to write it', async () => {
    if (process.getuid?.() === 0) return
    const path = join(folder, 'read-only.db')
    await (await openDatabase(path, {})).close()
    chmodSync(path, 0o400)
    expect(await code(openDatabase(path, first))).toBe('DATABASE_UNWRITABLE')
  })

  test('two migrations of one name are a mistake in the program', () => {
    expect(() => mergeMigrations(first, { '2026-01-thing-01': { up: async () => undefined } })).toThrow(
      '2026-01-thing-01',
    )
  })
})

describe('a database that two processes hold open', () => {
  test('each is told when the other has written, and not when it wrote itself', async () => {
    const path = join(folder, 'shared.db')
    const one = await openDatabase(path, first)
    const other = await openDatabase(path, first)
    expect(one.changedElsewhere()).toBe(false)
    await sql`insert into thing values (1)`.execute(other.kysely)
    expect(one.changedElsewhere()).toBe(true)
    expect(one.changedElsewhere()).toBe(false)
    await sql`insert into thing values (2)`.execute(one.kysely)
    expect(one.changedElsewhere()).toBe(false)
    expect(other.changedElsewhere()).toBe(true)
    await Promise.all([one.close(), other.close()])
  })

  test('transactions that read before they write do not fail for what the other wrote in between', async () => {
    const path = join(folder, 'counted.db')
    const connections = [await openDatabase(path, first), await openDatabase(path, first)] as const
    await sql`insert into thing values (0)`.execute(connections[0].kysely)
    const add = (database: Database) =>
      database.kysely.transaction().execute(async (transaction) => {
        const { rows } = await sql<{ id: number }>`select id from thing`.execute(transaction)
        await sql`update thing set id = ${(rows[0]?.id ?? 0) + 1}`.execute(transaction)
      })
    for (let round = 0; round < 25; round += 1) for (const database of connections) await add(database)
    const { rows } = await sql`select id from thing`.execute(connections[1].kysely)
    expect(rows).toEqual([{ id: 50 }])
    for (const database of connections) await database.close()
  })
})

test('opening a file that is up to date waits for nobody who writes', async () => {
  const path = join(folder, 'written.db')
  const writer = await openDatabase(path, first)
  await writer.kysely.transaction().execute(async (transaction) => {
    await sql`insert into thing values (1)`.execute(transaction)
    await (await openDatabase(path, first)).close()
  })
  await writer.close()
})

describe('bound values', () => {
  test('true and false are kept as 1 and 0', async () => {
    const database = await openDatabase(':memory:', {})
    const { rows } = await sql`select ${true} as yes, ${false} as no`.execute(database.kysely)
    expect(rows).toEqual([{ yes: 1, no: 0 }])
    await database.close()
  })

  test('undefined and NaN are mistakes, not silently null', async () => {
    const database = await openDatabase(':memory:', {})
    await expect(sql`select ${undefined} as it`.execute(database.kysely)).rejects.toThrow('undefined')
    await expect(sql`select ${Number.NaN} as it`.execute(database.kysely)).rejects.toThrow('NaN')
    await database.close()
  })

  test('questions of ever new wording do not pile up', async () => {
    const database = await openDatabase(':memory:', first)
    for (let index = 0; index < 1_000; index += 1) await sql.raw(`select ${index} as it`).execute(database.kysely)
    const { rows } = await sql.raw('select 3 as it').execute(database.kysely)
    expect(rows).toEqual([{ it: 3 }])
    await database.close()
  })
})
