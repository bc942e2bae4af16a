import type { DurationMs } from '../../city/index.ts'
import type { Quality } from '../../ingest/index.ts'
import type { CaseAsset } from './case-city.ts'

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
}

/** A test of rules as data: readings in, states of alarms out. */
export type Case = {
  readonly name: string
  /** Only these rules are in force; all of the classes when absent. */
  readonly rules: readonly string[] | undefined
  readonly assets: readonly CaseAsset[]
  /** Time goes on in steps of this. */
  readonly stepMs: DurationMs
  readonly readings: readonly CaseReading[]
  readonly expect: readonly CaseExpectation[]
}

/** What was found otherwise than expected. */
export type CaseFailure = {
  readonly atMs: DurationMs
  readonly state: 'pending' | 'firing' | 'recovering' | 'action' | 'hidden'
  readonly expected: readonly string[]
  readonly found: readonly string[]
}

export type CaseResult = {
  readonly file: string
  readonly name: string
  readonly passed: boolean
  readonly failures: readonly CaseFailure[]
}
