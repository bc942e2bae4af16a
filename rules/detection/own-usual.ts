import type { DurationMs, Instant } from '../../city/index.ts'

/** A measure held against what was usual for the same thing at first: its mean over the time of learning. */
export type OwnUsual = {
  readonly learnMs: DurationMs
  /** Time constant of the mean that is held against it. */
  readonly overMs: DurationMs
}

// A mean of fewer is no usual.
const learntMin = 50
// What nobody saw is not counted: after a hole, one reading does not stand for all of it.
const longestShare = 0.1
const place = { since: 0, count: 1, usual: 2, at: 3, mean: 4 } as const
export const ownUsualSlots = 5

/** Takes one value. Returns by how many per cent the recent mean is off; `NaN` while it learns. */
export function offUsual(own: OwnUsual, state: Float64Array, base: number, at: Instant, value: number): number {
  if (Number.isNaN(state[base + place.since])) state[base + place.since] = at
  const count = state[base + place.count] || 0
  const isLearning = at - (state[base + place.since] as number) < own.learnMs || count < learntMin
  const before = state[base + place.mean] as number
  const passedMs = Math.min(at - (state[base + place.at] as number), longestShare * own.overMs)
  state[base + place.at] = at
  const mean = Number.isNaN(before) ? value : before + (value - before) * (1 - Math.exp(-passedMs / own.overMs))
  state[base + place.mean] = mean
  const usual = state[base + place.usual] as number
  if (!isLearning) return 100 * (mean / usual - 1)
  state[base + place.count] = count + 1
  state[base + place.usual] = count === 0 ? value : usual + (value - usual) / (count + 1)
  return Number.NaN
}
