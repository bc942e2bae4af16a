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
