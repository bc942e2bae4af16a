import type { DurationMs } from '../../city/index.ts'
import type { Quality } from '../../ingest/index.ts'
import type { CaseAsset, CaseSurroundings } from './case-city.ts'

/** One reading of a case; times count from its beginning. */
export type CaseReading = {
  readonly sensor: string
  readonly observedMs: DurationMs
  readonly arrivesMs: DurationMs
  readonly value: number
  readonly quality: Quality
}

/** What is to be true at a time, of all rules in force: the rules in that state and no others. Absent: not looked at. */
export type CaseExpectation = {
  readonly atMs: DurationMs
  readonly pending?: readonly string[] | undefined
  readonly firing?: readonly string[] | undefined
  readonly recovering?: readonly string[] | undefined
  /** Those that are at the action level, firing or recovering. */
  readonly action?: readonly string[] | undefined
  /** Those that something hides. */
  readonly hidden?: readonly string[] | undefined
  /** How many tickets the alarms that fire ask for: one an asset and failure mode; what is hidden asks for none. */
  readonly tickets?: number | undefined
}

/** What every rule that ships must have been tried with. */
export const proofs = ['fire', 'no-fire', 'gap', 'late', 'sensor-trouble'] as const
export type Proof = (typeof proofs)[number]

/** A test of rules as data: readings in, states of alarms out. */
export type Case = {
  readonly name: string
  /** Only these rules are in force; all of the classes when absent. */
  readonly rules: readonly string[] | undefined
  /** Which of the trials this is for the rules in force. */
  readonly proves: readonly Proof[]
  readonly assets: readonly CaseAsset[]
  /** What the clocks and the sun of its city say matters to rules with `during`. */
  readonly surroundings: CaseSurroundings
  /** Time goes on in steps of this. */
  readonly stepMs: DurationMs
  readonly readings: readonly CaseReading[]
  readonly expect: readonly CaseExpectation[]
}

/** What was found otherwise than expected. */
export type CaseFailure = {
  readonly atMs: DurationMs
  readonly state: 'pending' | 'firing' | 'recovering' | 'action' | 'hidden' | 'tickets'
  readonly expected: readonly string[]
  readonly found: readonly string[]
}

export type CaseResult = {
  readonly file: string
  readonly name: string
  readonly passed: boolean
  readonly rules: readonly string[]
  readonly proves: readonly Proof[]
  readonly failures: readonly CaseFailure[]
}
