import { type Generated, sql } from 'kysely'
import type { Migrations } from '../../city/index.ts'

export type QuarantineTable = {
  id: Generated<number>
  device: string
  topic: string
  reason: string
  detail: string
  suggestion: string | null
  payload: string
  count: number
  first_at: number
  last_at: number
}

export type QuarantineTables = {
  quarantine: QuarantineTable
  /** One row: how many rows were forgotten for want of room, ever. */
  quarantine_forgotten: { id: 1; rows: number }
}

export const quarantineMigrations: Migrations = {
  '2026-11-ingest-01': {
    async up(database) {
      await sql`create table quarantine (
        id integer primary key autoincrement,
        device text not null,
        topic text not null,
        reason text not null,
        detail text not null,
        suggestion text,
        payload text not null,
        count integer not null,
        first_at integer not null,
        last_at integer not null,
        unique (device, topic, reason)
      ) strict`.execute(database)
      await sql`create index quarantine_by_time on quarantine (last_at, id)`.execute(database)
      await sql`create table quarantine_forgotten (
        id integer primary key check (id = 1),
        rows integer not null
      ) strict`.execute(database)
      await sql`insert into quarantine_forgotten (id, rows) values (1, 0)`.execute(database)
    },
  },
}
