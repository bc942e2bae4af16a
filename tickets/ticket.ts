import type { AssetId, DurationMs, Instant } from '../city/index.ts'
import type { Forecast, Level, Severity, Verdict } from '../rules/index.ts'

export const ticketStates = [
  'open',
  'acknowledged',
  'in-progress',
  'on-hold',
  'work-done',
  'verifying',
  'closed',
  'cancelled',
] as const
export type TicketState = (typeof ticketStates)[number]

/** Why work waits. */
export const holdReasons = ['parts', 'access', 'weather', 'safety', 'other-agency'] as const
export type HoldReason = (typeof holdReasons)[number]

/** How a ticket ended. `verified`: by the asset's own readings; `unverified` and `no-fault-found`: by a person, with a reason. */
export const closings = ['verified', 'unverified', 'no-fault-found'] as const
export type Closing = (typeof closings)[number]

/** One reason for the priority, in words and points. */
export type PriorityFactor = { readonly name: string; readonly points: number; readonly because: string }
/** `score` is the sum of the points (0–100); `band` is what people say. */
export type PriorityBand = 'urgent' | 'high' | 'medium' | 'low'
export type Priority = {
  readonly score: number
  readonly band: PriorityBand
  readonly factors: readonly PriorityFactor[]
}

/** What raised it: the alarm at the moment of raising. */
export type TicketCause = {
  readonly occurrence: string
  readonly rule: string
  readonly ruleVersion: string
  readonly ruleTitle: string
  readonly sensor: string
  readonly level: Level
  readonly measured: number | undefined
  readonly limit: number | undefined
  /** Where the limit was not passed but foreseen. */
  readonly forecast?: Forecast | undefined
  /** Of what was foreseen: the highest limit that was measured to be passed since. */
  readonly passed?: Level | undefined
  readonly reason: string
}

/** The work order. At most one open per (asset, failure mode). */
export type Ticket = {
  /** Running number people say aloud. */
  readonly number: number
  readonly asset: AssetId
  readonly failureMode: string
  readonly title: string
  readonly state: TicketState
  /** The worst seen since it was raised; never lowered. */
  readonly severity: Severity
  /** The highest level seen; `undefined` while only a person has reported it. */
  readonly level: Level | undefined
  readonly priority: Priority
  /** Event time the trouble began; and when the ticket was raised (our clock). */
  readonly startedAt: Instant
  readonly raisedAt: Instant
  readonly dueAt: Instant
  readonly crew: string | undefined
  readonly cause: TicketCause | undefined
  readonly advice: string
  readonly jobPlan: readonly string[]
  readonly holdReason: HoldReason | undefined
  readonly closing: Closing | undefined
  /** What the crew found and did, as picked on finishing. */
  readonly foundCause: string | undefined
  readonly remedy: string | undefined
  /** Whether the ticket was right, as the crew found it. */
  readonly verdict: Verdict | undefined
  /** Tickets about the same trouble that ended in the 90 days before this one was raised. */
  readonly earlier: number
  /** How often it came back after work was done. */
  readonly relapses: number
  /** Alarms that joined after the first. */
  readonly recurrences: number
  readonly workDoneAt: Instant | undefined
  /** How long the asset must stay healthy after the work: the longest of the rules that joined. */
  readonly watchMs: DurationMs | undefined
  /** Event time until which the asset must stay healthy to be verified. */
  readonly watchUntil: Instant | undefined
  /** Event time since which every alarm of this ticket has been over. */
  readonly quietSince: Instant | undefined
  /** Why the readings cannot tell whether the repair holds, so that a person must decide. */
  readonly undecided: string | undefined
  readonly updatedAt: Instant
}

/** What counts for the rules: who closes a ticket with no fault found has said that it was false. */
export function verdictOf({ verdict, closing }: Pick<Ticket, 'verdict' | 'closing'>): Verdict | undefined {
  return verdict ?? (closing === 'no-fault-found' ? 'false' : undefined)
}

/** One line of a ticket's history; lines are only ever added. */
export type HistoryEntry = {
  readonly at: Instant
  /** A user's name, or `lengthsman` for what the program did. */
  readonly by: string
  readonly action: string
  readonly from: TicketState | undefined
  readonly to: TicketState | undefined
  readonly note: string
}

/** The readings of one sensor as they were when the ticket was raised. Columns; at most `evidencePointsMax` rows. */
export type EvidenceSeries = {
  readonly sensor: string
  readonly title: string
  readonly unit: string
  readonly at: readonly Instant[]
  readonly min: readonly number[]
  readonly max: readonly number[]
  readonly mean: readonly number[]
  readonly limits: readonly { readonly level: Level; readonly value: number; readonly direction: 'above' | 'below' }[]
}

/** What was known when the ticket was raised, frozen. */
export type Evidence = {
  readonly from: Instant
  readonly to: Instant
  readonly series: readonly EvidenceSeries[]
  readonly ruleText: string
  readonly ruleVersion: string
  /** SHA-256 of the evidence's canonical JSON without this field. */
  readonly hash: string
}
