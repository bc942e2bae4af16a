import type { DurationMs, Instant } from '../../../city/index.ts'

/**
 * The least-squares slope over a sliding time, from sums per bucket instead of from the readings: a window of two days at
 * one reading a minute takes as little room as one of an hour. The window ends with the newest reading and begins at a
 * bucket's edge, so it is up to one bucket shorter than asked for.
 *
 * Time is cut into blocks as long as the window. What the window covers is then the readings of this block, summed up as
 * they come, and those of the block before from some bucket on, summed up once when that block ended (the two stacks of
 * a queue with sums: Tangwongsan et al., "General Incremental Sliding-Window Aggregation", VLDB 2015). So a step takes
 * the same time for any window, and nothing is ever subtracted, which one absurd value would spoil for good.
 */
export type SlopeWindow = {
  readonly overMs: DurationMs
  readonly bucketMs: DurationMs
  readonly buckets: number
}

// 32 edges place the window's beginning to within 3 % of its length; the sums then fit in 1.6 kB.
const bucketsMax = 32
const bucketsMin = 4

/** A line through fewer readings, or through less than half the window, is a guess. */
const readingsMin = 3
const spanShareMin = 0.5

/** Readings, Σt, Σv, Σt², Σtv, and the first reading's t; in ms from the block's beginning. */
const sum = { n: 0, t: 1, v: 2, tt: 3, tv: 4, first: 5 } as const
const sumSlots = 6

/**
 * Number of the block, the last of its buckets that was begun, the sums of the block so far, and then for each bucket: up to
 * that last one its own sums, after it those of the block before from this bucket on.
 */
const place = { block: 0, bucket: 1, sums: 2, buckets: 2 + sumSlots } as const

export function slopeWindow(overMs: DurationMs, expectedIntervalMs: DurationMs): SlopeWindow {
  const buckets = Math.min(bucketsMax, Math.max(bucketsMin, Math.ceil(overMs / expectedIntervalMs)))
  return { overMs, buckets, bucketMs: Math.ceil(overMs / buckets) }
}

export function slopeSlots({ buckets }: SlopeWindow): number {
  // One more, always empty: nothing of the block before is left beside the last bucket.
  return place.buckets + (buckets + 1) * sumSlots
}

/** Takes one reading, newer than all before it, and returns the slope in units per ms; `NaN` while there is too little. */
export function slopeAfter(window: SlopeWindow, state: Float64Array, base: number, at: Instant, value: number): number {
  const { bucketMs, buckets } = window
  const blockMs = bucketMs * buckets
  const block = Math.floor(at / blockMs)
  const t = at - block * blockMs
  const bucket = Math.floor(t / bucketMs)
  if (state[base + place.block] !== block) beginBlock(window, state, base, block)
  const begun = state[base + place.bucket] as number
  if (begun < bucket) state.fill(0, bucketAt(base, begun + 1), bucketAt(base, bucket + 1))
  state[base + place.bucket] = bucket
  add(state, bucketAt(base, bucket), t, value)
  add(state, base + place.sums, t, value)

  const now = base + place.sums
  const before = bucketAt(base, bucket + 1)
  const m = state[before + sum.n] as number
  const n = m + (state[now + sum.n] as number)
  // The times of the block before stand from its own beginning.
  const first = m > 0 ? (state[before + sum.first] as number) - blockMs : (state[now + sum.first] as number)
  if (n < readingsMin || t - first < window.overMs * spanShareMin) return Number.NaN
  const beforeT = state[before + sum.t] as number
  const beforeV = state[before + sum.v] as number
  const sumT = (state[now + sum.t] as number) + beforeT - m * blockMs
  const sumV = (state[now + sum.v] as number) + beforeV
  const sumTT =
    (state[now + sum.tt] as number) + (state[before + sum.tt] as number) - 2 * blockMs * beforeT + m * blockMs * blockMs
  const sumTV = (state[now + sum.tv] as number) + (state[before + sum.tv] as number) - blockMs * beforeV
  const spread = n * sumTT - sumT * sumT
  return spread > 0 ? (n * sumTV - sumT * sumV) / spread : Number.NaN
}

/** Sums up the block that ended from each of its buckets on; one that ended longer ago is forgotten. */
function beginBlock({ buckets }: SlopeWindow, state: Float64Array, base: number, block: number): void {
  if (state[base + place.block] === block - 1) {
    state.fill(0, bucketAt(base, (state[base + place.bucket] as number) + 1), bucketAt(base, buckets))
    for (let bucket = buckets - 2; bucket >= 0; bucket--) {
      const here = bucketAt(base, bucket)
      const next = here + sumSlots
      if (state[here + sum.n] === 0) state[here + sum.first] = state[next + sum.first] as number
      for (let each = sum.n; each <= sum.tv; each++)
        state[here + each] = (state[here + each] as number) + (state[next + each] as number)
    }
  } else state.fill(0, bucketAt(base, 0), bucketAt(base, buckets))
  state.fill(0, bucketAt(base, buckets), bucketAt(base, buckets + 1))
  state.fill(0, base + place.sums, base + place.sums + sumSlots)
  state[base + place.block] = block
  state[base + place.bucket] = -1
}

function add(state: Float64Array, sums: number, t: number, value: number): void {
  const n = state[sums + sum.n] as number
  if (n === 0) state[sums + sum.first] = t
  state[sums + sum.n] = n + 1
  state[sums + sum.t] = (state[sums + sum.t] as number) + t
  state[sums + sum.v] = (state[sums + sum.v] as number) + value
  state[sums + sum.tt] = (state[sums + sum.tt] as number) + t * t
  state[sums + sum.tv] = (state[sums + sum.tv] as number) + t * value
}

function bucketAt(base: number, bucket: number): number {
  return base + place.buckets + bucket * sumSlots
}
