import type { Told } from './figures.ts'

/**
 * How good predictions are as such, tickets aside (Saxena, Celaya, Saha, Saha, Goebel: "Metrics for Offline Evaluation of
 * Prognostic Performance", IJPHM 2010), with α = 0.2 and λ = ½.
 */
export type Prognosis = {
  /** The median time left from which on all predictions of a run stay within 20 % of the cap of the truth. */
  readonly horizon: number
  /** Of the runs, the share that is told within 20 % of the truth when half of the life has passed. */
  readonly alphaLambda: number
  /** 1 − the mean error at that moment, as a share of the truth; below 0 when it is off by more than all that is left. */
  readonly relativeAccuracy: number
}

const alpha = 0.2
const lambda = 0.5

export function prognosisOf(told: readonly Told[], cap: number): Prognosis {
  const horizons = told.map((each) => horizonOf(each, cap)).sort((one, other) => one - other)
  const errors = told.flatMap(({ remaining, predicted }) => {
    const row = remaining.findIndex((left) => left <= lambda * (remaining[0] as number))
    const guess = predicted[row] as number
    // Nobody claims to see further than the cap.
    const truth = Math.min(cap, remaining[row] as number)
    return row < 0 || Number.isNaN(guess) || truth <= 0 ? [] : [Math.abs(guess - truth) / truth]
  })
  return {
    horizon: horizons[Math.floor((horizons.length - 1) / 2)] ?? 0,
    alphaLambda: errors.filter((error) => error <= alpha).length / told.length,
    relativeAccuracy: 1 - errors.reduce((sum, error) => sum + error, 0) / Math.max(1, errors.length),
  }
}

/** From the end backwards, as long as the predictions hold. */
function horizonOf({ remaining, predicted }: Told, cap: number): number {
  let horizon = 0
  for (let row = remaining.length - 1; row >= 0; row--) {
    const left = remaining[row] as number
    const off = Math.abs((predicted[row] as number) - Math.min(cap, left))
    if (!(off <= alpha * cap)) break
    horizon = left
  }
  return horizon
}
