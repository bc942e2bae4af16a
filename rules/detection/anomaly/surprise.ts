import type { DurationMs, Instant } from '../../../city/index.ts'
import {
  budgetDecay,
  budgetFactor,
  budgetHoldSteps,
  clipScales,
  jumpLeastSteps,
  jumpSteps,
  learntDeviations,
  rangeMargin,
  readingsBeforeFirst,
  residuals,
  type SurpriseParams,
  scoreAtLimit,
  scoreMax,
  seasonDeviations,
  share,
  sizeMax,
  stepMsMin,
  stepsMax,
} from './params.ts'
import { dayBins, place, surpriseSlots, tailPlace } from './place.ts'
import { beginTail, tailSurprise } from './tail.ts'
import { type AnomalyTerm, anomalyTerms } from './term.ts'

const dayMs = 86_400_000
const binMs = dayMs / dayBins

/** Residuals whose tails are kept; their numbers are those of `anomalyTerms`. */
const level = 0
const season = 1
const shift = 2
const departure = 3
const spread = 4
const range = 5
const jump = 6

/** A step is told from the usual one after so many. */
const jumpReadingsMin = 30

/**
 * Takes one reading, newer than all before it, and says how surprising it is: a score of 4 is what one step in 10⁴ would
 * show, 5 one in 10⁵. One pass, constant time and memory, nothing allocated; the same readings give the same scores.
 * Several residuals are held against their own past (how far from the slow mean; from what this time of day is like; how
 * far the mean has moved; how far from the last hours), which gives them one common scale, and the highest speaks.
 *
 * `localOffsetMs` is what the local clock is ahead of UTC at that moment.
 */
export function surprise(
  params: SurpriseParams,
  state: Float64Array,
  offset: number,
  at: Instant,
  value: number,
  localOffsetMs: DurationMs,
): number {
  if (!(Math.abs(value) <= sizeMax)) return 0
  if (Number.isNaN(state[offset + place.steps])) begin(state, offset, value)
  else if (!(at > (state[offset + place.lastAt] as number))) return 0
  const steps = stepsSince(state, offset, at)
  const seen = (state[offset + place.steps] as number) + steps
  const readings = (state[offset + place.readings] as number) + 1
  state[offset + place.steps] = seen
  state[offset + place.readings] = readings

  const slow = state[offset + place.slow] as number
  const fast = state[offset + place.fast] as number
  const scale = state[offset + place.scale] as number
  const tame = clipped(value, slow, readings > 20 && scale > 0 ? clipScales * scale : Number.POSITIVE_INFINITY)
  const bin = offset + place.bins + binOf(at + localOffsetMs)
  // The first day says nothing of what a time of day is like; the slow mean in its place would, and be wrong.
  const isNewBin = Number.isNaN(state[bin])
  const ofDay = isNewBin ? value - (state[offset + place.seasonLevel] as number) : (state[bin] as number)
  const seasonLevel = state[offset + place.seasonLevel] as number
  // Where nobody looked for a while the last hours say little: they are held against a wider walk.
  const walk = Math.sqrt(Math.max(1, steps))
  // A value that is shown in steps may be one of them off without meaning anything.
  const grain = leastStep(state, offset, value)
  const dayLevel = ofDay + seasonLevel

  let term = level
  let score = tailOf(state, offset, level, value - slow, grain, steps)
  const ofSeason = isNewBin ? 0 : tailOf(state, offset, season, value - dayLevel, grain, steps)
  if (ofSeason > score) {
    score = ofSeason
    term = season
  }
  const ofDeparture = tailOf(state, offset, departure, (value - fast) / walk, grain, steps)
  if (ofDeparture > score) {
    score = ofDeparture
    term = departure
  }
  const ofSpread = isNewBin ? 0 : spreadOf(state, offset, value - dayLevel, steps, seen)
  if (ofSpread > score) {
    score = ofSpread
    term = spread
  }

  // Or a spike would make tomorrow, at the same time, unusual for not having one.
  const reach = learntDeviations * Math.sqrt(state[offset + place.seasonSquare] as number)
  const calm = clipped(tame, dayLevel, reach > 0 && readings > readingsBeforeFirst ? reach : Number.POSITIVE_INFINITY)
  if (!isNewBin) state[offset + place.seasonLevel] = seasonLevel + share.seasonLevel * (calm - dayLevel)
  state[bin] = isNewBin
    ? tame
    : single(ofDay + share.season * (calm - ofDay), state[offset + place.seasonSquare] as number)
  state[offset + place.scale] = scale + shareOf(share.slow, steps, seen) * (Math.abs(tame - slow) - scale)
  const slowNow = follow(state, offset + place.slow, shareOf(share.slow, steps, seen), tame)
  const middleNow = follow(state, offset + place.middle, shareOf(share.middle, steps, seen), tame)
  follow(state, offset + place.fast, shareOf(share.fast, steps, seen), tame)
  const ofShift = tailOf(state, offset, shift, middleNow - slowNow, 0, steps)
  if (ofShift > score) {
    score = ofShift
    term = shift
  }

  const ofRange = rangeOf(state, offset, value, grain, readings)
  if (params.range && ofRange > score) {
    score = ofRange
    term = range
  }
  const ofJump = jumpOf(state, offset, value, walk, readings, steps, seen)
  if (params.jump && ofJump > score) {
    score = ofJump
    term = jump
  }
  state[offset + place.lastAt] = at
  state[offset + place.lastValue] = value
  if (readings <= readingsBeforeFirst) score = 0
  state[offset + place.term] = score > 0 ? term : Number.NaN
  return Math.min(score, scoreMax)
}

/** What about the last reading was unusual; `undefined` where nothing was. */
export function termOf(state: Float64Array, offset: number): AnomalyTerm | undefined {
  return anomalyTerms[state[offset + place.term] as number]
}

function begin(state: Float64Array, offset: number, value: number): void {
  state.fill(Number.NaN, offset, offset + surpriseSlots)
  state.fill(0, offset + place.steps, offset + place.lastAt)
  state[offset + place.slow] = value
  state[offset + place.middle] = value
  state[offset + place.fast] = value
  state.fill(0, offset + place.scale, offset + place.min)
  state[offset + place.seasonBudget] = 1
  state[offset + place.min] = value
  state[offset + place.max] = value
  state[offset + place.stepLately] = 0
  state[offset + place.stepUsual] = 0
  state[offset + place.stepLeast] = Number.POSITIVE_INFINITY
  for (let residual = 0; residual < residuals; residual++) {
    beginTail(state, offset + tailPlace(residual, 0))
    beginTail(state, offset + tailPlace(residual, 1))
  }
}

// One part in twenty follows a sensor that is set to another rhythm within the hour, and not the one late reading.
const intervalShare = 0.05
const intervalClip = 5

/** How many steps of learning this reading stands for: one at the sensor's usual rhythm. */
function stepsSince(state: Float64Array, offset: number, at: Instant): number {
  const passed = at - (state[offset + place.lastAt] as number)
  if (Number.isNaN(passed)) return 1
  const before = state[offset + place.interval] as number
  const usual = Number.isNaN(before)
    ? passed
    : before + intervalShare * (Math.min(passed, intervalClip * before) - before)
  state[offset + place.interval] = usual
  return Math.min(stepsMax, passed / Math.max(stepMsMin, usual))
}

function binOf(localAt: Instant): number {
  const ofDay = localAt % dayMs
  return Math.floor((ofDay < 0 ? ofDay + dayMs : ofDay) / binMs)
}

// A thousandth of a standard deviation.
const roundedShare = 1e-6

/**
 * The number in single precision, which four bytes hold when the sensor is at rest, where that is far below what the series
 * scatters by. One that stands still has no scatter, and would be surprised at the rounding.
 */
function single(value: number, square: number): number {
  const rounded = Math.fround(value)
  return (rounded - value) * (rounded - value) <= roundedShare * square ? rounded : value
}

function clipped(value: number, middle: number, reach: number): number {
  return Math.max(middle - reach, Math.min(middle + reach, value))
}

/** While little has been seen, each step counts alike. */
function shareOf(settled: number, steps: number, seen: number): number {
  return Math.min(1, Math.max(settled * steps, steps / seen))
}

function follow(state: Float64Array, mean: number, part: number, value: number): number {
  const now = (state[mean] as number) + part * (value - (state[mean] as number))
  state[mean] = now
  return now
}

function leastStep(state: Float64Array, offset: number, value: number): number {
  const moved = Math.abs(value - (state[offset + place.lastValue] as number))
  let least = state[offset + place.stepLeast] as number
  if (moved > 0 && moved < least) {
    least = moved
    state[offset + place.stepLeast] = least
  }
  return least === Number.POSITIVE_INFINITY ? 0 : least
}

function tailOf(
  state: Float64Array,
  offset: number,
  residual: number,
  distance: number,
  grain: number,
  steps: number,
): number {
  const base = offset + tailPlace(residual, distance < 0 ? 1 : 0)
  return tailSurprise(state, base, Math.max(0, Math.abs(distance) - grain), steps, grain)
}

/**
 * What the time of day does not explain, in its standard deviations. Each time it is beyond what a series allows itself the
 * allowance doubles and comes back slowly: a series that does so every day is not surprising.
 */
function spreadOf(state: Float64Array, offset: number, distance: number, steps: number, seen: number): number {
  const square = state[offset + place.seasonSquare] as number
  const deviation = Math.sqrt(square)
  const budget = state[offset + place.seasonBudget] as number
  const allowed = seasonDeviations * deviation * budget
  const size = Math.abs(distance)
  let raised = budget
  let hold = (state[offset + place.seasonHold] as number) - steps
  if (deviation > 0 && size > allowed && hold <= 0) {
    raised *= budgetFactor
    hold = budgetHoldSteps
  }
  state[offset + place.seasonHold] = Math.max(0, hold)
  state[offset + place.seasonBudget] = 1 + (raised - 1) * (1 - budgetDecay * steps)
  const learnt = deviation > 0 && seen > 20 ? Math.min(size, learntDeviations * deviation) : size
  state[offset + place.seasonSquare] = square + shareOf(share.variance, steps, seen) * (learnt * learnt - square)
  return deviation > 0 ? (scoreAtLimit * size) / allowed : 0
}

/** How far outside all that was ever seen, in decades of the margin. */
function rangeOf(state: Float64Array, offset: number, value: number, grain: number, readings: number): number {
  const min = state[offset + place.min] as number
  const max = state[offset + place.max] as number
  const span = max - min
  const outside = Math.max(value - max, min - value)
  if (outside <= 0) return 0
  // One error code of -9999 must not make everything else possible: the range at most doubles on each side.
  const reach = readings > readingsBeforeFirst && span > 0 ? span : Number.POSITIVE_INFINITY
  if (value > max) state[offset + place.max] = Math.min(value, max + reach)
  else state[offset + place.min] = Math.max(value, min - reach)
  return span > 0 && outside > grain ? scoreAtLimit + Math.log10((outside - grain) / (rangeMargin * span)) : 0
}

/** One step in usual steps, of late or of all time, whichever is larger. */
function jumpOf(
  state: Float64Array,
  offset: number,
  value: number,
  walk: number,
  readings: number,
  steps: number,
  seen: number,
): number {
  const moved = Math.abs(value - (state[offset + place.lastValue] as number))
  if (Number.isNaN(moved)) return 0
  const lately = state[offset + place.stepLately] as number
  const inTheLongRun = state[offset + place.stepUsual] as number
  const usual = Math.max(lately, inTheLongRun)
  const settled = readings > jumpReadingsMin && usual > 0
  const learnt = settled ? Math.min(moved, 5 * usual) : moved
  state[offset + place.stepLately] = lately + shareOf(share.stepLately, steps, seen) * (learnt - lately)
  state[offset + place.stepUsual] = inTheLongRun + shareOf(share.stepUsual, steps, seen) * (learnt - inTheLongRun)
  if (!settled || moved < jumpLeastSteps * (state[offset + place.stepLeast] as number)) return 0
  return (scoreAtLimit * moved) / (jumpSteps * usual * walk)
}
