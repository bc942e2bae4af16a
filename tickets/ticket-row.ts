import type { Insertable, Selectable } from 'kysely'
import { z } from 'zod'
import { severities, verdicts } from '../rules/index.ts'
import type { TicketTables } from './tables.ts'
import { closings, type HistoryEntry, holdReasons, type Ticket, ticketStates } from './ticket.ts'

// What stands in the file may have been written by another version of the program: it is checked like any other input.
const level = z.enum(['warning', 'action'])
const band = z.enum(['urgent', 'high', 'medium', 'low'])
const instant = z.number().nullable()
const text = z.string().nullable()
const json = z.string().transform((stored): unknown => JSON.parse(stored))

const ticketRow = z.object({
  number: z.number(),
  asset: z.string(),
  failure_mode: z.string(),
  title: z.string(),
  state: z.enum(ticketStates),
  severity: z.enum(severities),
  level: level.nullable(),
  priority_score: z.number(),
  priority_band: band,
  priority_factors: json.pipe(z.array(z.object({ name: z.string(), points: z.number(), because: z.string() }))),
  started_at: z.number(),
  raised_at: z.number(),
  due_at: z.number(),
  crew: text,
  cause: json
    .pipe(
      z.object({
        occurrence: z.string(),
        rule: z.string(),
        ruleVersion: z.string(),
        ruleTitle: z.string(),
        sensor: z.string(),
        level,
        measured: z.number().nullable(),
        limit: z.number().nullable(),
        forecast: z.object({ at: z.number(), from: z.number(), to: z.number().optional() }).optional(),
        passed: level.optional(),
        reason: z.string(),
      }),
    )
    .nullable(),
  advice: z.string(),
  job_plan: json.pipe(z.array(z.string())),
  hold_reason: z.enum(holdReasons).nullable(),
  closing: z.enum(closings).nullable(),
  found_cause: text,
  remedy: text,
  verdict: z.enum(verdicts).nullable(),
  earlier: z.number(),
  relapses: z.number(),
  recurrences: z.number(),
  work_done_at: instant,
  watch_ms: z.number().nullable(),
  watch_until: instant,
  quiet_since: instant,
  undecided: text,
  updated_at: z.number(),
})

export function ticketFromRow(stored: Selectable<TicketTables['ticket']>): Ticket {
  const row = ticketRow.parse(stored)
  return {
    number: row.number,
    asset: row.asset,
    failureMode: row.failure_mode,
    title: row.title,
    state: row.state,
    severity: row.severity,
    level: row.level ?? undefined,
    priority: { score: row.priority_score, band: row.priority_band, factors: row.priority_factors },
    startedAt: row.started_at,
    raisedAt: row.raised_at,
    dueAt: row.due_at,
    crew: row.crew ?? undefined,
    cause:
      row.cause === null
        ? undefined
        : { ...row.cause, measured: row.cause.measured ?? undefined, limit: row.cause.limit ?? undefined },
    advice: row.advice,
    jobPlan: row.job_plan,
    holdReason: row.hold_reason ?? undefined,
    closing: row.closing ?? undefined,
    foundCause: row.found_cause ?? undefined,
    remedy: row.remedy ?? undefined,
    verdict: row.verdict ?? undefined,
    earlier: row.earlier,
    relapses: row.relapses,
    recurrences: row.recurrences,
    workDoneAt: row.work_done_at ?? undefined,
    watchMs: row.watch_ms ?? undefined,
    watchUntil: row.watch_until ?? undefined,
    quietSince: row.quiet_since ?? undefined,
    undecided: row.undecided ?? undefined,
    updatedAt: row.updated_at,
  }
}

export function rowFromTicket(ticket: Omit<Ticket, 'number'>): Insertable<Omit<TicketTables['ticket'], 'number'>> {
  const { cause } = ticket
  return {
    asset: ticket.asset,
    failure_mode: ticket.failureMode,
    title: ticket.title,
    state: ticket.state,
    severity: ticket.severity,
    level: ticket.level ?? null,
    priority_score: ticket.priority.score,
    priority_band: ticket.priority.band,
    priority_factors: JSON.stringify(ticket.priority.factors),
    started_at: Math.round(ticket.startedAt),
    raised_at: Math.round(ticket.raisedAt),
    due_at: Math.round(ticket.dueAt),
    crew: ticket.crew ?? null,
    cause:
      cause === undefined
        ? null
        : JSON.stringify({ ...cause, measured: cause.measured ?? null, limit: cause.limit ?? null }),
    advice: ticket.advice,
    job_plan: JSON.stringify(ticket.jobPlan),
    hold_reason: ticket.holdReason ?? null,
    closing: ticket.closing ?? null,
    found_cause: ticket.foundCause ?? null,
    remedy: ticket.remedy ?? null,
    verdict: ticket.verdict ?? null,
    earlier: ticket.earlier,
    relapses: ticket.relapses,
    recurrences: ticket.recurrences,
    work_done_at: rounded(ticket.workDoneAt),
    watch_ms: rounded(ticket.watchMs),
    watch_until: rounded(ticket.watchUntil),
    quiet_since: rounded(ticket.quietSince),
    undecided: ticket.undecided ?? null,
    updated_at: Math.round(ticket.updatedAt),
  }
}

const historyRow = z.object({
  at: z.number(),
  by: z.string(),
  action: z.string(),
  from_state: z.enum(ticketStates).nullable(),
  to_state: z.enum(ticketStates).nullable(),
  note: z.string(),
})

export function entryFromRow(stored: Selectable<TicketTables['ticket_history']>): HistoryEntry {
  const { at, by, action, from_state: from, to_state: to, note } = historyRow.parse(stored)
  return { at, by, action, from: from ?? undefined, to: to ?? undefined, note }
}

function rounded(value: number | undefined): number | null {
  return value === undefined ? null : Math.round(value)
}
