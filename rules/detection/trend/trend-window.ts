import type { DurationMs, Instant } from '../../../city/index.ts'
import { addToMedian, medianOf, medianSlots, startMedian } from './running-median.ts'

/**
 * A sensor's recent past as the medians of equal stretches of time: the same room and the same fit for a reading a second
 * and one an hour, and spikes are gone before anything is fitted.
 */
export type TrendWindow = {
  readonly bucketMs: DurationMs
  readonly buckets: number
  /** Buckets a day where the daily rhythm has to be taken out; 1 where a bucket holds whole days, or there is no rhythm. */
  readonly phases: number
}

const dayMs: DurationMs = 86_400_000
const minuteMs: DurationMs = 60_000

// Each fits into the next, and into a day or a whole number of days.
const widths: readonly DurationMs[] = [
  ...[1, 5, 15, 30, 60, 120, 240, 480].map((minutes) => minutes * minuteMs),
  ...[1, 2, 4, 8, 16].map((days) => days * dayMs),
]

/** One kilobyte a sensor; a line through more points is hardly better known. */
export const bucketsMax = 128
/** Fewer points do not tell a trend from noise. */
export const bucketsMin = 12

/** The narrowest buckets that cover the time and hold a reading each. */
export function trendWindow(overMs: DurationMs, expectedIntervalMs: DurationMs, isSeasonal: boolean): TrendWindow {
  const narrowest = Math.max(overMs / bucketsMax, expectedIntervalMs)
  const bucketMs = widths.find((width) => width >= narrowest) ?? (widths.at(-1) as DurationMs)
  return {
    bucketMs,
    buckets: Math.floor(overMs / bucketMs),
    phases: isSeasonal && bucketMs < dayMs ? dayMs / bucketMs : 1,
  }
}

/** number of the open bucket, its median, then a ring of the closed ones' medians. */
const ring = 1 + medianSlots

export function trendSlots({ buckets }: TrendWindow): number {
  return ring + buckets
}

/** Takes one reading, newer than all before it. Returns whether a bucket was closed: then it is worth looking again. */
export function addToTrend(
  window: TrendWindow,
  state: Float64Array,
  base: number,
  at: Instant,
  value: number,
): boolean {
  const number = Math.floor(at / window.bucketMs)
  const open = state[base] as number
  if (number === open) {
    addToMedian(state, base + 1, value)
    return false
  }
  const closes = !Number.isNaN(open)
  if (closes) {
    state[base + ring + placeIn(window, open)] = medianOf(state, base + 1)
    // What nobody measured is missing, not what was there a window ago.
    const lost = Math.min(number - open - 1, window.buckets)
    for (let empty = number - lost; empty < number; empty++) state[base + ring + placeIn(window, empty)] = Number.NaN
  }
  state[base] = number
  startMedian(state, base + 1)
  addToMedian(state, base + 1, value)
  return closes
}

/** The median of the closed bucket `back` before the open one, from 1; `NaN` where nothing was measured. */
export function bucketBefore(window: TrendWindow, state: Float64Array, base: number, back: number): number {
  const number = (state[base] as number) - back
  return state[base + ring + placeIn(window, number)] as number
}

/** Also of a bucket before 1970, which a clock that was never set may ask for. */
function placeIn({ buckets }: TrendWindow, number: number): number {
  return number - Math.floor(number / buckets) * buckets
}

/** The number of the open bucket. */
export function openBucket(state: Float64Array, base: number): number {
  return state[base] as number
}
