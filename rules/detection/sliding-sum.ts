import type { DurationMs, Instant } from '../../city/index.ts'

/**
 * The sum of what was counted in the last time, kept in so many buckets: it takes the same room and the same time for an
 * hour and for a month, and lets go of the oldest a bucket at a time.
 */
export type SlidingSum = { readonly overMs: DurationMs; readonly buckets: number }

/** Number of the bucket and the sum in it. */
const bucketSlots = 2
/** Before the buckets: when something was last counted. */
const headSlots = 1

export function sumSlots({ buckets }: SlidingSum): number {
  return headSlots + buckets * bucketSlots
}

export function addToSum(sum: SlidingSum, state: Float64Array, base: number, at: Instant, amount: number): void {
  const number = Math.floor((at / sum.overMs) * sum.buckets)
  const bucket = base + headSlots + (number % sum.buckets) * bucketSlots
  if (!((state[base] as number) >= at)) state[base] = at
  if (state[bucket] === number) state[bucket + 1] = (state[bucket + 1] as number) + amount
  else {
    state[bucket] = number
    state[bucket + 1] = amount
  }
}

/** What was counted from `overMs` before this moment on, or up to a bucket later. */
export function sumAt(sum: SlidingSum, state: Float64Array, base: number, at: Instant): number {
  // Of what is counted seldom there is mostly nothing to sum.
  if (!(at - (state[base] as number) < sum.overMs)) return 0
  const oldest = Math.floor((at / sum.overMs) * sum.buckets) - sum.buckets + 1
  let total = 0
  for (let index = 0; index < sum.buckets; index++) {
    const bucket = base + headSlots + index * bucketSlots
    if ((state[bucket] as number) >= oldest) total += state[bucket + 1] as number
  }
  return total
}
