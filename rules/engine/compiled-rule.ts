import type { DurationMs, Instant, QuantityDefinition } from '../../city/index.ts'
import type { Condition, Limits, Rule } from '../rule.ts'
import { type SlopeWindow, slopeAfter, slopeSlots, slopeWindow } from './fold-rate.ts'
import { type StuckRun, stuckAfter, stuckPlace, stuckSlots } from './fold-stuck.ts'
import { advance, type LifecycleLimits } from './lifecycle.ts'
import { lifecycleSlots, slot } from './slots.ts'

/** A rule made ready for one sensor: everything looked up and turned so that a reading costs comparisons only. */
export type CompiledRule = {
  readonly rule: Rule
  /** Numbers of state it needs. */
  readonly width: number
  /**
   * Takes one reading that is newer than all before it; returns whether the alarm changed. Pure but for `state`, which is
   * all that it remembers.
   */
  readonly step: (state: Float64Array, offset: number, at: Instant, value: number) => boolean
  /**
   * Rules about the asset judge trusted readings only. A stuck rule is about the sensor and must also see what quality
   * control has doubts about, or a flat line marked as such would look like a gap.
   */
  readonly judgesDoubtful: boolean
}

// Three readings may be missing in a row (radio does that daily) before what nobody saw counts as a hole.
const gapIntervals = 4
// Of a long `for`, as of 18 h, a hole of a tenth proves nothing against it.
const gapShare = 0.1

/** How long a hole may be in a time that something has to hold. */
export function longestGap(heldMs: DurationMs, expectedIntervalMs: DurationMs): DurationMs {
  return Math.max(gapIntervals * expectedIntervalMs, heldMs * gapShare)
}

/** `undefined` for a silence rule: no reading tells of silence, only time does. */
export function compileRule(rule: Rule, quantity: QuantityDefinition): CompiledRule | undefined {
  const { condition } = rule
  const intervalMs = quantity.expectedIntervalMs
  switch (condition.kind) {
    case 'threshold':
      return compileThreshold(rule, condition, intervalMs)
    case 'rate':
      return compileRate(rule, condition, intervalMs)
    case 'stuck':
      return compileStuck(rule, condition, intervalMs)
    case 'silence':
      return undefined
    default:
      return unknownCondition(condition)
  }
}

function unknownCondition(condition: never): never {
  throw new Error(`unknown kind of condition: ${JSON.stringify(condition)}`)
}

type Of<Kind extends Condition['kind']> = Extract<Condition, { kind: Kind }>

function lifecycleOf(
  rule: Rule,
  limits: Limits,
  sign: 1 | -1,
  hysteresis: number,
  expectedIntervalMs: DurationMs,
): LifecycleLimits {
  return {
    warning: limits.warning === undefined ? Number.POSITIVE_INFINITY : sign * limits.warning,
    action: limits.action === undefined ? Number.POSITIVE_INFINITY : sign * limits.action,
    hysteresis,
    forMs: rule.forMs,
    recoverMs: rule.recoverMs,
    forGapMs: longestGap(rule.forMs, expectedIntervalMs),
    recoverGapMs: longestGap(rule.recoverMs, expectedIntervalMs),
  }
}

function compileThreshold(rule: Rule, condition: Of<'threshold'>, intervalMs: DurationMs): CompiledRule {
  const sign = condition.direction === 'above' ? 1 : -1
  const limits = lifecycleOf(rule, condition.limits, sign, condition.hysteresis, intervalMs)
  return {
    rule,
    width: lifecycleSlots,
    judgesDoubtful: false,
    step(state, offset, at, value) {
      state[offset + slot.measured] = value
      return advance(limits, state, offset, at, sign * value, at)
    },
  }
}

function compileRate(rule: Rule, condition: Of<'rate'>, intervalMs: DurationMs): CompiledRule {
  const sign = condition.direction === 'rising' ? 1 : -1
  // Limits of a slope are written as its steepness, whichever way it goes: only the slope is turned.
  const limits = lifecycleOf(rule, condition.limits, 1, condition.hysteresis, intervalMs)
  const window: SlopeWindow = slopeWindow(condition.overMs, intervalMs)
  const { perMs } = condition
  return {
    rule,
    width: lifecycleSlots + slopeSlots(window),
    judgesDoubtful: false,
    step(state, offset, at, value) {
      const slope = slopeAfter(window, state, offset + lifecycleSlots, at, value) * perMs
      // Too little to tell: for what must hold, that is a hole.
      if (Number.isNaN(slope)) return false
      state[offset + slot.measured] = slope
      return advance(limits, state, offset, at, sign * slope, at)
    },
  }
}

function compileStuck(rule: Rule, condition: Of<'stuck'>, intervalMs: DurationMs): CompiledRule {
  // Stuck or not is the value here, 1 or 0; the time it has to hold is the condition's own.
  const limits = { ...lifecycleOf(rule, {}, 1, 0, intervalMs), warning: 0.5 }
  const run: StuckRun = {
    tolerance: condition.tolerance,
    forMs: condition.forMs,
    gapMs: longestGap(condition.forMs, intervalMs),
  }
  return {
    rule,
    width: lifecycleSlots + stuckSlots,
    judgesDoubtful: true,
    step(state, offset, at, value) {
      const base = offset + lifecycleSlots
      const stuck = stuckAfter(run, state, base, at, value)
      state[offset + slot.measured] = value
      return advance(limits, state, offset, at, stuck ? 1 : 0, state[base + stuckPlace.startedAt] as number)
    },
  }
}
