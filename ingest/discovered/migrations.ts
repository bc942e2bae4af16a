import { sql } from 'kysely'
import type { Migrations } from '../../city/index.ts'

export type DiscoveredTables = {
  discovered: {
    name: string
    device: string
    topic: string
    unit: string | null
    value: number
    observed_at: number
    count: number
    first_at: number
    last_at: number
  }
  discovered_device: {
    device: string
    address: string
    count: number
    first_at: number
    last_at: number
  }
}

export const discoveredMigrations: Migrations = {
  '2026-11-ingest-02-discovered': {
    async up(database) {
      await sql`create table discovered (
        name text primary key,
        device text not null,
        topic text not null,
        unit text,
        value real not null,
        observed_at integer not null,
        count integer not null,
        first_at integer not null,
        last_at integer not null
      ) strict`.execute(database)
      await sql`create table discovered_device (
        device text primary key,
        address text not null,
        count integer not null,
        first_at integer not null,
        last_at integer not null
      ) strict`.execute(database)
    },
  },
}
