import type { DurationMs, Instant } from '../../../city/index.ts'
import { addToMedian, medianOf, medianSlots, startMedian } from '../trend/running-median.ts'

/**
 * Slow drift by a two-sided CUSUM (Page 1954, "Continuous inspection schemes"): how far the value is from what was learnt
 * as usual, less a slack, added up for as long as it stays on one side. A shift of half a standard deviation that no
 * threshold would see comes out within days; noise cancels.
 *
 * - Folded are medians of some hours, against the usual of that time of day; so neither spikes nor the daily rhythm count.
 * - The usual and the scatter around it are learnt first. What follows one another is alike, which would make noise look
 *   like drift: the scatter is widened by the correlation of neighbours (Bayley and Hammersley 1946).
 * - While nothing has drifted, the usual follows slowly, so that the seasons are not drift.
 * - A day back at the usual ends it: the sum of a drift that went on for weeks would take weeks to come down.
 */
export type DriftPlan = {
  readonly bucketMs: DurationMs
  /** Buckets a day that each have a usual of their own; 1 where the time of day does not matter. */
  readonly phases: number
  readonly learnMs: DurationMs
  /** Standard deviations a bucket that are forgiven. */
  readonly slack: number
  /** Sums do not grow beyond this. */
  readonly most: number
  /** Scatter that the sensor cannot show. */
  readonly leastScatter: number
}

const dayMs: DurationMs = 86_400_000
/** Medians of four hours: six a day tell day from night, and each holds enough readings. */
const widthMs: DurationMs = 4 * 3_600_000

export function driftPlan(
  options: Pick<DriftPlan, 'learnMs' | 'slack' | 'most' | 'leastScatter'>,
  expectedIntervalMs: DurationMs,
  isSeasonal: boolean,
): DriftPlan {
  const bucketMs = Math.max(1, Math.ceil(expectedIntervalMs / widthMs)) * widthMs
  return { ...options, bucketMs, phases: isSeasonal && dayMs % bucketMs === 0 ? dayMs / bucketMs : 1 }
}

/** The open bucket's number and median; the first bucket's number; then what is learnt. */
const place = {
  open: 0,
  median: 1,
  first: 1 + medianSlots,
  /** Products of neighbouring residuals, and the residual before. */
  products: 2 + medianSlots,
  pairs: 3 + medianSlots,
  before: 4 + medianSlots,
  beforeAt: 5 + medianSlots,
  /** `NaN` until it is learnt. */
  scatter: 6 + medianSlots,
  up: 7 + medianSlots,
  down: 8 + medianSlots,
  /** The mean deviation of about a day, in standard deviations and in the unit. */
  recent: 9 + medianSlots,
  shift: 10 + medianSlots,
  usual: 11 + medianSlots,
} as const

/** Count, mean, sum of squares of each phase. */
const usualSlots = 3

export function driftSlots({ phases }: DriftPlan): number {
  return place.usual + phases * usualSlots
}

/** A usual of a time of day that was seen on fewer days is none. */
const daysMin = 3
const correlationMax = 0.9
/** The usual follows with ten times the time that it was learnt in. */
const followFactor = 10

/** Takes one reading, newer than all before it. Returns whether a bucket was closed: then there is something to judge. */
export function addToDrift(plan: DriftPlan, state: Float64Array, base: number, at: Instant, value: number): boolean {
  const number = Math.floor(at / plan.bucketMs)
  const open = state[base + place.open] as number
  if (number === open) {
    addToMedian(state, base + place.median, value)
    return false
  }
  const isClosed = !Number.isNaN(open)
  if (isClosed) fold(plan, state, base, open, medianOf(state, base + place.median))
  else state[base + place.first] = number
  state[base + place.open] = number
  startMedian(state, base + place.median)
  addToMedian(state, base + place.median, value)
  return isClosed && !Number.isNaN(state[base + place.scatter])
}

/** Evidence that it drifts up (1) or down (-1), in standard deviations; never negative. */
export function driftOf(state: Float64Array, base: number, sign: 1 | -1): number {
  return state[base + (sign > 0 ? place.up : place.down)] as number
}

/** How far from its usual it lay in about the last day, in the unit of the quantity. */
export function shiftOf(state: Float64Array, base: number): number {
  return state[base + place.shift] as number
}

function fold(plan: DriftPlan, state: Float64Array, base: number, number: number, value: number): void {
  const phase = number - Math.floor(number / plan.phases) * plan.phases
  const usual = base + place.usual + phase * usualSlots
  if (Number.isNaN(state[base + place.scatter])) {
    learn(plan, state, base, usual, number, value)
    return
  }
  const scatter = state[base + place.scatter] as number
  const off = value - (state[usual + 1] as number)
  const z = off / scatter
  // One bucket does not make a drift, however far off: three standard deviations are all it may add.
  const counted = Math.max(-3, Math.min(3, z))
  const share = 1 / Math.max(1, dayMs / plan.bucketMs)
  const recent = mixed(state[base + place.recent] as number, z, share)
  state[base + place.recent] = recent
  state[base + place.shift] = mixed(state[base + place.shift] as number, off, share)
  let up = Math.min(plan.most, Math.max(0, (state[base + place.up] as number) + counted - plan.slack))
  let down = Math.min(plan.most, Math.max(0, (state[base + place.down] as number) - counted - plan.slack))
  if (recent < plan.slack / 2) up = 0
  if (recent > -plan.slack / 2) down = 0
  state[base + place.up] = up
  state[base + place.down] = down
  if (Math.max(up, down) < plan.most / 4) {
    const follows = dayMs / (followFactor * plan.learnMs)
    state[usual + 1] = (state[usual + 1] as number) + follows * Math.max(-3 * scatter, Math.min(3 * scatter, off))
  }
}

function mixed(before: number, value: number, share: number): number {
  return Number.isNaN(before) ? value : before + share * (value - before)
}

function learn(plan: DriftPlan, state: Float64Array, base: number, usual: number, number: number, value: number): void {
  const count = defined(state[usual]) + 1
  const before = defined(state[usual + 1])
  const mean = before + (value - before) / count
  state[usual] = count
  state[usual + 1] = mean
  state[usual + 2] = defined(state[usual + 2]) + (value - before) * (value - mean)
  const residual = value - mean
  if ((state[base + place.beforeAt] as number) === number - 1 && count > 2) {
    state[base + place.products] =
      defined(state[base + place.products]) + residual * (state[base + place.before] as number)
    state[base + place.pairs] = defined(state[base + place.pairs]) + 1
  }
  state[base + place.before] = residual
  state[base + place.beforeAt] = number
  const learntMs = (number + 1 - (state[base + place.first] as number)) * plan.bucketMs
  if (learntMs >= plan.learnMs) settle(plan, state, base)
}

/** Ends the learning once every time of day was seen often enough. */
function settle(plan: DriftPlan, state: Float64Array, base: number): void {
  let squares = 0
  let freedom = 0
  for (let phase = 0; phase < plan.phases; phase++) {
    const usual = base + place.usual + phase * usualSlots
    const count = defined(state[usual])
    if (count < daysMin) return
    squares += defined(state[usual + 2])
    freedom += count - 1
  }
  const variance = squares / freedom
  const pairs = defined(state[base + place.pairs])
  const found = pairs > 0 && variance > 0 ? defined(state[base + place.products]) / pairs / variance : 0
  const correlation = Math.min(correlationMax, Math.max(0, found))
  const widened = Math.sqrt((variance * (1 + correlation)) / (1 - correlation))
  state[base + place.scatter] = Math.max(plan.leastScatter, widened)
  state[base + place.up] = 0
  state[base + place.down] = 0
}

function defined(value: number | undefined): number {
  return value === undefined || Number.isNaN(value) ? 0 : value
}
