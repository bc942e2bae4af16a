import { type Database, type Instant, Refusal } from '../../city/index.ts'
import type { Role } from '../api/schema.ts'
import {
  hashPassword,
  passwordFits,
  passwordLengthMax,
  passwordLengthMin,
  randomPassword,
  type ScryptCost,
  scryptCost,
} from './passwords.ts'
import { accessTables } from './tables.ts'

export type User = {
  /** What is typed at login. */
  readonly name: string
  readonly fullName: string
  readonly role: Role
  /** The crew whose tickets are theirs. */
  readonly crew: string | undefined
  readonly createdAt: Instant
}

export type UserDraft = {
  readonly name: string
  readonly role: Role
  readonly password: string
  readonly crew?: string | undefined
  /** The name itself when absent. */
  readonly fullName?: string | undefined
}

export const userNamePattern = /^[a-z0-9][a-z0-9._@-]{0,63}$/

/** The people who may log in. Passwords are kept as scrypt hashes only. */
export class Users {
  readonly #database: Database
  readonly #now: () => Instant
  readonly #cost: ScryptCost
  #decoy: string | undefined
  constructor(database: Database, now: () => Instant, cost: ScryptCost = scryptCost) {
    this.#database = database
    this.#now = now
    this.#cost = cost
  }

  /** @throws Refusal USER_INVALID, USER_EXISTS */
  async add({ name, role, password, crew, fullName = name }: UserDraft): Promise<User> {
    if (!userNamePattern.test(name))
      throw new Refusal('USER_INVALID', `user "${name}": expected lower-case letters, digits and . _ @ -, at most 64`)
    refuseWeak(password)
    if ((await this.find(name)) !== undefined) throw new Refusal('USER_EXISTS', `user "${name}" is there already`)
    const at = this.#now()
    const row = {
      name,
      full_name: fullName,
      role,
      crew: crew ?? null,
      password_hash: await hashPassword(password, this.#cost),
      created_at: at,
      password_at: at,
    }
    await accessTables(this.#database).insertInto('user').values(row).execute()
    return { name, fullName, role, crew, createdAt: at }
  }

  /**
   * Ends the user's sessions as well: a password is changed because somebody else may know it.
   * @throws Refusal USER_INVALID, USER_UNKNOWN
   */
  async setPassword(name: string, password: string): Promise<void> {
    refuseWeak(password)
    const hash = await hashPassword(password, this.#cost)
    await accessTables(this.#database)
      .transaction()
      .execute(async (tables) => {
        const done = await tables
          .updateTable('user')
          .set({ password_hash: hash, password_at: this.#now() })
          .where('name', '=', name)
          .executeTakeFirst()
        if (done.numUpdatedRows === 0n) throw new Refusal('USER_UNKNOWN', `there is no user "${name}"`)
        await tables.deleteFrom('session').where('user', '=', name).execute()
      })
  }

  async list(): Promise<readonly User[]> {
    const rows = await accessTables(this.#database).selectFrom('user').selectAll().orderBy('name').execute()
    return rows.map(toUser)
  }

  async find(name: string): Promise<User | undefined> {
    const row = await this.#row(name)
    return row === undefined ? undefined : toUser(row)
  }

  /** The user when name and password belong together. Takes as long for a name that does not exist. */
  async check(name: string, password: string): Promise<User | undefined> {
    const row = await this.#row(name)
    this.#decoy ??= await hashPassword(randomPassword(), this.#cost)
    const fits = await passwordFits(password, row?.password_hash ?? this.#decoy)
    return fits && row !== undefined ? toUser(row) : undefined
  }

  /** Removes the user and, by the foreign key, their sessions. The last admin stays: `last admin`. */
  async remove(name: string): Promise<'removed' | 'unknown' | 'last admin'> {
    return await accessTables(this.#database)
      .transaction()
      .execute(async (tables) => {
        const user = await tables.selectFrom('user').select('role').where('name', '=', name).executeTakeFirst()
        if (user === undefined) return 'unknown'
        const admins = await tables.selectFrom('user').select('name').where('role', '=', 'admin').execute()
        if (user.role === 'admin' && admins.length === 1) return 'last admin'
        await tables.deleteFrom('user').where('name', '=', name).execute()
        return 'removed'
      })
  }

  /** Where nobody can log in yet, makes `admin`. Gives the password when it was made up here, to be shown once. */
  async makeFirstAdmin(password: string | undefined): Promise<string | undefined> {
    if ((await this.list()).length > 0) return undefined
    const chosen = password ?? randomPassword()
    await this.add({ name: 'admin', role: 'admin', password: chosen })
    return password === undefined ? chosen : undefined
  }

  async #row(name: string) {
    return await accessTables(this.#database).selectFrom('user').selectAll().where('name', '=', name).executeTakeFirst()
  }
}

function toUser(row: { name: string; full_name: string; role: Role; crew: string | null; created_at: Instant }): User {
  return {
    name: row.name,
    fullName: row.full_name,
    role: row.role,
    crew: row.crew ?? undefined,
    createdAt: row.created_at,
  }
}

function refuseWeak(password: string): void {
  if (password.length < passwordLengthMin || password.length > passwordLengthMax)
    throw new Refusal(
      'USER_INVALID',
      `the password has ${password.length} characters: expected ${passwordLengthMin} to ${passwordLengthMax}`,
    )
}
