import { z } from 'zod'
import { type DurationMs, formatDuration } from '../../../city/index.ts'
import { arrivalAt, chanceBy, isUnderWay } from '../../detection/trend/arrival.ts'
import type { Shape } from '../../detection/trend/fit-data.ts'
import {
  addToTrend,
  bucketBefore,
  bucketsMin,
  openBucket,
  trendSlots,
  trendWindow,
} from '../../detection/trend/trend-window.ts'
import { fitWear } from '../../detection/trend/wear-fit.ts'
import { advance } from '../../engine/lifecycle.ts'
import { lifecycleSlots, slot } from '../../engine/slots.ts'
import { readValue } from '../../file/amount.ts'
import { type Level, type Limits, levels } from '../../rule.ts'
import { defineKind } from '../kind.ts'
import { checkOrder, drawnAt, lifecycleOf, readLevels } from '../levels.ts'
import { duration, expected, limits } from '../shapes.ts'
import { type Agreement, agreedLevel, agreedLimits, readAgreement, votesFor, withVote } from './agreement.ts'
import { forecastReason } from './words.ts'

/** Wear that will pass a limit within the time there is to act. */
export type ForecastCondition = {
  readonly kind: 'forecast'
  readonly quantity: string
  readonly direction: 'above' | 'below'
  readonly limits: Limits
  readonly insideMs: DurationMs
  /** How much of the past is looked at. */
  readonly overMs: DurationMs
  readonly fit: Shape
  readonly agree: Agreement
  /** Whether the time of day is taken out. */
  readonly isSeasonal: boolean
}

/** A trend carries as far ahead as a third of what it was seen in; a daily rhythm is known after four days. */
const overPerInside = 3
const rhythmMs: DurationMs = 4 * 86_400_000
/** Both ends of the 80 % interval have to lie inside the time to act; the later one decides. */
const sureness = 0.9
const quantiles = [0.1, 0.5, 0.9] as const
/** Further ahead than this many times the time to act is told as "never". */
const lookAhead = 10

const shape = {
  'rises to': limits.optional(),
  'falls to': limits.optional(),
  inside: duration.optional(),
  over: duration.optional(),
  fit: z.enum(['linear', 'exponential'], expected('linear or exponential')).optional(),
  agree: z.string(expected('how many of the last evaluations, like 3 of 5')).optional(),
  season: z.enum(['day', 'none'], expected('day or none')).optional(),
}

export const forecastKind = defineKind<ForecastCondition, typeof shape>({
  kind: 'forecast',
  keys: ['rises to', 'falls to'],
  companions: ['inside', 'over', 'fit', 'agree', 'season'],
  shape,
  read(when, [quantity], say) {
    const key = when['rises to'] === undefined ? 'falls to' : 'rises to'
    const direction = key === 'rises to' ? 'above' : 'below'
    const fit = when.fit ?? 'linear'
    const found = readLevels(key, when[key], (text) => readValue(text, quantity.unit), say)
    const agree = readAgreement(when.agree ?? '3 of 5')
    if (agree === undefined) say(['agree'], `"${when.agree}": expected how many of the last evaluations, like 3 of 5`)
    const insideMs = when.inside
    if (insideMs === undefined) say([], 'missing "inside": expected the time there is to act, like 14d')
    else if (insideMs === 0) say(['inside'], '0s: expected the time there is to act, like 14d')
    if (found === undefined || agree === undefined || insideMs === undefined) return undefined
    checkOrder(key, found, direction === 'above' ? 1 : -1, say)
    for (const level of levels) {
      const limit = found[level]
      if (limit === undefined) continue
      const { min, max } = quantity.range
      if (limit < min || limit > max)
        say([key, level], `${limit} ${quantity.unit}: expected inside what is possible, ${min} to ${max}`)
      if (fit === 'exponential' && limit <= 0)
        say([key, level], `${limit}: expected more than zero, because exponential wear is fitted to logarithms`)
    }
    const isSeasonal = (when.season ?? 'day') === 'day'
    const overMs = when.over ?? Math.max(overPerInside * insideMs, isSeasonal ? rhythmMs : 0)
    if (isSeasonal && overMs < rhythmMs)
      say(
        ['over'],
        `${formatDuration(overMs)}: expected at least ${formatDuration(rhythmMs)}, or "season: none": a daily rhythm is not known before`,
      )
    const least = bucketsMin * quantity.expectedIntervalMs
    if (trendWindow(overMs, quantity.expectedIntervalMs, isSeasonal).buckets < bucketsMin)
      say(
        [when.over === undefined ? 'inside' : 'over'],
        `${formatDuration(overMs)} of the past: expected more; a trend needs ${bucketsMin} stretches with readings, ${formatDuration(least)} at the least`,
      )
    return {
      kind: 'forecast',
      quantity: quantity.id,
      direction,
      limits: found,
      insideMs,
      overMs,
      fit,
      agree,
      isSeasonal,
    }
  },
  compile(rule, condition, { quantity }) {
    const { agree, fit, insideMs } = condition
    const window = trendWindow(condition.overMs, quantity.expectedIntervalMs, condition.isSeasonal)
    const { bucketMs } = window
    const sign = condition.direction === 'above' ? 1 : -1
    const lifecycle = { ...lifecycleOf(rule, {}, 1, agreedLimits.hysteresis, bucketMs), ...levelsOf(condition.limits) }
    const fitted = (limit: number) => (fit === 'exponential' ? Math.log(limit) : limit)
    const inside = insideMs / bucketMs
    const warning = condition.limits.warning
    const action = condition.limits.action
    return {
      rule,
      width: lifecycleSlots + place.trend + trendSlots(window),
      judgesDoubtful: false,
      forecast: lifecycleSlots + place.from,
      step(state, offset, at, value) {
        const base = offset + lifecycleSlots
        if (!addToTrend(window, state, base + place.trend, at, value)) return false
        const wear = fitWear(window, state, base + place.trend, fit)
        const isBound = wear !== undefined && isUnderWay(wear, sign)
        const isNear = (limit: number | undefined) =>
          isBound && limit !== undefined && chanceBy(wear, fitted(limit), sign, inside) >= sureness
        // Who will reach the further limit inside the time will reach the nearer.
        const forAction = isNear(action)
        const forWarning = forAction || isNear(warning)
        state[base + place.action] = withVote(state[base + place.action] as number, forAction, agree)
        state[base + place.warning] = withVote(state[base + place.warning] as number, forWarning, agree)
        const level = agreedLevel(
          votesFor(state[base + place.warning] as number),
          votesFor(state[base + place.action] as number),
          agree,
        )
        const nearest = level >= 2 || warning === undefined ? action : warning
        if (level === 0) state.fill(Number.NaN, base + place.from, base + place.from + quantiles.length)
        else if (wear !== undefined && forWarning && nearest !== undefined) {
          const begins = openBucket(state, base + place.trend) * bucketMs
          for (let index = 0; index < quantiles.length; index++) {
            const ahead = arrivalAt(wear, fitted(nearest), sign, quantiles[index] as number, lookAhead * inside)
            // What is reached already was reached by now, not in the future of the bucket's beginning.
            state[base + place.from + index] = ahead === 0 ? Math.min(at, begins) : begins + ahead * bucketMs
          }
        }
        const newest = bucketBefore(window, state, base + place.trend, 1)
        state[offset + slot.measured] = Number.isNaN(newest) ? value : newest
        return advance(lifecycle, state, offset, at, level, at)
      },
    }
  },
  reason: (change, condition) => forecastReason(change, condition),
  limitOf: (condition, level) => condition.limits[level],
  drawn: ({ limits: some, direction }) => drawnAt(some, direction),
})

/** Three instants as `CompiledRule.forecast` wants them, the votes, the trend. */
const place = { from: 0, warning: 3, action: 4, trend: 5 } as const

function levelsOf(found: Limits): { readonly [level in Level]: number } {
  return {
    warning: found.warning === undefined ? Number.POSITIVE_INFINITY : agreedLimits.warning,
    action: found.action === undefined ? Number.POSITIVE_INFINITY : agreedLimits.action,
  }
}
