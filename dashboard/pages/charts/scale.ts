import type { ChartLimit } from './model.ts'

// A limit is drawn into view when it costs the curve at most three fifths of the height; else its direction is named.
const limitReach = 1.5
const paddingShare = 0.08
// Noise in the last digit must not fill the chart.
const spanDecimalsMin = 4

export type YRange = readonly [min: number, max: number]

function spanMin(decimals: number): number {
  return spanDecimalsMin * 10 ** -decimals
}

/**
 * The height of a chart: the values, the limits near them, and a little air; never below zero for what cannot be, so that
 * the ground line means something.
 */
export function yRange(
  values: { readonly min: number; readonly max: number } | undefined,
  limits: readonly ChartLimit[],
  possible: { readonly min: number; readonly max: number },
  decimals: number,
): YRange {
  const numbers = limits.map((limit) => limit.value)
  let low = values?.min ?? (numbers.length > 0 ? Math.min(...numbers) : possible.min)
  let high = values?.max ?? (numbers.length > 0 ? Math.max(...numbers) : possible.max)
  const span = Math.max(high - low, spanMin(decimals))
  for (const limit of numbers) {
    if (limit > high && limit - high <= span * limitReach) high = limit
    if (limit < low && low - limit <= span * limitReach) low = limit
  }
  if (high - low < spanMin(decimals)) {
    const middle = (high + low) / 2
    low = middle - spanMin(decimals) / 2
    high = middle + spanMin(decimals) / 2
  }
  const air = (high - low) * paddingShare
  const bottom = low - air
  return [possible.min >= 0 && low >= 0 ? Math.max(0, bottom) : bottom, high + air]
}

/** Limits that lie outside the drawn height, named at the edge they lie behind. */
export function limitsBeyond(limits: readonly ChartLimit[], range: YRange): readonly ChartLimit[] {
  return limits.filter((limit) => limit.value < range[0] || limit.value > range[1])
}
