import type { ChartLimit } from './model.ts'

// A limit is drawn into view when it costs the curve at most three fifths of the height; else its direction is named.
const limitReach = 1.5
const paddingShare = 0.08
// Room for the line that names the limits behind an edge.
const namesShare = 0.16
// Noise in the last digit must not fill the chart.
const spanDecimalsMin = 4

export type YRange = readonly [min: number, max: number]

// Beside a huge value a span of a few digits would vanish in the arithmetic.
const spanShareMin = 1e-6

function spanMin(decimals: number, low: number, high: number): number {
  return Math.max(spanDecimalsMin * 10 ** -decimals, Math.max(Math.abs(low), Math.abs(high)) * spanShareMin)
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
  const span = Math.max(high - low, spanMin(decimals, low, high))
  const passed = nearestPassed(limits, low, high)
  for (const limit of limits) {
    const reach = limit === passed ? Infinity : span * limitReach
    if (limit.value > high && limit.value - high <= reach) high = limit.value
    if (limit.value < low && low - limit.value <= reach) low = limit.value
  }
  const least = spanMin(decimals, low, high)
  if (high - low < least) {
    const middle = (high + low) / 2
    low = middle - least / 2
    high = middle + least / 2
  }
  const height = high - low
  const air = (hidden: boolean) => height * (hidden ? namesShare : paddingShare)
  const bottom = low - air(numbers.some((limit) => limit < low))
  const top = high + air(numbers.some((limit) => limit > high))
  return [possible.min >= 0 && low >= 0 ? Math.max(0, bottom) : bottom, top]
}

/** The limit that all values are past, if there is one: how far past is then the question, so it is always drawn. */
function nearestPassed(limits: readonly ChartLimit[], low: number, high: number): ChartLimit | undefined {
  const past = limits.filter((limit) => (limit.direction === 'above' ? low > limit.value : high < limit.value))
  const distance = (limit: ChartLimit) => Math.max(low - limit.value, limit.value - high)
  return past.toSorted((a, b) => distance(a) - distance(b))[0]
}

/** Limits that lie outside the drawn height, named at the edge they lie behind. */
export function limitsBeyond(limits: readonly ChartLimit[], range: YRange): readonly ChartLimit[] {
  return limits.filter((limit) => limit.value < range[0] || limit.value > range[1])
}
