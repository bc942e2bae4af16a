import { type Kysely, sql } from 'kysely'
import type { Migrations } from '../../city/index.ts'

export type SavedRuleTables = {
  /** What was made of a rule here, and by whom; lines are only ever added. `text` is null for a return to the shipped one. */
  rule_version: { id?: number; rule: string; at: number; by: string; note: string; text: string | null }
  /** False tickets per asset and year that a class may cost, where somebody has said so. */
  class_budget: { class: string; per_asset_year: number; by: string; at: number }
}

const statements = [
  `create table rule_version (
    id integer primary key autoincrement,
    rule text not null,
    at double precision not null,
    by text not null,
    note text not null,
    text text
  )`,
  `create index rule_version_of on rule_version (rule, id)`,
  `create trigger rule_version_no_update before update on rule_version begin select raise(abort, 'rule_version is append-only'); end`,
  `create trigger rule_version_no_delete before delete on rule_version begin select raise(abort, 'rule_version is append-only'); end`,
  `create table class_budget (class text primary key, per_asset_year double precision not null, by text not null, at double precision not null)`,
]

export const savedRuleMigrations: Migrations = {
  '2026-11-rules-saved': {
    async up(database: Kysely<unknown>) {
      for (const statement of statements) await sql.raw(statement).execute(database)
    },
  },
}
