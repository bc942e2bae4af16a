import { formatMoment, formatSpan } from '../words/time.ts'
import { formatValue } from '../words/units.ts'
import type { ChartLimit, ChartModel, Columns } from './model.ts'

export type Extremes = { readonly low: number; readonly lowAt: number; readonly high: number; readonly highAt: number }

export function extremes(columns: Columns): Extremes | undefined {
  let found: Extremes | undefined
  for (const [index, at] of columns.at.entries()) {
    const low = columns.min[index] ?? Number.NaN
    const high = columns.max[index] ?? Number.NaN
    if (!Number.isFinite(low) || !Number.isFinite(high)) continue
    if (!found) found = { low, lowAt: at, high, highAt: at }
    if (low < found.low) found = { ...found, low, lowAt: at }
    if (high > found.high) found = { ...found, high, highAt: at }
  }
  return found
}

const beyond = (limit: ChartLimit, value: number): boolean =>
  limit.direction === 'above' ? value > limit.value : value < limit.value

/** When the values last went past a limit and stayed there until the end; `undefined` when the end is inside. */
export function beyondSince(columns: Columns, limit: ChartLimit): number | undefined {
  let since: number | undefined
  for (let index = columns.at.length - 1; index >= 0; index--) {
    const value = columns.mean[index]
    if (value === undefined || !beyond(limit, value)) break
    since = columns.at[index]
  }
  return since
}

/** Least-squares slope in units per ms over the last part of the range; `undefined` with fewer than three values. */
export function slope(columns: Columns, from: number): number | undefined {
  const start = columns.at.findIndex((at) => at >= from)
  const at = start < 0 ? [] : columns.at.slice(start)
  if (at.length < 3) return undefined
  const values = columns.mean.slice(start)
  const origin = at[0] ?? 0
  const meanAt = at.reduce((sum, each) => sum + (each - origin), 0) / at.length
  const meanValue = values.reduce((sum, each) => sum + each, 0) / values.length
  let products = 0
  let squares = 0
  for (const [index, each] of at.entries()) {
    const distance = each - origin - meanAt
    products += distance * ((values[index] ?? meanValue) - meanValue)
    squares += distance * distance
  }
  return squares === 0 ? undefined : products / squares
}

const hourMs = 3_600_000
// A change over the last quarter smaller than a twentieth of the whole height is not worth the word.
const steadyShare = 0.05

function trend(model: ChartModel, found: Extremes): string {
  const quarter = (model.range.to - model.range.from) / 4
  const end = model.columns.at.at(-1) ?? model.range.to
  const perMs = slope(model.columns, end - quarter)
  if (perMs === undefined) return ''
  const change = perMs * quarter
  if (Math.abs(change) < Math.max((found.high - found.low) * steadyShare, 10 ** -model.decimals)) return 'steady'
  const perHour = formatValue(Math.abs(perMs * hourMs), model.unit, model.decimals + 1)
  return `${change > 0 ? 'rising' : 'falling'} ${perHour} per hour over the last ${formatSpan(quarter)}`
}

/** The chart in words, for those who cannot see it and for those in a hurry. */
export function summarise(model: ChartModel, now: number): string {
  const found = extremes(model.columns)
  if (!found) return `${model.title}: no readings in this time.`
  const say = (value: number) => formatValue(value, model.unit, model.decimals)
  const when = (at: number) => formatMoment(at, now, model.zone)
  const parts = [
    `${say(model.columns.mean.at(-1) ?? found.high)} at ${when(model.columns.at.at(-1) ?? found.highAt)}`,
    trend(model, found),
    `lowest ${say(found.low)} at ${when(found.lowAt)}`,
    `highest ${say(found.high)} at ${when(found.highAt)}`,
  ]
  for (const limit of model.limits) {
    const since = beyondSince(model.columns, limit)
    if (since !== undefined)
      parts.push(`${limit.direction} the ${limit.level} limit of ${say(limit.value)} since ${when(since)}`)
  }
  const doubtful = model.columns.quality?.filter((quality) => quality !== 'good').length ?? 0
  if (doubtful > 0) parts.push(`${doubtful} doubtful ${doubtful === 1 ? 'reading' : 'readings'}`)
  return `${model.title}: ${parts.filter((part) => part !== '').join('; ')}.`
}

/** What is at the cursor, in a few words. */
export function sayAt(model: ChartModel, index: number, now: number): string {
  const at = model.columns.at[index]
  const mean = model.columns.mean[index]
  if (at === undefined || mean === undefined) return 'no reading'
  const parts = [formatMoment(at, now, model.zone), formatValue(mean, model.unit, model.decimals)]
  for (const limit of model.limits) if (beyond(limit, mean)) parts.push(`${limit.direction} the ${limit.level} limit`)
  const quality = model.columns.quality?.[index]
  if (quality && quality !== 'good') parts.push(quality)
  return parts.join(', ')
}
