import type { Instant } from '../../city/index.ts'
import type { SeriesQuery } from './reading-store.ts'

const second = 1_000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

// Widths a person reads off an axis. Each divides a day or is a whole number of days, so that bucket bounds fall on the
// bounds of larger ones and the same bucket comes back whatever the range asked for.
const ladder: readonly number[] = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500],
  ...[1, 2, 5, 10, 15, 30].map((count) => count * second),
  ...[1, 2, 5, 10, 15, 30].map((count) => count * minute),
  ...[1, 2, 3, 6, 12].map((count) => count * hour),
  ...[1, 2, 7, 14, 28, 56, 112, 364].map((count) => count * day),
]

/** The narrowest width of the ladder, in ms, that covers the range in at most so many buckets aligned to the epoch. */
export function bucketWidth({ from, to, points }: Pick<SeriesQuery, 'from' | 'to' | 'points'>): number {
  let width = ladder.find((candidate) => bucketsBetween(from, to, candidate) <= points)
  if (width !== undefined) return width
  width = 364 * day
  while (bucketsBetween(from, to, width) > Math.max(points, 2)) width *= 2
  return width
}

function bucketsBetween(from: Instant, to: Instant, width: number): number {
  return Math.floor((to - 1) / width) - Math.floor(from / width) + 1
}
