import type { DurationMs, Instant } from '../../city/index.ts'
import { addToSum, type SlidingSum, sumAt, sumSlots } from './sliding-sum.ts'

/**
 * Spikes: readings that stand out of both their neighbours by far more than is usual for the sensor. What is usual is
 * learnt from how far its readings stand out of their neighbours anyhow, in its unit and as a share of the value,
 * because some sensors scatter evenly and others the more the higher they read; and apart for what lies below and above
 * the sensor's mean, because a lamp that is off scatters otherwise than one that burns. A step, a ramp or a daily round makes no spike.
 */
export type SpikeCount = {
  /** Readings further apart are no neighbours. */
  readonly gapMs: DurationMs
  /** A spike is at least this large, in the sensor's unit … */
  readonly least: number
  /** Over which time they are counted. */
  readonly window: SlidingSum
  /** Readings from which what is usual is learnt before any of them is called a spike. */
  readonly learnt: number
}

// … and this many times what is usual, which for evenly scattering readings is about seven standard deviations.
const usualTimes = 10
// Usual is the median of those that stand out at all: one spike in eight readings hardly moves it. It follows slowly, so
// that a lamp's quiet day does not make its night a row of spikes.
const pace = 0.003
// Of the readings to learn from, so many must have been low or high ones.
const learntShare = 0.4

// The mean of so many first readings is where it begins: from nothing a median finds its place slowly.
const youngReadings = 30

/** In the unit, as a share, and from how many readings it was learnt; for low values, then for high ones. */
const usualSlots = 3
const place = { readings: 0, beforeAt: 1, before: 2, middleAt: 3, middle: 4, mean: 5, usual: 6, window: 12 } as const

export function spikeSlots({ window }: SpikeCount): number {
  return place.window + sumSlots(window)
}

/** Takes one reading, newer than all before it. Returns how many spikes there were in the last time. */
export function spikesAfter(count: SpikeCount, state: Float64Array, base: number, at: Instant, value: number): number {
  if (isSpikeBefore(count, state, base, at, value))
    addToSum(count.window, state, base + place.window, state[base + place.middleAt] as number, 1)
  learn(count, state, base, at, value)
  return sumAt(count.window, state, base + place.window, at)
}

/**
 * The same for many readings: while there were no spikes in the last time, takes those from `from` on that show none, and
 * returns the first that it left.
 */
export function smoothUntil(
  count: SpikeCount,
  state: Float64Array,
  base: number,
  ats: Float64Array,
  values: Float64Array,
  from: number,
  to: number,
): number {
  let row = from
  for (; row < to; row++) {
    const at = ats[row] as number
    const value = values[row] as number
    if (sumAt(count.window, state, base + place.window, at) > 0 || isSpikeBefore(count, state, base, at, value)) break
    learn(count, state, base, at, value)
  }
  return row
}

/** Whether the last reading before this one stood out of its neighbours, of which this is one. */
function isSpikeBefore(count: SpikeCount, state: Float64Array, base: number, at: Instant, value: number): boolean {
  // Storms are rare, and how the level of a sewer scatters in one is learnt in the first.
  if (!((state[base + place.readings] as number) >= count.learnt) || !areNeighbours(count, state, base, at))
    return false
  const before = state[base + place.before] as number
  const middle = state[base + place.middle] as number
  const out = standingOut(before, middle, value)
  if (!(out > count.least)) return false
  const level = levelOf(before, middle, value)
  const usual = usualAt(state, base, level)
  const seen = (state[usual + 2] || 0) + 1
  return (
    seen > count.learnt * learntShare &&
    isUnusual(out, state[usual] as number) &&
    isUnusual(out / Math.abs(level), state[usual + 1] as number)
  )
}

function learn(count: SpikeCount, state: Float64Array, base: number, at: Instant, value: number): void {
  const readings = (state[base + place.readings] || 0) + 1
  const before = state[base + place.before] as number
  const middle = state[base + place.middle] as number
  if (areNeighbours(count, state, base, at)) {
    const level = levelOf(before, middle, value)
    const out = standingOut(before, middle, value)
    const usual = usualAt(state, base, level)
    const mean = state[base + place.mean] as number
    const seen = (state[usual + 2] || 0) + 1
    state[base + place.mean] = Number.isNaN(mean) ? level : mean + (level - mean) * Math.max(pace, 1 / readings)
    // On a ramp hardly any reading stands out, and those that do tell as much as ever.
    if (out > 0) {
      state[usual] = usualAfter(state[usual] as number, out, seen)
      state[usual + 1] = usualAfter(state[usual + 1] as number, out / Math.abs(level), seen)
    }
    state[usual + 2] = seen
  }
  state[base + place.readings] = readings
  state[base + place.beforeAt] = state[base + place.middleAt] as number
  state[base + place.before] = middle
  state[base + place.middleAt] = at
  state[base + place.middle] = value
}

function areNeighbours({ gapMs }: SpikeCount, state: Float64Array, base: number, at: Instant): boolean {
  const middleAt = state[base + place.middleAt] as number
  return at - middleAt <= gapMs && middleAt - (state[base + place.beforeAt] as number) <= gapMs
}

/** What the middle one of three stands out of. */
function levelOf(before: number, middle: number, after: number): number {
  return middle > after ? Math.max(before, after) : Math.min(before, after)
}

/** Where what is usual is kept for such a level. */
function usualAt(state: Float64Array, base: number, level: number): number {
  return base + place.usual + (level > (state[base + place.mean] as number) ? usualSlots : 0)
}

/** How far the middle one of three stands out of the nearer of its neighbours; 0 when it lies between them. */
function standingOut(before: number, middle: number, after: number): number {
  return Math.max(0, middle - Math.max(before, after), Math.min(before, after) - middle)
}

function isUnusual(out: number, usual: number): boolean {
  return !(out <= usualTimes * usual)
}

function usualAfter(usual: number, out: number, seen: number): number {
  if (!Number.isFinite(out)) return usual
  if (!(usual > 0)) return out
  if (seen <= youngReadings) return usual + (out - usual) / seen
  const step = Math.max(pace, 1 / seen)
  return usual * (1 + (out > usual ? step : -step))
}
