import { type Generated, type Kysely, sql } from 'kysely'
import type { Migrations } from '../city/index.ts'

type TicketTable = {
  number: Generated<number>
  asset: string
  failure_mode: string
  title: string
  state: string
  severity: string
  level: string | null
  priority_score: number
  priority_band: string
  /** JSON: PriorityFactor[] */
  priority_factors: string
  started_at: number
  raised_at: number
  due_at: number
  crew: string | null
  /** JSON: TicketCause */
  cause: string | null
  advice: string
  /** JSON: string[] */
  job_plan: string
  hold_reason: string | null
  closing: string | null
  found_cause: string | null
  remedy: string | null
  verdict: string | null
  earlier: number
  relapses: number
  recurrences: number
  work_done_at: number | null
  watch_ms: number | null
  watch_until: number | null
  quiet_since: number | null
  undecided: string | null
  updated_at: number
}

/** Each bout of trouble that a ticket answers for. A replay finds it here and raises nothing twice. */
type OccurrenceTable = {
  occurrence: string
  ticket: number
  /** `rule@asset`. */
  alarm: string
  started_at: number
  /** The highest level it reached. */
  level: string
  /** Event time of its newest change that was considered. */
  seen_until: number
  /** Event time at which it was over. */
  over_at: number | null
}

type HistoryTable = {
  /** Counts over all tickets: the highest number tells whether another process wrote. */
  id: Generated<number>
  ticket: number
  at: number
  by: string
  action: string
  from_state: string | null
  to_state: string | null
  note: string
}

type EvidenceTable = {
  ticket: number
  /** Canonical JSON of the evidence without its hash: the very bytes that `hash` is the SHA-256 of. */
  content: string
  hash: string
  stored_at: number
}

/** Evidence still to be fetched: written with the ticket, taken away with the evidence stored. */
type EvidenceWantedTable = {
  ticket: number
  /** JSON: EvidenceWanted */
  wanted: string
}

export type TicketTables = {
  ticket: TicketTable
  ticket_occurrence: OccurrenceTable
  ticket_history: HistoryTable
  ticket_evidence: EvidenceTable
  ticket_evidence_wanted: EvidenceWantedTable
}

export const ticketMigrations: Migrations = {
  '2026-11-tickets-01': { up: (database) => createTables(database) },
  '2026-11-tickets-verdict': {
    async up(database) {
      await sql.raw('alter table ticket add column verdict text').execute(database)
    },
  },
}

const statements = [
  `create table ticket (
    number integer primary key autoincrement,
    asset text not null,
    failure_mode text not null,
    title text not null,
    state text not null check (state in
      ('open', 'acknowledged', 'in-progress', 'on-hold', 'work-done', 'verifying', 'closed', 'cancelled')),
    severity text not null,
    level text,
    priority_score integer not null,
    priority_band text not null,
    priority_factors text not null,
    started_at integer not null,
    raised_at integer not null,
    due_at integer not null,
    crew text,
    cause text,
    advice text not null,
    job_plan text not null,
    hold_reason text,
    closing text,
    found_cause text,
    remedy text,
    earlier integer not null,
    relapses integer not null,
    recurrences integer not null,
    work_done_at integer,
    watch_ms integer,
    watch_until integer,
    quiet_since integer,
    undecided text,
    updated_at integer not null,
    check ((state = 'closed') = (closing is not null))
  ) strict`,
  // The promise "at most one open ticket per asset and failure mode" is kept here, whatever the program does.
  `create unique index ticket_one_open on ticket (asset, failure_mode) where state not in ('closed', 'cancelled')`,
  `create index ticket_by_asset on ticket (asset, failure_mode, updated_at)`,
  // In the words of `listTickets`, or SQLite would not see that it is the same order.
  `create index ticket_in_order on ticket ((state in ('closed', 'cancelled')), -priority_score, -number)`,
  `create index ticket_by_state on ticket (state, priority_score)`,
  `create table ticket_occurrence (
    occurrence text primary key,
    ticket integer not null references ticket (number),
    alarm text not null,
    started_at integer not null,
    level text not null,
    seen_until integer not null,
    over_at integer
  ) strict, without rowid`,
  `create index ticket_occurrence_of on ticket_occurrence (ticket, over_at)`,
  `create index ticket_occurrence_going_on on ticket_occurrence (alarm) where over_at is null`,
  `create table ticket_history (
    id integer primary key autoincrement,
    ticket integer not null references ticket (number),
    at integer not null,
    by text not null,
    action text not null,
    from_state text,
    to_state text,
    note text not null
  ) strict`,
  `create index ticket_history_of on ticket_history (ticket, id)`,
  `create table ticket_evidence (
    ticket integer primary key references ticket (number),
    content text not null,
    hash text not null,
    stored_at integer not null
  ) strict`,
  `create table ticket_evidence_wanted (
    ticket integer primary key references ticket (number),
    wanted text not null
  ) strict`,
  // What was written down stays: a correction is a further line.
  ...['ticket_history', 'ticket_evidence'].flatMap((table) =>
    ['update', 'delete'].map(
      (verb) => `create trigger ${table}_no_${verb} before ${verb} on ${table}
        begin select raise(abort, '${table} is append-only'); end`,
    ),
  ),
]

async function createTables(database: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(database)
}
