import { createHash } from 'node:crypto'
import type { SensorId } from '../../city/index.ts'
import type { Facts } from '../kinds/kind.ts'
import { compileRule } from '../kinds/kinds.ts'
import { type Rule, sensorFault } from '../rule.ts'
import type { CompiledRule } from './compiled-rule.ts'
import { blank } from './slots.ts'

/** What is judged of every sensor of one quantity of one class, shared by them all; or by one joint watch. */
export type SensorPlan = {
  readonly folds: readonly CompiledRule[]
  /** So many of them, the first ones, are about the sensor itself; while one fires, the others do not believe it. */
  readonly guards: number
  /** Where each fold's numbers begin in the sensor's state. */
  readonly offsets: readonly number[]
  readonly width: number
  readonly silences: readonly Rule[]
  /** Rules that cannot be made ready: shown with their error, judged by nobody. */
  readonly failures: readonly { readonly rule: Rule; readonly error: string }[]
  /** Of a joint watch the sensors it looks at. */
  readonly inputs: readonly SensorId[]
  /** Of each fold: its rule's version, and of a joint watch a mark of what it looks at. */
  readonly versions: readonly string[]
  /** Rules with versions and widths: a state kept under another layout has to be rearranged. */
  readonly layout: string
  /** Told when a rule throws on a reading. */
  readonly failed: RuleFailed
}

export type RuleFailed = (rule: Rule, sensor: SensorId | undefined, error: string) => void

/** One entry per fold of a layout. */
export type LayoutEntry = readonly [rule: string, version: string, width: number]

/** What a joint watch looks at: its sensors, and the rules about each of them itself. Both are part of its layout. */
export type JointSensors = { readonly ids: readonly SensorId[]; readonly guards: readonly (readonly Rule[])[] }

export function sensorPlan(rules: readonly Rule[], facts: Facts, failed: RuleFailed): SensorPlan {
  const folds: CompiledRule[] = []
  const silences: Rule[] = []
  const failures: { rule: Rule; error: string }[] = []
  // Those about the sensor itself come first: what they find holds for the others at the same reading.
  const isAboutSensor = ({ failureMode }: Rule) => failureMode === sensorFault
  for (const rule of [...rules.filter(isAboutSensor), ...rules.filter((rule) => !isAboutSensor(rule))]) {
    try {
      const fold = compileRule(rule, facts)
      if (fold === undefined) silences.push(rule)
      else folds.push(alike(fold))
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
  const versions = folds.map(({ rule }) => rule.version)
  const guards = folds.filter(({ rule }) => isAboutSensor(rule)).length
  const layout = layoutOf(folds, versions)
  return { folds, guards, offsets, width, silences, failures, inputs: [], versions, layout, failed }
}

/**
 * The plan of one joint watch, from that which all have of the same rule and quantities: rules made ready weigh some
 * kilobytes, and a city has hundreds of thousands of such watches.
 */
export function jointPlan(plan: SensorPlan, { ids, guards }: JointSensors): SensorPlan {
  const around = [...ids, ...guards.flat().map(({ version }) => version)].join(' ')
  const mark = createHash('sha256').update(around).digest('hex').slice(0, markLength)
  const versions = plan.versions.map((version) => `${version} ${mark}`)
  return { ...plan, inputs: ids, versions, layout: layoutOf(plan.folds, versions) }
}

// Two of one asset's are told apart, never those of different assets.
const markLength = 12

function layoutOf(folds: readonly CompiledRule[], versions: readonly string[]): string {
  const entries: LayoutEntry[] = folds.map((fold, index) => [fold.rule.id, versions[index] ?? '', fold.width])
  return JSON.stringify(entries)
}

/** The same, an object of one shape whatever the kind: what a reading asks of every fold is then found at once. */
function alike({ rule, width, step, judgesDoubtful, begin, forecast }: CompiledRule): CompiledRule {
  return { rule, width, step, judgesDoubtful, begin, forecast }
}

/** The state of a sensor that has sent nothing. */
export function blankState(plan: SensorPlan): Float64Array {
  const state = new Float64Array(plan.width)
  for (const [index, fold] of plan.folds.entries()) beginFold(fold, state, plan.offsets[index] ?? 0)
  return state
}

/** Sets a rule's numbers to having seen nothing. */
export function beginFold(fold: CompiledRule, state: Float64Array, offset: number): void {
  if (fold.begin === undefined) blank(state, offset, fold.width)
  else fold.begin(state, offset)
}

/** A state of another layout in this one's: rules of the same version keep theirs, all others begin blank. */
export function rearranged(plan: SensorPlan, old: Float64Array, oldLayout: string): Float64Array {
  const state = blankState(plan)
  let from = 0
  for (const [id, version, width] of JSON.parse(oldLayout) as LayoutEntry[]) {
    const to = plan.folds.findIndex(
      ({ rule, width: own }, index) => rule.id === id && plan.versions[index] === version && own === width,
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
