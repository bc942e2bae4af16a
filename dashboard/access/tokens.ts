import { createHash, randomBytes } from 'node:crypto'
import type { Database, Instant } from '../../city/index.ts'
import type { Principal } from '../api/schema.ts'
import { accessTables } from './tables.ts'

export type ApiToken = {
  readonly id: number
  readonly title: string
  readonly role: Principal
  readonly createdBy: string
  readonly createdAt: Instant
  /** To the minute. */
  readonly usedAt: Instant | undefined
}

/** The prefix lets secret scanners and people see what it is. */
const prefix = 'lengthsman_'
const secretBytes = 32
/** `used_at` is for finding dead tokens; a write per request would be a high price for that. */
const usedAtStepMs = 60_000

/** A random secret of 256 bits needs no slow hash: there is nothing to guess. */
export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url')
}

export function randomSecret(): string {
  return randomBytes(secretBytes).toString('base64url')
}

/** Credentials for programs: made by an admin, shown once, kept as hashes. */
export class ApiTokens {
  readonly #database: Database
  constructor(database: Database) {
    this.#database = database
  }

  async add(
    title: string,
    role: Principal,
    by: string,
    at: Instant,
  ): Promise<{ readonly token: ApiToken; readonly secret: string }> {
    const secret = `${prefix}${randomSecret()}`
    const { id } = await accessTables(this.#database)
      .insertInto('api_token')
      .values({ title, role, token_hash: hashSecret(secret), created_by: by, created_at: at, used_at: null })
      .returning('id')
      .executeTakeFirstOrThrow()
    return { token: { id, title, role, createdBy: by, createdAt: at, usedAt: undefined }, secret }
  }

  async list(): Promise<readonly ApiToken[]> {
    const rows = await accessTables(this.#database).selectFrom('api_token').selectAll().orderBy('id').execute()
    return rows.map(toToken)
  }

  async remove(id: number): Promise<boolean> {
    const done = await accessTables(this.#database).deleteFrom('api_token').where('id', '=', id).executeTakeFirst()
    return Number(done.numDeletedRows) > 0
  }

  async check(secret: string, at: Instant): Promise<ApiToken | undefined> {
    if (!secret.startsWith(prefix)) return undefined
    const tables = accessTables(this.#database)
    const row = await tables
      .selectFrom('api_token')
      .selectAll()
      .where('token_hash', '=', hashSecret(secret))
      .executeTakeFirst()
    if (row === undefined) return undefined
    if (at - (row.used_at ?? 0) >= usedAtStepMs)
      await tables.updateTable('api_token').set({ used_at: at }).where('id', '=', row.id).execute()
    return toToken(row)
  }
}

function toToken(row: {
  id: number
  title: string
  role: Principal
  created_by: string
  created_at: Instant
  used_at: Instant | null
}): ApiToken {
  const { id, title, role } = row
  return { id, title, role, createdBy: row.created_by, createdAt: row.created_at, usedAt: row.used_at ?? undefined }
}
