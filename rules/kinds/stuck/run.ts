import type { DurationMs, Instant } from '../../../city/index.ts'

/**
 * A run is the readings, one after another, that differ by no more than the tolerance. The reading that breaks it begins
 * the next; so does the first one after a hole, because nobody saw that the value stood still meanwhile.
 */
export type StuckRun = { readonly tolerance: number; readonly forMs: DurationMs; readonly gapMs: DurationMs }

/** A run of fewer readings is no proof, however long it took. */
const readingsMin = 5

export const stuckPlace = { startedAt: 0, min: 1, max: 2, readings: 3, lastAt: 4 } as const
export const stuckSlots = 5

/** Takes one reading, newer than all before it, and returns whether the value has stood still for long enough. */
export function stuckAfter(run: StuckRun, state: Float64Array, base: number, at: Instant, value: number): boolean {
  const min = Math.min(state[base + stuckPlace.min] as number, value)
  const max = Math.max(state[base + stuckPlace.max] as number, value)
  const goesOn = max - min <= run.tolerance && at - (state[base + stuckPlace.lastAt] as number) <= run.gapMs
  state[base + stuckPlace.startedAt] = goesOn ? (state[base + stuckPlace.startedAt] as number) : at
  state[base + stuckPlace.min] = goesOn ? min : value
  state[base + stuckPlace.max] = goesOn ? max : value
  state[base + stuckPlace.readings] = goesOn ? (state[base + stuckPlace.readings] as number) + 1 : 1
  state[base + stuckPlace.lastAt] = at
  return (
    at - (state[base + stuckPlace.startedAt] as number) >= run.forMs &&
    (state[base + stuckPlace.readings] as number) >= readingsMin
  )
}

/** The same for many readings: takes those from `from` on at which it does not stand still, and returns the first that it left. */
export function movingUntil(
  run: StuckRun,
  state: Float64Array,
  base: number,
  ats: Float64Array,
  values: Float64Array,
  from: number,
  to: number,
): number {
  const { tolerance, gapMs, forMs } = run
  let startedAt = state[base + stuckPlace.startedAt] as number
  let min = state[base + stuckPlace.min] as number
  let max = state[base + stuckPlace.max] as number
  let readings = state[base + stuckPlace.readings] as number
  let lastAt = state[base + stuckPlace.lastAt] as number
  let row = from
  for (; row < to; row++) {
    const at = ats[row] as number
    const value = values[row] as number
    const low = Math.min(min, value)
    const high = Math.max(max, value)
    const goesOn = high - low <= tolerance && at - lastAt <= gapMs
    if (goesOn && at - startedAt >= forMs && readings + 1 >= readingsMin) break
    startedAt = goesOn ? startedAt : at
    min = goesOn ? low : value
    max = goesOn ? high : value
    readings = goesOn ? readings + 1 : 1
    lastAt = at
  }
  state[base + stuckPlace.startedAt] = startedAt
  state[base + stuckPlace.min] = min
  state[base + stuckPlace.max] = max
  state[base + stuckPlace.readings] = readings
  state[base + stuckPlace.lastAt] = lastAt
  return row
}
