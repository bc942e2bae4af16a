import type { DurationMs } from '../city/index.ts'
import type { CounterCondition } from './kinds/counter.ts'
import type { DriftCondition } from './kinds/drift/drift.ts'
import type { ForecastCondition } from './kinds/forecast/forecast.ts'
import type { FormulaCondition } from './kinds/formula/formula.ts'
import type { ImpossibleCondition } from './kinds/impossible.ts'
import type { JumpCondition } from './kinds/jump.ts'
import type { NightMinimumCondition } from './kinds/night-minimum.ts'
import type { RateCondition } from './kinds/rate/rate.ts'
import type { RemainingLifeCondition } from './kinds/remaining-life/remaining-life.ts'
import type { SilenceCondition } from './kinds/silence.ts'
import type { SistersCondition } from './kinds/sisters.ts'
import type { SpikesCondition } from './kinds/spikes.ts'
import type { StuckCondition } from './kinds/stuck/stuck.ts'
import type { ThresholdCondition } from './kinds/threshold.ts'
import type { UnusualCondition } from './kinds/unusual/unusual.ts'
import type { Schedule } from './schedule/schedule.ts'

export const severities = ['minor', 'moderate', 'major', 'critical'] as const
export type Severity = (typeof severities)[number]

/** The two limits of a condition: `warning` asks for a look soon, `action` for work now. */
export type Level = 'warning' | 'action'
export const levels: readonly Level[] = ['warning', 'action']

/** A limit per level; at least one is given. In the unit that the condition says. */
export type Limits = { readonly [level in Level]?: number | undefined }

/** What fails is the sensor and not its asset: while such a rule fires, the other rules of the sensor do not believe it. */
export const sensorFault = 'sensor-fault'

/** What a rule watches for: one of the kinds of `kinds/`. */
export type Condition =
  | CounterCondition
  | ImpossibleCondition
  | JumpCondition
  | SpikesCondition
  | DriftCondition
  | ForecastCondition
  | NightMinimumCondition
  | FormulaCondition
  | ThresholdCondition
  | RateCondition
  | RemainingLifeCondition
  | SilenceCondition
  | SistersCondition
  | StuckCondition
  | UnusualCondition

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
  /** Judged only then; always when absent. */
  readonly during?: Schedule | undefined
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
