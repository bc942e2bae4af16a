import type { AssetId, Instant, SensorId } from '../../city/index.ts'
import type { PackedReadings } from '../../ingest/index.ts'
import type { Facts } from '../kinds/kind.ts'
import type { Rule } from '../rule.ts'
import type { Bout } from './bout.ts'

/** One rule on one asset. */
export type Task = {
  /** Place of the rule in the list of those that are tried. */
  readonly rule: number
  readonly asset: AssetId
  readonly sensor: SensorId
  readonly facts: Facts
  /** Of each input, the class of its asset: which rules are about the sensor itself. */
  readonly classes: readonly string[]
}

/** What the thread is started with. */
export type Start = {
  readonly from: Instant
  readonly to: Instant
  readonly rules: readonly Rule[]
  /** Rules in force about the sensors themselves: while one fires, the others do not believe its sensor, as live. */
  readonly guards: readonly Rule[]
  /** Only the tickets count; see `BoutBookOptions`. */
  readonly isBrief: boolean
}

/** To the thread. Tasks on the same sensors are done together: `begin`, then stretches in the order of time, then `end`. */
export type ToThread =
  | { readonly kind: 'begin'; readonly tasks: readonly Task[]; readonly isJoint: boolean }
  | { readonly kind: 'take'; readonly inputs: readonly PackedReadings[]; readonly through: Instant }
  | { readonly kind: 'end' }

/** What one task came to. */
export type TaskOutcome = {
  readonly rule: number
  readonly asset: AssetId
  readonly sensor: SensorId
  readonly bouts: readonly Bout[]
  readonly unlisted: number
  readonly error: string | undefined
}

/** From it: each `take` is answered by `taken`, each `end` by `ended`. */
export type FromThread =
  | { readonly kind: 'taken' }
  | {
      readonly kind: 'ended'
      readonly outcomes: readonly TaskOutcome[]
      /** Of the first input: how many readings within the span, the first and the last of them. */
      readonly readings: number
      readonly firstAt: Instant | undefined
      readonly lastAt: Instant | undefined
    }
