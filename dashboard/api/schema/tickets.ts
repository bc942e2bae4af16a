import { z } from 'zod'
import { severities, verdicts } from '../../../rules/index.ts'
import { closings, holdReasons, ticketActions, ticketStates } from '../../../tickets/index.ts'
import { forecast, iso, level, place } from './terms.ts'

export const priority = z.object({
  score: z.number(),
  band: z.enum(['urgent', 'high', 'medium', 'low']),
  factors: z.array(z.object({ name: z.string(), points: z.number(), because: z.string() })),
})

export const ticketSummary = z.object({
  number: z.number().int(),
  asset: z.string(),
  assetName: z.string(),
  class: z.string(),
  district: z.string().nullable(),
  failureMode: z.string(),
  title: z.string(),
  state: z.enum(ticketStates),
  severity: z.enum(severities),
  priority: priority.pick({ score: true, band: true }),
  crew: z.string().nullable(),
  crewName: z.string().nullable(),
  startedAt: iso,
  raisedAt: iso,
  dueAt: iso,
  updatedAt: iso,
  relapses: z.number().int(),
})
export type TicketSummary = z.infer<typeof ticketSummary>

export const historyEntry = z.object({
  at: iso,
  by: z.string(),
  action: z.string(),
  from: z.enum(ticketStates).nullable(),
  to: z.enum(ticketStates).nullable(),
  note: z.string(),
})
export type HistoryEntryView = z.infer<typeof historyEntry>

export const evidence = z.object({
  from: iso,
  to: iso,
  /** Columns; `at` in milliseconds since 1970, for the chart. */
  series: z.array(
    z.object({
      sensor: z.string(),
      title: z.string(),
      unit: z.string(),
      at: z.array(z.number()),
      min: z.array(z.number()),
      max: z.array(z.number()),
      mean: z.array(z.number()),
      limits: z.array(z.object({ level, value: z.number(), direction: z.enum(['above', 'below']) })),
    }),
  ),
  ruleText: z.string(),
  ruleVersion: z.string(),
  hash: z.string(),
})
export type EvidenceView = z.infer<typeof evidence>

export const ticketView = ticketSummary.extend({
  priority,
  cause: z
    .object({
      rule: z.string(),
      ruleVersion: z.string(),
      ruleTitle: z.string(),
      sensor: z.string(),
      level,
      measured: z.number().nullable(),
      limit: z.number().nullable(),
      forecast: forecast.nullable(),
      reason: z.string(),
    })
    .nullable(),
  advice: z.string(),
  jobPlan: z.array(z.string()),
  causes: z.array(z.string()),
  remedies: z.array(z.string()),
  holdReason: z.enum(holdReasons).nullable(),
  closing: z.enum(closings).nullable(),
  /** Whether it was right, as the crew found it; null while nobody has said. */
  verdict: z.enum(verdicts).nullable(),
  recurrences: z.number().int(),
  /** The event that it is part of, with others. */
  incident: z.object({ number: z.number().int(), title: z.string() }).nullable(),
  workDoneAt: iso.nullable(),
  watchUntil: iso.nullable(),
  place,
  history: z.array(historyEntry),
  evidence: evidence.nullable(),
  /** What may be done with it now. */
  allowed: z.array(z.enum(ticketActions)),
})
export type TicketView = z.infer<typeof ticketView>

/** Body of every ticket action; which fields are needed depends on the action and is said when missing. */
export const ticketActionBody = z.object({
  note: z.string().max(4_000).optional(),
  crew: z.string().optional(),
  holdReason: z.enum(holdReasons).optional(),
  closing: z.enum(closings).optional(),
  /** Problem, cause and remedy as picked on finishing. */
  foundCause: z.string().max(200).optional(),
  remedy: z.string().max(200).optional(),
  /** Whether the warning was right: with `judge`, or by the way with `finish`, `close` and `cancel`. */
  verdict: z.enum(verdicts).optional(),
})

/** A person's own ticket, for what no sensor sees. */
export const ticketDraft = z.object({
  asset: z.string(),
  failureMode: z.string(),
  severity: z.enum(severities),
  note: z.string().min(1).max(4_000),
})
