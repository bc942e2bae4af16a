import type { DurationMs, Instant } from '../../../city/index.ts'

/**
 * Minimum night flow: when a town sleeps, what still flows is leaking. The lowest mean of a short time within the hours of
 * least use is held against the median of the nights before (Farley and Trow 2003, "Losses in Water Distribution
 * Networks"; "bottom" methods of leak detection). A night beyond the limit is not learnt from, so that a leak does not
 * become usual.
 */
export type NightPlan = {
  /** Local time of day. */
  readonly fromMs: DurationMs
  readonly lengthMs: DurationMs
  /** Means over this long are compared, not single readings. */
  readonly meanMs: DurationMs
  /** Nights that the usual is the median of. */
  readonly nights: number
}

/** Fewer nights have no median worth the name. */
export const nightsMin = 3
/** A night that was not heard for half of it tells nothing. */
const heardShareMin = 0.5

const dayMs: DurationMs = 86_400_000

/** The night and the stretch that are open, the stretch's sum and count, the night's lowest and stretches; nights; a ring. */
const place = { night: 0, stretch: 1, sum: 2, count: 3, lowest: 4, stretches: 5, learnt: 6, ring: 7 } as const

export function nightSlots({ nights }: NightPlan): number {
  return place.ring + nights
}

/**
 * Takes one reading, newer than all before it; `localAt` is its time on the clocks of the town. Returns the lowest of a
 * night that is over by it, `NaN` otherwise.
 */
export function addToNight(
  plan: NightPlan,
  state: Float64Array,
  base: number,
  localAt: Instant,
  value: number,
): number {
  const since = localAt - plan.fromMs
  const day = Math.floor(since / dayMs)
  const into = since - day * dayMs
  const isNight = into < plan.lengthMs
  const night = state[base + place.night] as number
  let closed = Number.NaN
  if (!Number.isNaN(night) && (night !== day || !isNight)) closed = closeNight(plan, state, base)
  if (!isNight) return closed
  if (Number.isNaN(state[base + place.night])) {
    state[base + place.night] = day
    state[base + place.lowest] = Number.POSITIVE_INFINITY
    state[base + place.stretches] = 0
    state[base + place.stretch] = Number.NaN
  }
  const stretch = Math.floor(into / plan.meanMs)
  if (state[base + place.stretch] !== stretch) {
    closeStretch(state, base)
    state[base + place.stretch] = stretch
    state[base + place.sum] = 0
    state[base + place.count] = 0
  }
  state[base + place.sum] = (state[base + place.sum] as number) + value
  state[base + place.count] = (state[base + place.count] as number) + 1
  return closed
}

const sorted = new Float64Array(64)

/** The median of the nights that were learnt; `NaN` while there are too few. */
export function usualNight({ nights }: NightPlan, state: Float64Array, base: number): number {
  const learnt = state[base + place.learnt] as number
  if (!(learnt >= nightsMin)) return Number.NaN
  const count = Math.min(learnt, nights)
  for (let night = 0; night < count; night++) sorted[night] = state[base + place.ring + night] as number
  const some = sorted.subarray(0, count).sort()
  const middle = count >> 1
  return count % 2 === 1 ? (some[middle] as number) : ((some[middle] as number) + (some[middle - 1] as number)) / 2
}

/** Counts a night among the usual ones. */
export function learnNight({ nights }: NightPlan, state: Float64Array, base: number, lowest: number): void {
  const learnt = Number.isNaN(state[base + place.learnt]) ? 0 : (state[base + place.learnt] as number)
  state[base + place.ring + (learnt % nights)] = lowest
  state[base + place.learnt] = learnt + 1
}

function closeStretch(state: Float64Array, base: number): void {
  if (Number.isNaN(state[base + place.stretch])) return
  const mean = (state[base + place.sum] as number) / (state[base + place.count] as number)
  state[base + place.lowest] = Math.min(state[base + place.lowest] as number, mean)
  state[base + place.stretches] = (state[base + place.stretches] as number) + 1
}

function closeNight(plan: NightPlan, state: Float64Array, base: number): number {
  closeStretch(state, base)
  state[base + place.night] = Number.NaN
  const all = Math.ceil(plan.lengthMs / plan.meanMs)
  const isHeard = (state[base + place.stretches] as number) >= all * heardShareMin
  return isHeard ? (state[base + place.lowest] as number) : Number.NaN
}
