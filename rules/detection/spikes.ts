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
  const beforeAt = state[base + place.middleAt] as number
  if (take(count, state, base, at, value, true)) addToSum(count.window, state, base + place.window, beforeAt, 1)
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
    if (sumAt(count.window, state, base + place.window, at) > 0) break
    if (take(count, state, base, at, values[row] as number, false)) break
  }
  return row
}

/**
 * Takes one reading; returns whether the one before it was a spike, standing out of its neighbours. If so, nothing is
 * changed unless `evenSpike`.
 */
function take(
  count: SpikeCount,
  state: Float64Array,
  base: number,
  at: Instant,
  value: number,
  evenSpike: boolean,
): boolean {
  const readings = (state[base + place.readings] || 0) + 1
  const before = state[base + place.before] as number
  const middle = state[base + place.middle] as number
  const middleAt = state[base + place.middleAt] as number
  let isSpike = false
  if (at - middleAt <= count.gapMs && middleAt - (state[base + place.beforeAt] as number) <= count.gapMs) {
    // What the middle stands out of.
    const level = middle > value ? Math.max(before, value) : Math.min(before, value)
    const out = standingOut(before, middle, value)
    const mean = state[base + place.mean] as number
    const usual = base + place.usual + (level > mean ? usualSlots : 0)
    const seen = (state[usual + 2] || 0) + 1
    if (out > 0) {
      const share = out / Math.abs(level)
      isSpike =
        readings > count.learnt &&
        // Storms are rare, and how the level of a sewer scatters in one is learnt in the first.
        seen > count.learnt * learntShare &&
        out > count.least &&
        isUnusual(out, state[usual] as number) &&
        isUnusual(share, state[usual + 1] as number)
      if (isSpike && !evenSpike) return true
      // On a ramp hardly any reading stands out, and those that do tell as much as ever.
      state[usual] = usualAfter(state[usual] as number, out, seen)
      state[usual + 1] = usualAfter(state[usual + 1] as number, share, seen)
    }
    state[usual + 2] = seen
    state[base + place.mean] = Number.isNaN(mean) ? level : mean + (level - mean) * paceAfter(readings)
  }
  state[base + place.readings] = readings
  state[base + place.beforeAt] = middleAt
  state[base + place.before] = middle
  state[base + place.middleAt] = at
  state[base + place.middle] = value
  return isSpike
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
  const step = paceAfter(seen)
  return usual * (1 + (out > usual ? step : -step))
}

function paceAfter(readings: number): number {
  return readings * pace > 1 ? pace : 1 / readings
}
