import type { QuantityDefinition } from '../../city/index.ts'
import { advance, calmThrough, skimmed } from '../engine/lifecycle.ts'
import { lifecycleSlots, slot } from '../engine/slots.ts'
import { readValue } from '../file/amount.ts'
import { type Limits, levels } from '../rule.ts'
import { nameOf } from '../wording/change.ts'
import { limitedReason } from '../wording/limited.ts'
import { limitText, valueText } from '../wording/units.ts'
import { defineKind, type Say } from './kind.ts'
import { checkOrder, drawnAt, isBeyond, lifecycleOf, readHysteresis, readLevels } from './levels.ts'
import { amount, limits } from './shapes.ts'

/** Above or below a limit, with a dead band so that a value at the limit does not chatter. */
export type ThresholdCondition = {
  readonly kind: 'threshold'
  readonly quantity: string
  readonly direction: 'above' | 'below'
  readonly limits: Limits
  /** How far back inside the limit a value must come before the alarm recovers; same unit. */
  readonly hysteresis: number
}

const shape = { above: limits.optional(), below: limits.optional(), hysteresis: amount.optional() }

export const thresholdKind = defineKind<ThresholdCondition, typeof shape>({
  kind: 'threshold',
  keys: ['above', 'below'],
  companions: ['hysteresis'],
  shape,
  read(when, [quantity], say) {
    const direction = when.above === undefined ? 'below' : 'above'
    const found = readLevels(direction, when[direction], (text) => readValue(text, quantity.unit), say)
    const hysteresis = readHysteresis(when.hysteresis, quantity.unit, say)
    if (found === undefined || hysteresis === undefined) return undefined
    checkOrder(direction, found, direction === 'above' ? 1 : -1, say)
    checkReach(direction, found, hysteresis, quantity, say)
    return { kind: 'threshold', quantity: quantity.id, direction, limits: found, hysteresis }
  },
  compile(rule, condition, { quantity }) {
    const sign = condition.direction === 'above' ? 1 : -1
    const lifecycle = lifecycleOf(rule, condition.limits, sign, condition.hysteresis, quantity.expectedIntervalMs)
    return {
      rule,
      width: lifecycleSlots,
      judgesDoubtful: false,
      step(state, offset, at, value) {
        state[offset + slot.measured] = value
        return advance(lifecycle, state, offset, at, sign * value, at)
      },
      skim(state, offset, ats, values, from, to) {
        const worst = calmThrough(lifecycle, state, offset)
        let row = from
        while (row < to && sign * (values[row] as number) <= worst) row++
        if (row > from) state[offset + slot.measured] = values[row - 1] as number
        return skimmed(state, offset, ats, from, row)
      },
    }
  },
  reason(change, condition) {
    const { unit, decimals } = change.quantity
    const name = nameOf(change.quantity)
    return limitedReason(change, condition.limits, {
      name,
      subject: (measured) => `${name} ${valueText(measured, unit, decimals)}`,
      relation: condition.direction,
      limit: (value) => limitText(value, unit),
    })
  },
  limitOf: (condition, level) => condition.limits[level],
  isBeyond: (condition, measured) => isBeyond(condition.direction, condition.limits, measured),
  drawn: (condition) => drawnAt(condition.limits, condition.direction),
})

function checkReach(
  direction: 'above' | 'below',
  found: Limits,
  hysteresis: number,
  quantity: QuantityDefinition,
  say: Say,
): void {
  const { min, max } = quantity.range
  for (const level of levels) {
    const limit = found[level]
    if (limit === undefined) continue
    if (limit < min || limit > max || (direction === 'above' ? limit === max : limit === min))
      say([direction, level], `${limit} ${quantity.unit}: expected inside what is possible, ${min} to ${max}`)
    const back = direction === 'above' ? limit - hysteresis : limit + hysteresis
    if (back < min || back > max)
      say(
        ['hysteresis'],
        `${hysteresis}: ${back} ${quantity.unit} is outside what is possible, so it would never recover`,
      )
  }
}
