import { type Kysely, sql } from 'kysely'
import type { RelationKind } from './asset.ts'
import type { Migrations } from './database.ts'
import type { MapLayerName } from './map-layer.ts'

/** The registry's tables. Times are milliseconds since 1970; columns ending in `_json` hold JSON. */
export type RegistryTables = {
  /** One row. `revision` goes up with every write, so that another process sees that there is something to load. */
  city: { id: number; name: string; time_zone: string; revision: number }
  /** Only what differs from the classes that ship, so that a new version's corrections reach old cities. */
  asset_class: { id: string; definition_json: string }
  asset: {
    id: string
    name: string
    class: string
    criticality: number
    latitude: number
    longitude: number
    address: string | null
    district: string | null
    quantities_json: string | null
    installed_at: number | null
    position: number
  }
  asset_relation: { asset: string; kind: RelationKind; other: string; position: number }
  crew: { id: string; name: string; skills_json: string; area_json: string }
  map_layer: { name: MapLayerName; features_json: string }
  device: {
    id: string
    title: string
    subscribes_json: string
    publishes_json: string
    salt: Uint8Array
    secret_hash: Uint8Array
    created_at: number
    revoked_at: number | null
  }
  device_asset: { device: string; asset: string; position: number }
  source: {
    name: string
    asset: string
    quantity: string
    unit: string | null
    factor: number | null
    offset: number | null
  }
}

export const cityMigrations: Migrations = {
  '2026-11-city-01': {
    async up(database: Kysely<unknown>) {
      for (const statement of tables) await sql.raw(statement).execute(database)
    },
  },
  '2026-11-city-02': {
    async up(database: Kysely<unknown>) {
      await sql`alter table device add column publishes_json text not null default '[]'`.execute(database)
    },
  },
  '2026-11-city-03': {
    async up(database: Kysely<unknown>) {
      await sql`create table source (
        name text primary key,
        asset text not null references asset (id) on delete cascade deferrable initially deferred,
        quantity text not null,
        unit text,
        factor double precision,
        "offset" double precision
      )`.execute(database)
      // One source for a sensor at most.
      await sql`create unique index source_sensor on source (asset, quantity)`.execute(database)
    },
  },
}

// Foreign keys wait for the commit: an import may name an asset before the line that describes it.
const tables = [
  `create table city (
    id integer primary key check (id = 1),
    name text not null,
    time_zone text not null,
    revision integer not null
  )`,
  `insert into city values (1, '', 'UTC', 0)`,
  `create table asset_class (id text primary key, definition_json text not null)`,
  `create table asset (
    id text primary key,
    name text not null,
    class text not null,
    criticality integer not null check (criticality between 1 and 5),
    latitude double precision not null,
    longitude double precision not null,
    address text,
    district text,
    quantities_json text,
    installed_at bigint,
    position integer not null
  )`,
  `create table asset_relation (
    asset text not null references asset (id) on delete cascade deferrable initially deferred,
    kind text not null check (kind in ('part of', 'fed by', 'reports through')),
    other text not null references asset (id) deferrable initially deferred,
    position integer not null,
    primary key (asset, kind, other)
  )`,
  `create index asset_relation_other on asset_relation (other)`,
  `create table crew (id text primary key, name text not null, skills_json text not null, area_json text not null)`,
  `create table map_layer (name text primary key, features_json text not null)`,
  `create table device (
    id text primary key,
    title text not null,
    subscribes_json text not null,
    salt blob not null,
    secret_hash blob not null,
    created_at bigint not null,
    revoked_at bigint
  )`,
  `create table device_asset (
    device text not null references device (id) on delete cascade deferrable initially deferred,
    asset text not null references asset (id) on delete cascade deferrable initially deferred,
    position integer not null,
    primary key (device, asset)
  )`,
  `create index device_asset_asset on device_asset (asset)`,
]
