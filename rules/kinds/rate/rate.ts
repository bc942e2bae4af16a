import { type DurationMs, formatDuration } from '../../../city/index.ts'
import { advance } from '../../engine/lifecycle.ts'
import { lifecycleSlots, slot } from '../../engine/slots.ts'
import { readRate } from '../../file/amount.ts'
import { type Limits, levels } from '../../rule.ts'
import { nameOf } from '../../wording/change.ts'
import { limitedReason } from '../../wording/limited.ts'
import { durationText, limitText, numberText, unitText } from '../../wording/units.ts'
import { defineKind } from '../kind.ts'
import { checkOrder, lifecycleOf, readHysteresis, readLevels } from '../levels.ts'
import { amount, duration, limits } from '../shapes.ts'
import { slopeAfter, slopeSlots, slopeWindow } from './slope.ts'

/** Rising or falling faster than a limit, in units per `perMs`, by the least-squares slope over `overMs`. */
export type RateCondition = {
  readonly kind: 'rate'
  readonly quantity: string
  readonly direction: 'rising' | 'falling'
  readonly limits: Limits
  readonly perMs: DurationMs
  readonly overMs: DurationMs
  readonly hysteresis: number
}

/** A slope over fewer expected readings than this says more about noise than about the asset. */
const slopeReadingsMin = 4

const shape = {
  'rises faster than': limits.optional(),
  'falls faster than': limits.optional(),
  over: duration.optional(),
  hysteresis: amount.optional(),
}

export const rateKind = defineKind<RateCondition, typeof shape>({
  kind: 'rate',
  keys: ['rises faster than', 'falls faster than'],
  companions: ['over', 'hysteresis'],
  shape,
  read(when, [quantity], say) {
    const key = when['rises faster than'] === undefined ? 'falls faster than' : 'rises faster than'
    const rates = readLevels(key, when[key], (text) => readRate(text, quantity.unit), say)
    const hysteresis = readHysteresis(when.hysteresis, quantity.unit, say)
    const overMs = when.over
    if (overMs === undefined) say([], 'missing "over": expected the time the slope is taken over, like 30m')
    else if (overMs < slopeReadingsMin * quantity.expectedIntervalMs) {
      const shortest = formatDuration(slopeReadingsMin * quantity.expectedIntervalMs)
      say(
        ['over'],
        `${formatDuration(overMs)}: expected at least ${shortest}, ${slopeReadingsMin} intervals of the sensor`,
      )
    }
    if (rates === undefined || hysteresis === undefined || overMs === undefined) return undefined
    const perMs = (rates.warning ?? rates.action)?.perMs ?? 1
    const found = {
      ...(rates.warning === undefined ? {} : { warning: rates.warning.value }),
      // Written per another time, the action limit is turned into the warning's, so that one slope is held against both.
      ...(rates.action === undefined ? {} : { action: (rates.action.value * perMs) / rates.action.perMs }),
    }
    for (const level of levels)
      if ((found[level] ?? 1) <= 0) say([key, level], `${found[level]}: expected more than zero`)
    checkOrder(key, found, 1, say)
    const lowest = found.warning ?? found.action ?? 0
    if (hysteresis >= lowest) say(['hysteresis'], `${hysteresis}: expected less than the limit ${lowest}`)
    const direction = key === 'rises faster than' ? 'rising' : 'falling'
    return { kind: 'rate', quantity: quantity.id, direction, limits: found, perMs, overMs, hysteresis }
  },
  compile(rule, condition, { quantity }) {
    const { expectedIntervalMs } = quantity
    const sign = condition.direction === 'rising' ? 1 : -1
    // Limits of a slope are written as its steepness, whichever way it goes: only the slope is turned.
    const lifecycle = lifecycleOf(rule, condition.limits, 1, condition.hysteresis, expectedIntervalMs)
    const window = slopeWindow(condition.overMs, expectedIntervalMs)
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
        return advance(lifecycle, state, offset, at, sign * slope, at)
      },
    }
  },
  reason(change, condition) {
    const { unit, decimals } = change.quantity
    const name = nameOf(change.quantity)
    const per = (amount: string) => `${amount} per ${durationText(condition.perMs).replace(/^1 /, '')}`
    return limitedReason(change, condition.limits, {
      name,
      // A slope is small beside the values it is made of: one decimal more, and its sign is in the word.
      subject(measured) {
        const steepness = `${numberText(Math.abs(measured), decimals + 1)} ${unitText(unit)}`.trim()
        return `${name} ${measured >= 0 ? 'rising' : 'falling'} ${per(steepness)}`
      },
      relation: 'faster than',
      limit: (value) => per(limitText(value, unit)),
    })
  },
  limitOf: (condition, level) => condition.limits[level],
})
