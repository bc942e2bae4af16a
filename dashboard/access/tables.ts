import type { Generated } from 'kysely'
import type { Database, Instant, Migrations } from '../../city/index.ts'
import type { Principal, Role } from '../api/schema.ts'

export type AccessTables = {
  user: {
    name: string
    full_name: string
    role: Role
    crew: string | null
    password_hash: string
    created_at: Instant
    password_at: Instant
  }
  session: {
    /** SHA-256 of the cookie: who reads the database cannot log in with it. */
    token_hash: string
    user: string
    created_at: Instant
    seen_at: Instant
    idle_until: Instant
    ends_at: Instant
  }
  api_token: {
    id: Generated<number>
    title: string
    token_hash: string
    role: Principal
    created_by: string
    created_at: Instant
    used_at: Instant | null
  }
}

export function accessTables(database: Database) {
  return database.kysely.withTables<AccessTables>()
}

export const dashboardMigrations: Migrations = {
  '2026-11-dashboard-01': {
    async up(db) {
      await db.schema
        .createTable('user')
        .addColumn('name', 'text', (column) => column.primaryKey())
        .addColumn('full_name', 'text', (column) => column.notNull())
        .addColumn('role', 'text', (column) => column.notNull())
        .addColumn('crew', 'text')
        .addColumn('password_hash', 'text', (column) => column.notNull())
        .addColumn('created_at', 'integer', (column) => column.notNull())
        .addColumn('password_at', 'integer', (column) => column.notNull())
        .execute()
      await db.schema
        .createTable('session')
        .addColumn('token_hash', 'text', (column) => column.primaryKey())
        .addColumn('user', 'text', (column) => column.notNull().references('user.name').onDelete('cascade'))
        .addColumn('created_at', 'integer', (column) => column.notNull())
        .addColumn('seen_at', 'integer', (column) => column.notNull())
        .addColumn('idle_until', 'integer', (column) => column.notNull())
        .addColumn('ends_at', 'integer', (column) => column.notNull())
        .execute()
      await db.schema.createIndex('session_user').on('session').column('user').execute()
      await db.schema
        .createTable('api_token')
        .addColumn('id', 'integer', (column) => column.primaryKey().autoIncrement())
        .addColumn('title', 'text', (column) => column.notNull())
        .addColumn('token_hash', 'text', (column) => column.notNull().unique())
        .addColumn('role', 'text', (column) => column.notNull())
        .addColumn('created_by', 'text', (column) => column.notNull())
        .addColumn('created_at', 'integer', (column) => column.notNull())
        .addColumn('used_at', 'integer')
        .execute()
    },
  },
}
