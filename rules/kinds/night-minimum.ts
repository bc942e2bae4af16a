import { z } from 'zod'
import { type DurationMs, formatDuration } from '../../city/index.ts'
import {
  addToNight,
  learnNight,
  type NightPlan,
  nightSlots,
  nightsMin,
  usualNight,
} from '../detection/drift/night-minimum.ts'
import { advance } from '../engine/lifecycle.ts'
import { lifecycleSlots, slot } from '../engine/slots.ts'
import { readValue } from '../file/amount.ts'
import type { Limits } from '../rule.ts'
import { nameOf } from '../wording/change.ts'
import { limitedReason } from '../wording/limited.ts'
import { limitText, numberText, unitText } from '../wording/units.ts'
import { defineKind } from './kind.ts'
import { checkOrder, lifecycleOf, lowestOf, readLevels } from './levels.ts'
import { expected, limits } from './shapes.ts'
import { localOffset } from './unusual/day-offset.ts'

/** The least flow of the night is above that of the nights before: something leaks. */
export type NightMinimumCondition = {
  readonly kind: 'night minimum'
  readonly quantity: string
  /** Of the usual in per cent, or in the unit of the quantity. */
  readonly unit: string
  readonly limits: Limits
  readonly fromMs: DurationMs
  readonly lengthMs: DurationMs
  readonly nights: number
}

const dayMs: DurationMs = 86_400_000
const usualNights = 14
const nightsMax = 60
/** A mean over a quarter of an hour: one tap that happens to be closed is not the town asleep. */
const meanMs: DurationMs = 15 * 60_000
const stretchesMin = 4

const someNights = expected(`${nightsMin} to ${nightsMax} nights`)

const shape = {
  'night minimum rises by': limits.optional(),
  between: z.string(expected('hours of the night, like 02:00-04:00')).optional(),
  nights: z.int(someNights).min(nightsMin, someNights).max(nightsMax, someNights).optional(),
}

export const nightMinimumKind = defineKind<NightMinimumCondition, typeof shape>({
  kind: 'night minimum',
  keys: ['night minimum rises by'],
  companions: ['between', 'nights'],
  shape,
  read(when, [quantity], say) {
    const written = when['night minimum rises by']
    const isShare = [written?.warning, written?.action].some((text) =>
      String(text ?? '')
        .trim()
        .endsWith('%'),
    )
    const unit = isShare ? '%' : quantity.unit
    const found = readLevels('night minimum rises by', written, (text) => readValue(text, unit), say)
    const hours = readHours(when.between ?? '02:00-04:00')
    if (hours === undefined) say(['between'], `"${when.between}": expected hours of the night, like 02:00-04:00`)
    if (found === undefined || hours === undefined) return undefined
    checkOrder('night minimum rises by', found, 1, say)
    const lowest = lowestOf(found)
    if (lowest !== undefined && (found[lowest] ?? 0) <= 0)
      say(['night minimum rises by', lowest], `${found[lowest]}: expected more than zero`)
    const least = stretchesMin * Math.max(meanMs, quantity.expectedIntervalMs)
    if (hours.lengthMs < least) say(['between'], `expected at least ${formatDuration(least)} between`)
    return {
      kind: 'night minimum',
      quantity: quantity.id,
      unit,
      limits: found,
      ...hours,
      nights: when.nights ?? usualNights,
    }
  },
  compile(rule, condition, { quantity, timeZone }) {
    const { fromMs, lengthMs, nights } = condition
    const plan: NightPlan = { fromMs, lengthMs, nights, meanMs: Math.max(meanMs, quantity.expectedIntervalMs) }
    const lifecycle = lifecycleOf(rule, condition.limits, 1, 0, dayMs)
    const lowestLimit = condition.limits[lowestOf(condition.limits) ?? 'warning'] ?? 0
    const offsetAt = localOffset(timeZone)
    return {
      rule,
      width: lifecycleSlots + nightSlots(plan),
      judgesDoubtful: false,
      step(state, offset, at, value) {
        const base = offset + lifecycleSlots
        const lowest = addToNight(plan, state, base, at + offsetAt(at), value)
        if (Number.isNaN(lowest)) return false
        const usual = usualNight(plan, state, base)
        const rise = condition.unit === '%' ? (100 * (lowest - usual)) / Math.abs(usual) : lowest - usual
        if (!(rise > lowestLimit)) learnNight(plan, state, base, lowest)
        // No usual yet, or a usual of nothing, of which there is no percentage.
        if (!Number.isFinite(rise)) return false
        state[offset + slot.measured] = rise
        return advance(lifecycle, state, offset, at, rise, at)
      },
    }
  },
  reason(change, condition) {
    const name = nameOf(change.quantity)
    const isShare = condition.unit === '%'
    const amount = (value: number) =>
      `${numberText(value, isShare ? 0 : change.quantity.decimals)} ${isShare ? '%' : unitText(condition.unit)}`.trim()
    return limitedReason(change, condition.limits, {
      name: `the nightly minimum of ${name}`,
      subject: (measured) =>
        `nightly minimum of ${name} ${amount(Math.abs(measured))} ${measured < 0 ? 'below' : 'above'} its usual`,
      relation: 'above',
      limit: (value) => limitText(value, condition.unit),
    })
  },
  limitOf: (condition, level) => condition.limits[level],
})

/** `02:00-04:00`, also across midnight. */
function readHours(text: string): { readonly fromMs: DurationMs; readonly lengthMs: DurationMs } | undefined {
  const match = /^(\d{1,2}):(\d{2})\s*[-–]\s*(\d{1,2}):(\d{2})$/.exec(text.trim())
  if (match === null) return undefined
  const [fromHour = 0, fromMinute = 0, toHour = 0, toMinute = 0] = match.slice(1).map(Number)
  if (fromHour > 23 || toHour > 24 || fromMinute > 59 || toMinute > 59) return undefined
  const fromMs = (fromHour * 60 + fromMinute) * 60_000
  const lengthMs = ((toHour * 60 + toMinute) * 60_000 - fromMs + dayMs) % dayMs
  return lengthMs === 0 ? undefined : { fromMs, lengthMs }
}
