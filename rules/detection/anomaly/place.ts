import { residuals, tailLargest } from './params.ts'

/** Half-hours of the local day; data that come by the hour fill every other one. */
export const dayBins = 48

/** A tail keeps how much it has seen, and the largest of it in rising order. */
const tailSlots = 1 + tailLargest

/**
 * Where the detector's memory of one series stands in its run of numbers. `NaN` in the first place means that nothing has
 * been seen; in a bin, that it is empty yet.
 */
export const place = {
  /** Steps seen; readings that come faster than a step count as a part of one. */
  steps: 0,
  readings: 1,
  lastAt: 2,
  lastValue: 3,
  /** The usual time between two readings, in ms. */
  interval: 4,
  /** Slow, middle and fast running means: some days, one day, some hours at a reading every 5 min. */
  slow: 5,
  middle: 6,
  fast: 7,
  /** Mean distance from the slow mean; what is much further off moves the means no more than that. */
  scale: 8,
  /** Mean of what the time of day does not explain. */
  seasonLevel: 9,
  /** Mean square of what time of day and season level do not explain, and how much more of it has become usual. */
  seasonSquare: 10,
  seasonBudget: 11,
  seasonHold: 12,
  min: 13,
  max: 14,
  /** Mean step from one reading to the next, lately and in the long run, and the smallest there was. */
  stepLately: 15,
  stepUsual: 16,
  stepLeast: 17,
  /** Which term gave the last score. */
  term: 18,
  bins: 19,
  tails: 19 + dayBins,
} as const

/** Numbers of state for one series: 171, 1.4 kB. */
export const surpriseSlots = place.tails + residuals * 2 * tailSlots

/** Where the tail of one residual above (`sign` 0) or below (1) begins. */
export function tailPlace(residual: number, sign: 0 | 1): number {
  return place.tails + (2 * residual + sign) * tailSlots
}
