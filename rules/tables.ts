import { type Kysely, sql } from 'kysely'
import type { Migrations } from '../city/index.ts'
import { savedRuleMigrations } from './saved/tables.ts'
import { type IncidentTables, incidentStatements } from './situation/incident-tables.ts'

/** The rules' tables. Times are milliseconds since 1970; columns ending in `_json` hold JSON. */
export type RuleTables = {
  /** Each alarm as it was last told. */
  alarm: {
    id: string
    rule: string
    rule_version: string
    asset: string
    sensor: string
    state: string
    level: string | null
    since: number
    started_at: number | null
    occurrence: string | null
    measured: number | null
    limit_value: number | null
    hidden_by_json: string | null
    reason: string
    judged_at: number
  }
  /** What became of bouts that fired; rows are only ever added. A bout that never got beyond pending leaves none. */
  alarm_transition: {
    occurrence: string
    state: string
    level: string
    at: number
    alarm: string
    rule_version: string
    measured: number | null
    limit_value: number | null
    reason: string
    judged_at: number
  }
  /** What people did about an alarm and what still holds of it. */
  alarm_handling: { alarm: string; handling_json: string }
  /** Who did what to an alarm; rows are only ever added. */
  alarm_action: { alarm: string; at: number; by: string; action: string; detail: string }
  /** Times in which alarms call nobody: out of service, maintenance, a crew on site. Kept for good: who hid what, and why. */
  service_window: {
    id: string
    /** When it ends, or was ended. */
    ends_at: number
    window_json: string
  }
  /** One row: all that was received up to here has been judged. */
  judgement_marker: { id: number; received_through: number; observed_from: number; at: number }
  judgement_sensor: {
    sensor: string
    /** Which rule, in which version, owns which numbers of `live` and of the segments' snapshots. */
    layout_json: string
    live: Uint8Array
    newest_at: number
    heard_at: number
    gone_through: number | null
    silences_json: string
  }
  /** A stretch of a sensor's recent readings with the rules' state before them. */
  judgement_segment: {
    sensor: string
    number: number
    first_at: number
    readings: number
    numbers: Uint8Array
  }
  /** Events that were judged before the marker and had not reached the tickets. */
  judgement_outbox: { position: number; event_json: string }
} & IncidentTables

export const ruleMigrations: Migrations = {
  '2026-11-rules-01': { up: (database) => run(database, statements) },
  '2026-11-rules-02': { up: (database) => run(database, situationStatements) },
  ...savedRuleMigrations,
}

async function run(database: Kysely<unknown>, wanted: readonly string[]): Promise<void> {
  for (const statement of wanted) await sql.raw(statement).execute(database)
}

const statements = [
  `create table alarm (
    id text primary key,
    rule text not null,
    rule_version text not null,
    asset text not null,
    sensor text not null,
    state text not null check (state in ('inactive', 'pending', 'firing', 'recovering')),
    level text check (level in ('warning', 'action')),
    since double precision not null,
    started_at double precision,
    occurrence text,
    measured double precision,
    limit_value double precision,
    hidden_by_json text,
    reason text not null,
    judged_at double precision not null
  )`,
  `create index alarm_asset on alarm (asset)`,
  `create table alarm_transition (
    occurrence text not null,
    state text not null,
    level text not null,
    at double precision not null,
    alarm text not null,
    rule_version text not null,
    measured double precision,
    limit_value double precision,
    reason text not null,
    judged_at double precision not null,
    primary key (occurrence, at, state, level)
  )`,
  `create index alarm_transition_alarm on alarm_transition (alarm, at)`,
  `create table alarm_handling (alarm text primary key, handling_json text not null)`,
  `create table alarm_action (
    alarm text not null,
    at double precision not null,
    by text not null,
    action text not null,
    detail text not null
  )`,
  `create index alarm_action_alarm on alarm_action (alarm, at)`,
  `create table judgement_marker (
    id integer primary key check (id = 1),
    received_through double precision not null,
    observed_from double precision not null,
    at double precision not null
  )`,
  `create table judgement_sensor (
    sensor text primary key,
    layout_json text not null,
    live blob not null,
    newest_at double precision not null,
    heard_at double precision not null,
    gone_through double precision,
    silences_json text not null
  )`,
  `create table judgement_segment (
    sensor text not null,
    number integer not null,
    first_at double precision not null,
    readings integer not null,
    numbers blob not null,
    primary key (sensor, number)
  )`,
  `create table judgement_outbox (position integer primary key, event_json text not null)`,
]

const situationStatements = [
  `create table service_window (
    id text primary key,
    ends_at double precision not null,
    window_json text not null
  )`,
  `create index service_window_ends on service_window (ends_at)`,
  ...incidentStatements,
]
