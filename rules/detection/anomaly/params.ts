import type { DurationMs } from '../../../city/index.ts'

/** What may be chosen per class of series; everything else is the same for all. */
export type SurpriseParams = {
  /**
   * Whether a value outside all that was ever seen counts. Off for a quantity that grows by nature, such as a meter's
   * reading.
   */
  readonly range: boolean
  /**
   * Whether one step that is many times the usual one counts by itself, however often it happens. On for what nature moves
   * slowly (a river, a temperature), where it means the instrument; off for what is switched.
   */
  readonly jump: boolean
}

export const surpriseDefaults: SurpriseParams = { range: true, jump: false }

/** Level, season, shift and departure: see `surprise.ts`. */
export const residuals = 4

// Twelve is where a Hill estimate begins to be steady; with sixteen the scores are the same within a tenth.
export const tailLargest = 12

/** Nothing is said before this many readings. */
export const readingsBeforeFirst = 50

/** No sensor measures more than this, and its square is still a number. */
export const sizeMax = 1e100
/** More than this only says "never". */
export const scoreMax = 99

/** How much of the newest value goes into the running means. */
export const share = {
  slow: 0.005,
  middle: 0.02,
  fast: 0.1,
  season: 0.15,
  seasonLevel: 0.1,
  variance: 0.003,
  stepLately: 0.01,
  stepUsual: 0.001,
} as const

/** A value further from the slow mean than this many mean distances is learnt from as if it stood there. */
export const clipScales = 8

/** Log-scale spread below which a tail is taken to be a rounding of equal values. */
export const leastSpread = 0.02

/** A giant is learnt from as if it had scored this, so that the next one is a surprise as well. */
export const scoreLearnt = 6

/** Terms that are not tails score this at their limit, which puts them on one scale with the tails. */
export const scoreAtLimit = 4

/** At its limit: this part of the whole range between the value and what was ever seen. Ten times as far scores one more. */
export const rangeMargin = 0.05

/** What the time of day does not explain is at its limit at this many standard deviations, times the budget. */
export const seasonDeviations = 10
/** What lies further off is learnt from as if it stood there. */
export const learntDeviations = 4
/** Each time it is beyond its limit the budget doubles; it comes back by this part of the rest with every step. */
export const budgetFactor = 2
export const budgetDecay = 0.0005
export const budgetHoldSteps = 20

/** One step is at its limit when it is this many times the usual one. */
export const jumpSteps = 24
/** And at least so many times the smallest there ever was: a sensor that shows tenths steps by tenths. */
export const jumpLeastSteps = 5

/** Readings that come faster than one a minute count as the part of a minute that they are apart. */
export const stepMsMin: DurationMs = 60_000

/** After a hole the means move as for this many steps at most. */
export const stepsMax = 20
