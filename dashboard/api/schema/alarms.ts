import { z } from 'zod'
import { alarmStates, severities } from '../../../rules/index.ts'
import { forecast, iso, level } from './terms.ts'

/** What hides an alarm from crews. */
export const hidingView = z.object({
  kind: z.enum(['shelved', 'suppressed', 'out-of-service']),
  reason: z.string(),
  by: z.string().optional(),
  /** The asset that explains it. */
  parent: z.string().optional(),
  until: iso.optional(),
  /** The service window. */
  window: z.string().optional(),
})

export const alarmView = z.object({
  id: z.string(),
  rule: z.string(),
  ruleTitle: z.string(),
  asset: z.string(),
  sensor: z.string(),
  failureMode: z.string(),
  state: z.enum(alarmStates),
  level: level.nullable(),
  severity: z.enum(severities).nullable(),
  since: iso,
  startedAt: iso.nullable(),
  measured: z.number().nullable(),
  limit: z.number().nullable(),
  /** Of a rule that looks ahead. */
  forecast: forecast.nullable(),
  hiddenBy: hidingView.nullable(),
  acknowledgedBy: z.string().nullable(),
  reason: z.string().nullable().describe('What it says now, in one sentence; null while it is inactive'),
  error: z.string().nullable().describe('Why the rule failed on this asset; it is set aside there'),
})
export type AlarmView = z.infer<typeof alarmView>

export const shelving = z.object({ reason: z.string().min(1).max(1_000), until: z.iso.datetime({ offset: true }) })
