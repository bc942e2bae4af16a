import type { Told } from './figures.ts'
import type { ErrorBand } from './life-model.ts'

/** What the interval promises: 10 % of the truth below it, 10 % above. */
export const nominalCoverage = 0.8
const tail = (1 - nominalCoverage) / 2

// Enough that a band knows how errors shrink towards the end, few enough that each holds hundreds of moments.
const bandsMax = 8

/**
 * How far the truth lay from predictions of about this size, on runs that were not learnt from (split conformal
 * prediction, Vovk et al. 2005, with bands instead of one width for all).
 */
export function errorBands(told: readonly Told[], cap: number): ErrorBand[] {
  const pairs = told
    .flatMap(({ remaining, predicted }) =>
      [...predicted].flatMap((guess, row) =>
        Number.isNaN(guess) ? [] : [{ guess, error: Math.min(cap, remaining[row] as number) - guess }],
      ),
    )
    .sort((left, right) => left.guess - right.guess)
  const bands: ErrorBand[] = []
  let from = 0
  for (let band = 1; band <= bandsMax; band++) {
    let to = Math.floor((pairs.length * band) / bandsMax)
    const upTo = band === bandsMax ? cap : (pairs[to - 1]?.guess ?? cap)
    // Equal predictions belong to one band.
    while (to < pairs.length && (pairs[to]?.guess ?? 0) <= upTo) to++
    if (to <= from) continue
    const errors = Float64Array.from(pairs.slice(from, to), ({ error }) => error).sort()
    bands.push({ upTo, low: quantile(errors, tail), high: quantile(errors, 1 - tail) })
    from = to
  }
  return bands
}

function quantile(sorted: Float64Array, share: number): number {
  const place = share * (sorted.length - 1)
  const below = Math.floor(place)
  const low = sorted[below] as number
  return low + (place - below) * ((sorted[Math.min(below + 1, sorted.length - 1)] as number) - low)
}

/** Of these moments, the share whose truth lay within the interval of bands that come from elsewhere. */
export function coverageOf(
  told: readonly Told[],
  cap: number,
  intervalAt: (guess: number) => { readonly low: number; readonly high: number },
): number {
  let inside = 0
  let count = 0
  for (const { remaining, predicted } of told)
    for (let row = 0; row < predicted.length; row++) {
      const guess = predicted[row] as number
      if (Number.isNaN(guess)) continue
      const truth = Math.min(cap, remaining[row] as number)
      const { low, high } = intervalAt(guess)
      count++
      if (truth >= low - 1e-9 && truth <= high + 1e-9) inside++
    }
  return inside / count
}
