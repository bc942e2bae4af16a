import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { type Database, openDatabase } from '../../city/index.ts'
import { csrfTokenFits, csrfTokenOf, Sessions } from '../../dashboard/access/sessions.ts'
import { dashboardMigrations } from '../../dashboard/access/tables.ts'
import { ApiTokens } from '../../dashboard/access/tokens.ts'
import { Users } from '../../dashboard/access/users.ts'

const cheap = { N: 16, r: 1, p: 1 }
const password = 'twelve letters'
const start = Date.UTC(2026, 4, 4)
const hourMs = 3_600_000
const dayMs = 24 * hourMs

let database: Database
let users: Users
beforeEach(async () => {
  database = await openDatabase(':memory:', dashboardMigrations)
  users = new Users(database, () => start, cheap)
})
afterEach(() => database.close())

describe('Users', () => {
  test('know who belongs to a name and password', async () => {
    await users.add({ name: 'mara', role: 'crew', password, crew: 'water', fullName: 'Mara Lindt' })
    expect(await users.check('mara', 'twelve letters')).toEqual({
      name: 'mara',
      fullName: 'Mara Lindt',
      role: 'crew',
      crew: 'water',
      createdAt: start,
    })
    expect(await users.check('mara', 'twelve lettres')).toBeUndefined()
    expect(await users.check('nobody', 'twelve letters')).toBeUndefined()
  })

  test.each([
    ['Mara', 'twelve letters', 'USER_INVALID'],
    ['mara lindt', 'twelve letters', 'USER_INVALID'],
    ['mara', 'short', 'USER_INVALID'],
    ['taken', 'twelve letters', 'USER_EXISTS'],
  ])('refuse %j with password %j: %s', async (name, given, code) => {
    await users.add({ name: 'taken', role: 'viewer', password })
    await expect(users.add({ name, role: 'viewer', password: given })).rejects.toMatchObject({ code })
  })

  test('the first admin gets a password that is told once', async () => {
    const made = await users.makeFirstAdmin(undefined)
    expect(await users.check('admin', made ?? '')).toMatchObject({ role: 'admin' })
    expect(await users.makeFirstAdmin(undefined)).toBeUndefined()
    expect(await users.list()).toHaveLength(1)
  })

  test('a given first password is not told back', async () => {
    expect(await users.makeFirstAdmin('given in the environment')).toBeUndefined()
    expect(await users.check('admin', 'given in the environment')).toBeDefined()
  })

  test('a password cannot be given to nobody', async () => {
    await expect(users.setPassword('nobody', password)).rejects.toMatchObject({ code: 'USER_UNKNOWN' })
  })

  test('the last admin stays', async () => {
    await users.add({ name: 'one', role: 'admin', password })
    expect(await users.remove('one')).toBe('last admin')
    await users.add({ name: 'two', role: 'admin', password })
    expect(await users.remove('one')).toBe('removed')
    expect(await users.remove('one')).toBe('unknown')
  })

  test('nothing that was typed is in the database', async () => {
    await users.add({ name: 'mara', role: 'viewer', password })
    const user = await users.find('mara')
    if (user === undefined) throw new Error('mara is gone')
    const { token } = await new Sessions(database).start(user, start)
    const { secret } = await new ApiTokens(database).add('loader', 'reporter', 'admin', start)
    const tables = ['user', 'session', 'api_token']
    const rows = await Promise.all(
      tables.map((table) =>
        database.kysely.withTables<Record<string, object>>().selectFrom(table).selectAll().execute(),
      ),
    )
    const text = JSON.stringify(rows)
    expect(text).toContain('mara')
    for (const told of ['twelve letters', token, secret]) expect(text).not.toContain(told)
  })
})

describe('Sessions', () => {
  const sessionOf = async (role: 'admin' | 'crew') => {
    const sessions = new Sessions(database)
    const user = await users.add({ name: role, role, password })
    return { sessions, ...(await sessions.start(user, start)) }
  }

  test('belong to a user until they are ended', async () => {
    const { sessions, token } = await sessionOf('crew')
    expect(await sessions.check(token, start)).toMatchObject({ name: 'crew', role: 'crew' })
    expect(await sessions.check(`${token}x`, start)).toBeUndefined()
    await sessions.end(token)
    expect(await sessions.check(token, start)).toBeUndefined()
  })

  test('end when nothing was asked for too long; asking keeps them awake', async () => {
    const { sessions, token } = await sessionOf('admin')
    expect(await sessions.check(token, start + 11 * hourMs)).toBeDefined()
    expect(await sessions.check(token, start + 22 * hourMs)).toBeDefined()
    expect(await sessions.check(token, start + 34 * hourMs)).toBeUndefined()
  })

  test('end after a week for who can change much, however busy', async () => {
    const { sessions, token } = await sessionOf('admin')
    let at = start
    for (; at < start + 7 * dayMs; at += 6 * hourMs) expect(await sessions.check(token, at)).toBeDefined()
    expect(await sessions.check(token, at)).toBeUndefined()
  })

  test('of a phone last a fortnight without signal', async () => {
    const { sessions, token } = await sessionOf('crew')
    expect(await sessions.check(token, start + 13 * dayMs)).toBeDefined()
  })

  test('end with a new password, and with the user', async () => {
    const { sessions, token } = await sessionOf('crew')
    await users.setPassword('crew', 'another password')
    expect(await sessions.check(token, start)).toBeUndefined()
    const user = await users.find('crew')
    if (user === undefined) throw new Error('crew is gone')
    const again = await sessions.start(user, start)
    await users.remove('crew')
    expect(await sessions.check(again.token, start)).toBeUndefined()
  })

  test('have a CSRF token of their own', () => {
    expect(csrfTokenFits('one', csrfTokenOf('one'))).toBe(true)
    expect(csrfTokenFits('one', csrfTokenOf('other'))).toBe(false)
    expect(csrfTokenFits('one', '')).toBe(false)
  })
})

describe('ApiTokens', () => {
  test('are told once, know their role and are gone when revoked', async () => {
    const tokens = new ApiTokens(database)
    const { token, secret } = await tokens.add('loader', 'reporter', 'admin', start)
    expect(await tokens.check(secret, start + 5)).toMatchObject({ title: 'loader', role: 'reporter' })
    expect(await tokens.list()).toEqual([{ ...token, usedAt: start + 5 }])
    expect(await tokens.check('lengthsman_guess', start)).toBeUndefined()
    expect(await tokens.remove(token.id)).toBe(true)
    expect(await tokens.check(secret, start)).toBeUndefined()
  })
})
