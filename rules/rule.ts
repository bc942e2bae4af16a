import type { DurationMs } from '../city/index.ts'

export const severities = ['minor', 'moderate', 'major', 'critical'] as const
export type Severity = (typeof severities)[number]

/** The two limits of a condition: `warning` asks for a look soon, `action` for work now. */
export type Level = 'warning' | 'action'
export const levels: readonly Level[] = ['warning', 'action']

/** A limit per level; at least one is given. In the unit that the condition says. */
export type Limits = { readonly [level in Level]?: number | undefined }

/** Above or below a limit, with a dead band so that a value at the limit does not chatter. */
export type ThresholdCondition = {
  readonly kind: 'threshold'
  readonly quantity: string
  readonly direction: 'above' | 'below'
  readonly limits: Limits
  /** How far back inside the limit a value must come before the alarm recovers; same unit. */
  readonly hysteresis: number
}

/** Rising or falling faster than a limit, in units per `perMs`, by the least-squares slope over `overMs`. */
export type RateCondition = {
  readonly kind: 'rate'
  readonly quantity: string
  readonly direction: 'rising' | 'falling'
  readonly limits: Limits
  readonly perMs: DurationMs
  readonly overMs: DurationMs
  readonly hysteresis: number
}

/** Deadman: nothing heard for so many of the sensor's expected intervals. */
export type SilenceCondition = {
  readonly kind: 'silence'
  readonly quantity: string
  readonly intervals: { readonly [level in Level]?: number | undefined }
}

/** The value has not moved by more than `tolerance` for `forMs` although readings came. */
export type StuckCondition = {
  readonly kind: 'stuck'
  readonly quantity: string
  readonly tolerance: number
  readonly forMs: DurationMs
}

export type Condition = ThresholdCondition | RateCondition | SilenceCondition | StuckCondition

/** A versioned definition that watches one quantity of every asset of a class and names a failure mode. */
export type Rule = {
  readonly id: string
  /** First 12 hexadecimal digits of the SHA-256 of the rule's canonical text: what a ticket was raised by. */
  readonly version: string
  readonly title: string
  readonly class: string
  readonly failureMode: string
  /** How bad it is at each level the condition has. */
  readonly severity: { readonly [level in Level]?: Severity | undefined }
  readonly condition: Condition
  /** Event time the condition must hold before it fires. */
  readonly forMs: DurationMs
  /** Event time it must be over before the alarm is inactive again. */
  readonly recoverMs: DurationMs
  /** After the repair, event time the asset must stay healthy before the ticket closes as verified. */
  readonly watchMs: DurationMs
  /** What to do first, for the crew. */
  readonly advice: string
  /** Where the limits come from (standard, maker, experience). */
  readonly source: string
  /** The rule as it stands in its file. */
  readonly text: string
}
