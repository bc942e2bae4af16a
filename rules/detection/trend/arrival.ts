import type { WearFit } from './wear-fit.ts'

const { abs, exp, sqrt } = Math

/**
 * When a limit will be reached. Of one course of wear the line at a future moment is Student-distributed around its best
 * estimate, so "reached by then" has a probability (inverse regression: Fieller 1954); over all courses they are averaged.
 */

/** The probability that the wear is at or beyond the limit `ahead` buckets from now. `sign`: 1 rising towards it, -1 falling. */
export function chanceBy(fit: WearFit, limit: number, sign: 1 | -1, ahead: number): number {
  let chance = 0
  for (let index = 0; index < fit.count; index++) {
    const run = ahead - (fit.onset[index] as number)
    const beyond = sign * ((fit.level[index] as number) + (fit.slope[index] as number) * run - limit)
    const lever = run - (fit.meanRun[index] as number)
    const variance = (fit.variance[index] as number) * (1 / fit.worth + (lever * lever) / (fit.spread[index] as number))
    chance += (fit.weight[index] as number) * student(beyond / sqrt(variance), fit.freedom)
  }
  return chance
}

/**
 * Whether it is on its way there at all, and was so to the last: what moves away from a limit that it is still beyond, and
 * what stands nearer to its level than to its course since the newest bucket, was mended.
 */
export function isUnderWay({ gone, off }: WearFit, sign: 1 | -1): boolean {
  return sign * gone > 0 && sign * (gone + 2 * off) > 0
}

const steps = 48

/** Buckets from now at which the limit is reached with this probability; `Infinity` when that is beyond `most`. */
export function arrivalAt(fit: WearFit, limit: number, sign: 1 | -1, probability: number, most: number): number {
  if (chanceBy(fit, limit, sign, 0) >= probability) return 0
  if (chanceBy(fit, limit, sign, most) < probability) return Number.POSITIVE_INFINITY
  let low = 0
  let high = most
  for (let step = 0; step < steps && high - low > 1e-3; step++) {
    const middle = (low + high) / 2
    if (chanceBy(fit, limit, sign, middle) >= probability) high = middle
    else low = middle
  }
  return (low + high) / 2
}

/** Student's distribution by a normal one (Abramowitz and Stegun 26.7.8): within 0.005 from three degrees of freedom on. */
function student(t: number, freedom: number): number {
  if (!Number.isFinite(t)) return t > 0 ? 1 : 0
  return normal((t * (1 - 1 / (4 * freedom))) / sqrt(1 + (t * t) / (2 * freedom)))
}

/** The normal distribution (Abramowitz and Stegun 26.2.17, error below 1e-7). */
function normal(z: number): number {
  const t = 1 / (1 + 0.2316419 * abs(z))
  const tail =
    0.3989422804 *
    exp((-z * z) / 2) *
    t *
    (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))))
  return z > 0 ? 1 - tail : tail
}
