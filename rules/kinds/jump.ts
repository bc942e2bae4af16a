import { longestGap } from '../engine/compiled-rule.ts'
import { advance } from '../engine/lifecycle.ts'
import { lifecycleSlots, slot } from '../engine/slots.ts'
import { readValue } from '../file/amount.ts'
import { type Limits, levels } from '../rule.ts'
import { nameOf } from '../wording/change.ts'
import { limitedReason } from '../wording/limited.ts'
import { limitText, valueText } from '../wording/units.ts'
import { defineKind } from './kind.ts'
import { checkOrder, lifecycleOf, readLevels } from './levels.ts'
import { limits } from './shapes.ts'

/** From one reading to the next the value changed by more than it can: a reservoir does not rise by two metres in a minute. */
export type JumpCondition = { readonly kind: 'jump'; readonly quantity: string; readonly limits: Limits }

const shape = { 'jumps by more than': limits.optional() }

/** The reading before, and when it was. */
const place = { at: lifecycleSlots, value: lifecycleSlots + 1 } as const

export const jumpKind = defineKind<JumpCondition, typeof shape>({
  kind: 'jump',
  keys: ['jumps by more than'],
  companions: [],
  shape,
  read(when, [quantity], say) {
    const key = 'jumps by more than'
    const found = readLevels(key, when[key], (text) => readValue(text, quantity.unit), say)
    if (found === undefined) return undefined
    checkOrder(key, found, 1, say)
    const span = quantity.range.max - quantity.range.min
    for (const level of levels) {
      const limit = found[level] ?? span / 2
      if (limit <= 0 || limit >= span)
        say([key, level], `${limit}: expected more than zero and less than the whole range, ${span} ${quantity.unit}`)
    }
    return { kind: 'jump', quantity: quantity.id, limits: found }
  },
  compile(rule, condition, { quantity }) {
    const lifecycle = lifecycleOf(rule, condition.limits, 1, 0, quantity.expectedIntervalMs)
    const gapMs = longestGap(0, quantity.expectedIntervalMs)
    return {
      rule,
      width: lifecycleSlots + 2,
      judgesDoubtful: true,
      step(state, offset, at, value) {
        const before = state[offset + place.value] as number
        const isNext = at - (state[offset + place.at] as number) <= gapMs
        state[offset + place.at] = at
        state[offset + place.value] = value
        // Over a hole it may well have come there step by step.
        if (!isNext) return false
        state[offset + slot.measured] = value - before
        return advance(lifecycle, state, offset, at, Math.abs(value - before), at)
      },
    }
  },
  reason(change, condition) {
    const { unit, decimals } = change.quantity
    const name = nameOf(change.quantity)
    return limitedReason(change, condition.limits, {
      name: `the step of ${name}`,
      subject: (measured) => `${name} moved by ${valueText(measured, unit, decimals)} from one reading to the next`,
      relation: 'more than',
      limit: (value) => limitText(value, unit),
    })
  },
  limitOf: (condition, level) => condition.limits[level],
})
