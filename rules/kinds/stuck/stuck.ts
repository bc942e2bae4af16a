import { type DurationMs, formatDuration } from '../../../city/index.ts'
import { longestGap } from '../../engine/compiled-rule.ts'
import { advance, calmThrough, skimmed } from '../../engine/lifecycle.ts'
import { lifecycleSlots, slot } from '../../engine/slots.ts'
import { readValue } from '../../file/amount.ts'
import { nameOf } from '../../wording/change.ts'
import { durationText, limitText, valueText } from '../../wording/units.ts'
import { defineKind } from '../kind.ts'
import { lifecycleOf } from '../levels.ts'
import { amount, duration } from '../shapes.ts'
import { movingUntil, type StuckRun, stuckAfter, stuckPlace, stuckSlots } from './run.ts'

/** The value has not moved by more than `tolerance` for `forMs` although readings came. */
export type StuckCondition = {
  readonly kind: 'stuck'
  readonly quantity: string
  readonly tolerance: number
  readonly forMs: DurationMs
  /** Where it may stand for as long as it likes: a meter behind a pump that is off. */
  readonly restsAt?: number
}

/** A value that stands still needs to have been seen this often to be called stuck. */
const stuckIntervalsMin = 10

const shape = { 'stuck for': duration.optional(), within: amount.optional(), 'rests at': amount.optional() }

export const stuckKind = defineKind<StuckCondition, typeof shape>({
  kind: 'stuck',
  keys: ['stuck for'],
  companions: ['within', 'rests at'],
  shape,
  read(when, [quantity], say) {
    const forMs = when['stuck for'] ?? 0
    const within = readValue(when.within ?? 0, quantity.unit)
    if (within.kind === 'fault') {
      say(['within'], within.message)
      return undefined
    }
    const rest = when['rests at'] === undefined ? undefined : readValue(when['rests at'], quantity.unit)
    if (rest?.kind === 'fault') say(['rests at'], rest.message)
    const tolerance = within.amount
    if (tolerance < 0 || tolerance >= quantity.range.max - quantity.range.min)
      say(['within'], `${tolerance}: expected from 0 to less than the whole range of the quantity`)
    if (forMs < stuckIntervalsMin * quantity.expectedIntervalMs) {
      const shortest = formatDuration(stuckIntervalsMin * quantity.expectedIntervalMs)
      say(
        ['stuck for'],
        `${formatDuration(forMs)}: expected at least ${shortest}, ${stuckIntervalsMin} intervals of the sensor`,
      )
    }
    const restsAt = rest?.kind === 'read' ? { restsAt: rest.amount } : {}
    return { kind: 'stuck', quantity: quantity.id, tolerance, forMs, ...restsAt }
  },
  compile(rule, condition, { quantity }) {
    // Stuck or not is the value here, 1 or 0; the time it has to hold is the condition's own.
    const lifecycle = { ...lifecycleOf(rule, {}, 1, 0, quantity.expectedIntervalMs), warning: 0.5 }
    const run: StuckRun = {
      tolerance: condition.tolerance,
      forMs: condition.forMs,
      gapMs: longestGap(condition.forMs, quantity.expectedIntervalMs),
    }
    const restsAt = condition.restsAt ?? Number.NaN
    return {
      rule,
      width: lifecycleSlots + stuckSlots,
      judgesDoubtful: true,
      step(state, offset, at, value) {
        const base = offset + lifecycleSlots
        const stands = stuckAfter(run, state, base, at, value)
        const stuck = stands && !(Math.abs(value - restsAt) <= condition.tolerance)
        state[offset + slot.measured] = value
        return advance(lifecycle, state, offset, at, stuck ? 1 : 0, state[base + stuckPlace.startedAt] as number)
      },
      skim(state, offset, ats, values, from, to) {
        if (calmThrough(lifecycle, state, offset) < 0) return from
        const row = movingUntil(run, state, offset + lifecycleSlots, ats, values, from, to)
        if (row > from) state[offset + slot.measured] = values[row - 1] as number
        return skimmed(state, offset, ats, from, row)
      },
    }
  },
  reason(change, condition) {
    const { quantity, measured, rule } = change
    const name = nameOf(quantity)
    if (change.origin === 'withdrawn') return `late readings show that ${name} did move; the alarm is withdrawn`
    if (change.state === 'recovering') return `${name} moves again`
    if (change.state === 'inactive')
      return rule.recoverMs > 0 ? `${name} has moved for ${durationText(rule.recoverMs)}` : `${name} moves again`
    const value = measured === undefined ? 'one value' : valueText(measured, quantity.unit, quantity.decimals)
    const within = condition.tolerance === 0 ? '' : ` (within ${limitText(condition.tolerance, quantity.unit)})`
    return `${name} has stood at ${value}${within} for ${durationText(condition.forMs)} although readings come`
  },
  limitOf: (condition, level) => (level === 'warning' ? condition.tolerance : undefined),
})
