import { z } from 'zod'
import { type DurationMs, formatDuration } from '../../../city/index.ts'
import { addToDrift, driftOf, driftPlan, driftSlots, shiftOf } from '../../detection/drift/drift.ts'
import { advance } from '../../engine/lifecycle.ts'
import { lifecycleSlots, slot } from '../../engine/slots.ts'
import type { Amount } from '../../file/amount.ts'
import type { Limits } from '../../rule.ts'
import { type Change, nameOf } from '../../wording/change.ts'
import { durationText, valueText } from '../../wording/units.ts'
import { defineKind } from '../kind.ts'
import { checkOrder, lifecycleOf, readLevels } from '../levels.ts'
import { duration, expected, limits } from '../shapes.ts'

/** Away from what was learnt as usual, by little and for long. */
export type DriftCondition = {
  readonly kind: 'drift'
  readonly quantity: string
  readonly direction: 'up' | 'down' | 'either'
  /** Evidence: standard deviations beyond the slack, added up. */
  readonly limits: Limits
  readonly slack: number
  readonly learnMs: DurationMs
  readonly isSeasonal: boolean
}

const keys = { 'drifts up': 'up', 'drifts down': 'down', drifts: 'either' } as const
type Key = keyof typeof keys

/** Half the shift that is to be found soon, as Page advises: a drift of one standard deviation. */
const usualSlack = 0.5
const usualLearnMs: DurationMs = 14 * 86_400_000
const learnMsMin: DurationMs = 3 * 86_400_000
/** Sums go on growing a little beyond the highest limit, not for ever. */
const mostOverLimit = 1.5

const shape = {
  drifts: limits.optional(),
  'drifts up': limits.optional(),
  'drifts down': limits.optional(),
  slack: z.number(expected('a number of standard deviations')).positive(expected('a number above 0')).optional(),
  learn: duration.optional(),
  season: z.enum(['day', 'none'], expected('day or none')).optional(),
}

export const driftKind = defineKind<DriftCondition, typeof shape>({
  kind: 'drift',
  keys: ['drifts', 'drifts up', 'drifts down'],
  companions: ['slack', 'learn', 'season'],
  shape,
  read(when, [quantity], say) {
    const key = (Object.keys(keys) as Key[]).find((each) => when[each] !== undefined) ?? 'drifts'
    const found = readLevels(key, when[key], readEvidence, say)
    if (found === undefined) return undefined
    checkOrder(key, found, 1, say)
    const learnMs = when.learn ?? usualLearnMs
    if (learnMs < learnMsMin)
      say(
        ['learn'],
        `${formatDuration(learnMs)}: expected at least ${formatDuration(learnMsMin)}, or nothing is known as usual`,
      )
    return {
      kind: 'drift',
      quantity: quantity.id,
      direction: keys[key],
      limits: found,
      slack: when.slack ?? usualSlack,
      learnMs,
      isSeasonal: (when.season ?? 'day') === 'day',
    }
  },
  compile(rule, condition, { quantity }) {
    const { direction, limits: found, slack, learnMs } = condition
    const most = mostOverLimit * Math.max(found.warning ?? 0, found.action ?? 0)
    // What the sensor's last digit hides is no scatter that could be measured.
    const leastScatter = 0.5 * 10 ** -quantity.decimals
    const plan = driftPlan({ slack, learnMs, most, leastScatter }, quantity.expectedIntervalMs, condition.isSeasonal)
    const lifecycle = lifecycleOf(rule, found, 1, 0, plan.bucketMs)
    return {
      rule,
      width: lifecycleSlots + driftSlots(plan),
      judgesDoubtful: false,
      step(state, offset, at, value) {
        const base = offset + lifecycleSlots
        if (!addToDrift(plan, state, base, at, value)) return false
        const up = direction === 'down' ? 0 : driftOf(state, base, 1)
        const down = direction === 'up' ? 0 : driftOf(state, base, -1)
        state[offset + slot.measured] = shiftOf(state, base)
        return advance(lifecycle, state, offset, at, Math.max(up, down), at)
      },
    }
  },
  reason: driftReason,
  // What is measured is a shift in the quantity's unit, and what is held against a limit is the evidence for it.
  limitOf: () => undefined,
  hasLevel: (condition, level) => condition.limits[level] !== undefined,
})

/** `8`, or `8 sigma`. */
function readEvidence(written: number | string): Amount<number> {
  const amount = typeof written === 'number' ? written : Number(written.trim().replace(/\s*(sigma|σ)$/, ''))
  return amount > 0 && Number.isFinite(amount)
    ? { kind: 'read', amount }
    : { kind: 'fault', message: `"${written}": expected evidence in standard deviations above 0, like 10` }
}

/** `flow has drifted up, by 2.3 m³/h from what was usual; evidence beyond 10 σ`. */
function driftReason(change: Change, condition: DriftCondition): string {
  const { quantity, measured, rule, level } = change
  const name = nameOf(quantity)
  if (change.origin === 'withdrawn') return `late readings show that ${name} did not drift; the alarm is withdrawn`
  if (change.state === 'recovering') return `${name} is back at what was usual`
  if (change.state === 'inactive')
    return `${name} is back at what was usual${rule.recoverMs > 0 ? ` for ${durationText(rule.recoverMs)}` : ''}`
  const shift = measured ?? 0
  const amount = valueText(Math.abs(shift), quantity.unit, quantity.decimals)
  const evidence = condition.limits[level ?? 'warning'] ?? condition.limits.action ?? 0
  return `${name} has drifted ${shift >= 0 ? 'up' : 'down'} by ${amount} from what was usual, beyond ${evidence} σ of evidence`
}
