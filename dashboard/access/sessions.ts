import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Database, DurationMs, Instant } from '../../city/index.ts'
import type { Role } from '../api/schema.ts'
import { accessTables } from './tables.ts'
import { hashSecret, randomSecret } from './tokens.ts'
import type { User } from './users.ts'

type Lifetime = { readonly idleMs: DurationMs; readonly absoluteMs: DurationMs }
const hourMs = 3_600_000
const dayMs = 24 * hourMs

/**
 * Who can change much logs in each week; a crew's phone, which may be without signal for days and can do little harm,
 * each month. Idle time counts from the last request; an open page keeps a session awake.
 */
const lifetimes: Readonly<Record<Role, Lifetime>> = {
  admin: { idleMs: 12 * hourMs, absoluteMs: 7 * dayMs },
  engineer: { idleMs: 12 * hourMs, absoluteMs: 7 * dayMs },
  crew: { idleMs: 14 * dayMs, absoluteMs: 30 * dayMs },
  viewer: { idleMs: 14 * dayMs, absoluteMs: 30 * dayMs },
}

/** `seen_at` moves in steps, so that reading pages does not write to the database. */
const seenStepMs = 60_000

export type SessionStarted = { readonly token: string; readonly endsAt: Instant }

/** Log-ins of people. The cookie is random; the database has its hash, so a stolen copy logs nobody in. */
export class Sessions {
  readonly #database: Database
  constructor(database: Database) {
    this.#database = database
  }

  async start(user: User, at: Instant): Promise<SessionStarted> {
    const token = randomSecret()
    const { idleMs, absoluteMs } = lifetimes[user.role]
    const endsAt = at + absoluteMs
    const tables = accessTables(this.#database)
    await tables
      .deleteFrom('session')
      .where((row) => row.or([row('ends_at', '<=', at), row('idle_until', '<=', at)]))
      .execute()
    await tables
      .insertInto('session')
      .values({
        token_hash: hashSecret(token),
        user: user.name,
        created_at: at,
        seen_at: at,
        idle_until: at + idleMs,
        ends_at: endsAt,
      })
      .execute()
    return { token, endsAt }
  }

  /** Whose session it is; `undefined` when it is unknown or over. */
  async check(token: string, at: Instant): Promise<User | undefined> {
    const tables = accessTables(this.#database)
    const row = await tables
      .selectFrom('session')
      .innerJoin('user', 'user.name', 'session.user')
      .select(['user.name', 'user.full_name', 'user.role', 'user.crew', 'user.created_at'])
      .select(['session.seen_at', 'session.idle_until', 'session.ends_at'])
      .where('session.token_hash', '=', hashSecret(token))
      .executeTakeFirst()
    if (row === undefined || at >= row.ends_at || at >= row.idle_until) return undefined
    if (at - row.seen_at >= seenStepMs)
      await tables
        .updateTable('session')
        .set({ seen_at: at, idle_until: at + lifetimes[row.role].idleMs })
        .where('token_hash', '=', hashSecret(token))
        .execute()
    return {
      name: row.name,
      fullName: row.full_name,
      role: row.role,
      crew: row.crew ?? undefined,
      createdAt: row.created_at,
    }
  }

  async end(token: string): Promise<void> {
    await accessTables(this.#database).deleteFrom('session').where('token_hash', '=', hashSecret(token)).execute()
  }
}

/** Belongs to one session and cannot be made without its cookie, which scripts of other sites cannot read. */
export function csrfTokenOf(sessionToken: string): string {
  return createHmac('sha256', sessionToken).update('csrf').digest('base64url')
}

export function csrfTokenFits(sessionToken: string, given: string): boolean {
  const expected = Buffer.from(csrfTokenOf(sessionToken))
  const actual = Buffer.from(given)
  return expected.length === actual.length && timingSafeEqual(expected, actual)
}
