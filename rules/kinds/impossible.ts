import { type DurationMs, formatDuration } from '../../city/index.ts'
import { advance, calmThrough, skimmed } from '../engine/lifecycle.ts'
import { lifecycleSlots, slot } from '../engine/slots.ts'
import { nameOf } from '../wording/change.ts'
import { durationText, limitText, valueText } from '../wording/units.ts'
import { defineKind } from './kind.ts'
import { lifecycleOf } from './levels.ts'
import { duration } from './shapes.ts'

/** The value has been outside the range of what is possible, which the class says, for `forMs`. */
export type ImpossibleCondition = { readonly kind: 'impossible'; readonly quantity: string; readonly forMs: DurationMs }

/** One wild reading is a disturbance on the wire; it is kept out of the rules anyhow. */
const intervalsMin = 2

const shape = { 'impossible for': duration.optional() }

export const impossibleKind = defineKind<ImpossibleCondition, typeof shape>({
  kind: 'impossible',
  keys: ['impossible for'],
  companions: [],
  shape,
  read(when, [quantity], say) {
    const forMs = when['impossible for'] ?? 0
    if (forMs < intervalsMin * quantity.expectedIntervalMs) {
      const shortest = formatDuration(intervalsMin * quantity.expectedIntervalMs)
      say(
        ['impossible for'],
        `${formatDuration(forMs)}: expected at least ${shortest}, ${intervalsMin} intervals of the sensor`,
      )
    }
    return { kind: 'impossible', quantity: quantity.id, forMs }
  },
  compile(rule, condition, { quantity }) {
    const { expectedIntervalMs, range } = quantity
    // Possible or not is the value here, 0 or 1.
    const lifecycle = {
      ...lifecycleOf({ ...rule, forMs: condition.forMs }, {}, 1, 0, expectedIntervalMs),
      warning: 0.5,
    }
    return {
      rule,
      width: lifecycleSlots,
      judgesDoubtful: true,
      step(state, offset, at, value) {
        state[offset + slot.measured] = value
        return advance(lifecycle, state, offset, at, value < range.min || value > range.max ? 1 : 0, at)
      },
      skim(state, offset, ats, values, from, to) {
        if (calmThrough(lifecycle, state, offset) < 0) return from
        const { min, max } = range
        let row = from
        while (row < to && (values[row] as number) >= min && (values[row] as number) <= max) row++
        if (row > from) state[offset + slot.measured] = values[row - 1] as number
        return skimmed(state, offset, ats, from, row)
      },
    }
  },
  reason(change, condition) {
    const { quantity, measured, rule, before } = change
    const { unit, decimals, range } = quantity
    const name = nameOf(quantity)
    const possible = `${limitText(range.min, '1')} to ${limitText(range.max, unit)}`
    if (change.origin === 'withdrawn') return `late readings show that ${name} was possible; the alarm is withdrawn`
    const value = measured === undefined ? name : `${name} ${valueText(measured, unit, decimals)}`
    if (change.state === 'pending') return `${value} cannot be: possible is ${possible}`
    if (change.state === 'firing')
      return `${value} cannot be, for ${durationText(condition.forMs)}: possible is ${possible}`
    if (change.state === 'recovering' || before.state === 'pending') return `${value} is possible again`
    return rule.recoverMs > 0
      ? `${name} has been possible for ${durationText(rule.recoverMs)}`
      : `${value} is possible again`
  },
  limitOf: (_, level, quantity) => (level === 'warning' ? quantity.range.max : undefined),
})
