import {
  followSeason,
  lagOne,
  largest,
  rest,
  type Shape,
  squaresAroundMean,
  startSeason,
  take,
  weigh,
  weightedMean,
  weights,
  x,
  y,
} from './fit-data.ts'
import { bucketsMax, bucketsMin, type TrendWindow } from './trend-window.ts'

/**
 * The course of wear: level until some onset, then a straight line (of the logarithm, for exponential wear). The onset is
 * not known, so every bucket is tried, and "no wear at all" with them; each gets the weight that the data give it
 * (Bayesian model averaging by BIC: Raftery 1995, "Bayesian model selection in social research"). Around that:
 *
 * - the daily rhythm is the median of what remains, by time of day, and is fitted in turn with the course (backfitting);
 * - buckets far off count less (Huber's weights);
 * - what remains is rarely independent from one bucket to the next. With a correlation r, n buckets are worth
 *   n (1 - r) / (1 + r) (Bayley and Hammersley 1946).
 *
 * The room below is used again by each fit: a fit is good until the next one.
 */
export type WearFit = {
  /** Courses that carry weight; the first `count` places of the arrays. */
  count: number
  readonly weight: Float64Array
  readonly onset: Float64Array
  readonly level: Float64Array
  readonly slope: Float64Array
  /** Variance of a bucket around the line; and mean and sum of squares of the time since the onset, in buckets' worth. */
  readonly variance: Float64Array
  readonly meanRun: Float64Array
  readonly spread: Float64Array
  /** Buckets, as many as they are worth. */
  worth: number
  freedom: number
  /** How far the likeliest course has gone from its level by the newest bucket, and how far that bucket is off the course. */
  gone: number
  off: number
}

/** Onsets tried between two buckets: with fewer, the onset would look better known than it is. */
const onsetsPerBucket = 4
const onsetsMax = bucketsMax * onsetsPerBucket

const fit: WearFit = {
  count: 0,
  weight: new Float64Array(onsetsMax),
  onset: new Float64Array(onsetsMax),
  level: new Float64Array(onsetsMax),
  slope: new Float64Array(onsetsMax),
  variance: new Float64Array(onsetsMax),
  meanRun: new Float64Array(onsetsMax),
  spread: new Float64Array(onsetsMax),
  worth: 0,
  freedom: 0,
  gone: 0,
  off: 0,
}

const squaresOf = new Float64Array(onsetsMax)

const rounds = 4
const untried = Number.POSITIVE_INFINITY
/** A line after the onset needs this many buckets. */
const tailMin = 5
/** Of the daily rhythm: what was seen on fewer days is not a rhythm. */
const daysMin = 3
const { exp, log, max } = Math
/** What Huber's weights leave of the mean square of normal residuals: 2 Φ(1.345) - 1. */
const huberShare = 0.8214
/** The variance of a median is π/2 that of a mean. */
const medianCost = Math.PI / 2
/** Courses that are less likely change no quantile. */
const weightMin = 1e-3

/** Fits the closed buckets; `undefined` while there are too few, or nothing speaks for wear. */
export function fitWear(window: TrendWindow, state: Float64Array, base: number, shape: Shape): WearFit | undefined {
  const n = take(window, state, base, shape)
  if (n < bucketsMin) return undefined
  const first = x[0] as number
  if (window.phases > 1 && (x[n - 1] as number) - first < daysMin * window.phases - 1) return undefined
  // What cannot be told apart in the arithmetic: a constant is not a trend.
  const floor = n * (1e-9 * largest(n)) ** 2
  startSeason(n, window.phases)
  if (squaresAroundMean(n) <= floor) return undefined
  let best = -1
  for (let round = 0; round < rounds; round++) {
    best = tryOnsets(n, floor)
    // Most sensors show no wear: with so little gained, "no wear" keeps a tenth of the probability whatever comes of it.
    if (round === 1 && (best < 0 || gainOf(n, best) < log(9 * n))) return undefined
    residuals(n, best)
    if (round === rounds - 1) break
    if (window.phases > 1) followSeason(n, window.phases)
    weigh(n)
  }
  fit.off = rest[n - 1] as number
  fit.gone = best < 0 ? 0 : (fit.slope[best] as number) * max(0, (x[n - 1] as number) - (fit.onset[best] as number))
  settle(n, window.phases, floor)
  return fit
}

/** One least-squares fit an onset, from sums over what comes after it. Returns the likeliest; -1: none fits better than a level. */
function tryOnsets(n: number, floor: number): number {
  let w = 0
  let wx = 0
  let wxx = 0
  let wy = 0
  let wxy = 0
  let all = 0
  let allY = 0
  for (let index = 0; index < n; index++) {
    all += weights[index] as number
    allY += (weights[index] as number) * (y[index] as number)
  }
  const mean = allY / all
  const total = max(floor, squaresAroundMean(n))
  let best = -1
  let least = total
  for (let index = n - 1; index >= 0; index--) {
    const weight = weights[index] as number
    const at = x[index] as number
    const value = (y[index] as number) - mean
    w += weight
    wx += weight * at
    wxx += weight * at * at
    wy += weight * value
    wxy += weight * at * value
    // The first bucket has none before it: there, one onset stands for all that lie before the window.
    const stepBack = index === 0 ? 0 : (at - (x[index - 1] as number)) / onsetsPerBucket
    for (let step = 0; step < onsetsPerBucket; step++) {
      const place = index * onsetsPerBucket + step
      squaresOf[place] = untried
      if (n - index < tailMin || (index === 0 && step > 0)) continue
      const onset = at - step * stepBack
      // Sums of h = x - onset over what comes after; `value` is already centred.
      const h = wx - onset * w
      const spread = wxx - 2 * onset * wx + onset * onset * w - (h * h) / all
      if (!(spread > 0)) continue
      const hy = wxy - onset * wy
      const slope = hy / spread
      const squares = max(floor, total - slope * hy)
      squaresOf[place] = squares
      fit.onset[place] = onset
      fit.slope[place] = slope
      fit.meanRun[place] = h / all
      fit.spread[place] = spread
      fit.level[place] = mean - (slope * h) / all
      if (squares < least) {
        least = squares
        best = place
      }
    }
  }
  return best
}

/** Logarithm of how much likelier the data are with this onset than without wear, if all buckets were independent. */
function gainOf(n: number, best: number): number {
  return (n / 2) * log(squaresAroundMean(n) / (squaresOf[best] as number))
}

function residuals(n: number, best: number): void {
  const mean = weightedMean(n)
  for (let index = 0; index < n; index++)
    rest[index] =
      best < 0
        ? (y[index] as number) - mean
        : (y[index] as number) -
          (fit.level[best] as number) -
          (fit.slope[best] as number) * max(0, (x[index] as number) - (fit.onset[best] as number))
}

/** From sums of squares to probabilities; courses without weight are let go. */
function settle(n: number, phases: number, floor: number): void {
  const correlation = lagOne(n)
  const worth = (n * (1 - correlation)) / (1 + correlation)
  const rhythm = phases > 1 ? (phases - 1) * medianCost : 0
  fit.worth = worth
  // A level, a slope and an onset; a rhythm costs one for each time of day.
  fit.freedom = max(2, worth - 3 - (rhythm * worth) / n)
  const none = max(floor, squaresAroundMean(n))
  const candidates = (n - tailMin) * onsetsPerBucket + 1
  // BIC against the level alone: a slope and an onset more, and the onset is one of many.
  const penalty = log(max(2, worth)) + log(candidates)
  const tried = n * onsetsPerBucket
  let highest = 0
  for (let index = 0; index < tried; index++) {
    const squares = squaresOf[index] as number
    const gain = squares < untried ? (worth / 2) * log(none / squares) - penalty : -untried
    fit.weight[index] = gain
    if (gain > highest) highest = gain
  }
  let total = exp(-highest)
  for (let index = 0; index < tried; index++) {
    const share = exp((fit.weight[index] as number) - highest)
    fit.weight[index] = share
    total += share
  }
  let count = 0
  for (let index = 0; index < tried; index++) {
    const share = (fit.weight[index] as number) / total
    if (share < weightMin) continue
    fit.weight[count] = share
    fit.onset[count] = fit.onset[index] as number
    fit.level[count] = fit.level[index] as number
    fit.slope[count] = fit.slope[index] as number
    fit.meanRun[count] = fit.meanRun[index] as number
    fit.spread[count] = ((fit.spread[index] as number) * worth) / n
    fit.variance[count] = (((squaresOf[index] as number) / huberShare / fit.freedom) * worth) / n
    count++
  }
  fit.count = count
}
