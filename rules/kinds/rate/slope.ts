import type { DurationMs, Instant } from '../../../city/index.ts'

/**
 * The least-squares slope over a sliding time, from sums per bucket instead of from the readings: a window of two days at
 * one reading a minute takes as little room as one of an hour, and a step takes the same time. The window ends with the
 * newest reading and begins at a bucket's edge, so it is up to one bucket shorter than asked for.
 */
export type SlopeWindow = {
  readonly overMs: DurationMs
  readonly bucketMs: DurationMs
  readonly buckets: number
}

// 32 edges place the window's beginning to within 3 % of its length; the sums then fit in 1.5 kB.
const bucketsMax = 32
const bucketsMin = 4

/** A line through fewer readings, or through less than half the window, is a guess. */
const readingsMin = 3
const spanShareMin = 0.5

/** number of the bucket, readings, Σt, Σv, Σt², Σtv; t in ms from the bucket's start. */
const bucketSlots = 6

export function slopeWindow(overMs: DurationMs, expectedIntervalMs: DurationMs): SlopeWindow {
  const buckets = Math.min(bucketsMax, Math.max(bucketsMin, Math.ceil(overMs / expectedIntervalMs)))
  return { overMs, buckets, bucketMs: Math.ceil(overMs / buckets) }
}

export function slopeSlots(window: SlopeWindow): number {
  return window.buckets * bucketSlots
}

/** Takes one reading, newer than all before it, and returns the slope in units per ms; `NaN` while there is too little. */
export function slopeAfter(window: SlopeWindow, state: Float64Array, base: number, at: Instant, value: number): number {
  const { bucketMs, buckets } = window
  const number = Math.floor(at / bucketMs)
  addToBucket(state, base + (number % buckets) * bucketSlots, number, at - number * bucketMs, value)

  const oldest = number - buckets + 1
  let count = 0
  let sumT = 0
  let sumV = 0
  let sumTT = 0
  let sumTV = 0
  let firstT = 0
  for (let wanted = oldest; wanted <= number; wanted++) {
    const place = base + (wanted % buckets) * bucketSlots
    if (state[place] !== wanted) continue
    const n = state[place + 1] as number
    const t = state[place + 2] as number
    const v = state[place + 3] as number
    const shift = (wanted - oldest) * bucketMs
    if (count === 0) firstT = shift + t / n
    count += n
    sumT += t + n * shift
    sumV += v
    sumTT += (state[place + 4] as number) + 2 * shift * t + n * shift * shift
    sumTV += (state[place + 5] as number) + shift * v
  }
  const span = at - oldest * bucketMs - firstT
  if (count < readingsMin || span < window.overMs * spanShareMin) return Number.NaN
  const spread = count * sumTT - sumT * sumT
  return spread > 0 ? (count * sumTV - sumT * sumV) / spread : Number.NaN
}

function addToBucket(state: Float64Array, place: number, number: number, t: number, value: number): void {
  if (state[place] !== number) {
    state[place] = number
    state.fill(0, place + 1, place + bucketSlots)
  }
  state[place + 1] = (state[place + 1] as number) + 1
  state[place + 2] = (state[place + 2] as number) + t
  state[place + 3] = (state[place + 3] as number) + value
  state[place + 4] = (state[place + 4] as number) + t * t
  state[place + 5] = (state[place + 5] as number) + t * value
}
