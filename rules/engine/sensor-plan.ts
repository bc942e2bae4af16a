import type { SensorId } from '../../city/index.ts'
import type { Facts } from '../kinds/kind.ts'
import { compileRule } from '../kinds/kinds.ts'
import type { Rule } from '../rule.ts'
import type { CompiledRule } from './compiled-rule.ts'
import { blank } from './slots.ts'

/** What is judged of every sensor of one quantity of one class: shared by them all. */
export type SensorPlan = {
  readonly folds: readonly CompiledRule[]
  /** Where each fold's numbers begin in the sensor's state. */
  readonly offsets: readonly number[]
  readonly width: number
  readonly silences: readonly Rule[]
  /** Rules that cannot be made ready: shown with their error, judged by nobody. */
  readonly failures: readonly { readonly rule: Rule; readonly error: string }[]
  /** Rules with versions and widths: a state kept under another layout has to be rearranged. */
  readonly layout: string
  /** Told when a rule throws on a reading. */
  readonly failed: RuleFailed
}

export type RuleFailed = (rule: Rule, sensor: SensorId | undefined, error: string) => void

/** One entry per fold of a layout. */
export type LayoutEntry = readonly [rule: string, version: string, width: number]

export function sensorPlan(rules: readonly Rule[], facts: Facts, failed: RuleFailed): SensorPlan {
  const folds: CompiledRule[] = []
  const silences: Rule[] = []
  const failures: { rule: Rule; error: string }[] = []
  for (const rule of rules) {
    try {
      const fold = compileRule(rule, facts)
      if (fold === undefined) silences.push(rule)
      else folds.push(fold)
    } catch (error) {
      failures.push({ rule, error: messageOf(error) })
      failed(rule, undefined, messageOf(error))
    }
  }
  let width = 0
  const offsets = folds.map((fold) => {
    width += fold.width
    return width - fold.width
  })
  const entries: LayoutEntry[] = folds.map((fold) => [fold.rule.id, fold.rule.version, fold.width])
  return { folds, offsets, width, silences, failures, layout: JSON.stringify(entries), failed }
}

/** The state of a sensor that has sent nothing. */
export function blankState(plan: SensorPlan): Float64Array {
  const state = new Float64Array(plan.width)
  for (const [index, fold] of plan.folds.entries()) blank(state, plan.offsets[index] ?? 0, fold.width)
  return state
}

/** A state of another layout in this one's: rules of the same version keep theirs, all others begin blank. */
export function rearranged(plan: SensorPlan, old: Float64Array, oldLayout: string): Float64Array {
  const state = blankState(plan)
  let from = 0
  for (const [id, version, width] of JSON.parse(oldLayout) as LayoutEntry[]) {
    const to = plan.folds.findIndex(
      ({ rule, width: own }) => rule.id === id && rule.version === version && own === width,
    )
    if (to >= 0) state.set(old.subarray(from, from + width), plan.offsets[to])
    from += width
  }
  return state
}

/** Errors of other realms are no `instanceof Error`; whatever was thrown, there is something to show. */
export function messageOf(error: unknown): string {
  return error instanceof Object && 'message' in error ? String(error.message) : String(error)
}
