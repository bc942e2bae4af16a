import { z } from 'zod'
import { alarmStates, windowKinds, windowReaches } from '../../../rules/index.ts'
import { hidingView } from './alarms.ts'
import { iso } from './terms.ts'

const moment = z.iso.datetime({ offset: true })
const reason = z.string().trim().min(1).max(1_000)

/** A time in which alarms of some assets call nobody; they are judged and listed all the same. */
export const serviceWindow = z.object({
  id: z.string(),
  kind: z.enum(windowKinds),
  assets: z.array(z.object({ id: z.string(), name: z.string() })),
  /** The one alarm that it is about; null when it is about the assets. */
  alarm: z.string().nullable(),
  reach: z.enum(windowReaches),
  /** Assets that it reaches, with parts or dependents. */
  covers: z.number().int(),
  reason: z.string(),
  by: z.string(),
  from: iso,
  until: iso,
  /** Of a crew on site. */
  ticket: z.number().int().nullable(),
  /** It has begun. */
  open: z.boolean(),
})
export type ServiceWindowView = z.infer<typeof serviceWindow>

/** Planned work. */
export const maintenanceDraft = z.object({
  assets: z.array(z.string().max(64)).min(1).max(500),
  reach: z.enum(windowReaches).default('dependents'),
  from: moment,
  until: moment,
  reason,
})

/** Without `until` it lasts thirty days. */
export const outOfServiceDraft = z.object({ reason, until: moment.optional() })

export const windowReachView = z.object({ count: z.number().int(), assets: z.array(z.string()) })

export const incidentSummary = z.object({
  number: z.number().int(),
  state: z.enum(['open', 'over', 'merged']),
  title: z.string(),
  /** What probably caused it; null where nothing stands out. */
  root: z.object({ asset: z.string(), name: z.string() }).nullable(),
  /** Why they are one, and why this is the root; the strongest first. */
  reasons: z.array(z.string()),
  assets: z.number().int(),
  alarms: z.number().int(),
  startedAt: iso,
  lastAt: iso,
  openedAt: iso,
  overAt: iso.nullable(),
  mergedInto: z.number().int().nullable(),
  /** Unfinished tickets about it. */
  tickets: z.array(z.number().int()),
})
export type IncidentSummary = z.infer<typeof incidentSummary>

export const incidentMember = z.object({
  alarm: z.string(),
  asset: z.string(),
  assetName: z.string(),
  ruleTitle: z.string(),
  failureMode: z.string(),
  /** When its trouble began; of a silence, its last word. */
  at: iso,
  overAt: iso.nullable(),
  /** As it is now. */
  state: z.enum(alarmStates),
  hiddenBy: hidingView.nullable(),
  ticket: z.number().int().nullable(),
})
export type IncidentMemberView = z.infer<typeof incidentMember>

export const incidentView = incidentSummary.extend({
  /** The earliest first; `alarms` counts those that are left out here. */
  members: z.array(incidentMember),
})
export type IncidentView = z.infer<typeof incidentView>
