// Frozen readings say nothing of what was promised, so the usual distance between them is taken as the promise.
const gapIntervals = 4

/** The distance at which frozen readings have a gap: four times their median distance. */
export function gapOf(at: readonly number[]): number {
  const distances = at
    .slice(1)
    .map((instant, index) => instant - (at[index] ?? instant))
    .filter((distance) => distance > 0)
    .sort((a, b) => a - b)
  const median = distances[Math.floor(distances.length / 2)]
  return median === undefined ? Number.POSITIVE_INFINITY : median * gapIntervals
}
