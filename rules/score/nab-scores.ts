import type { JudgedSeries } from './judge-series.ts'

// NAB's anomaly scores lie between 0 and 1; this many decades of rarity are its 1.
const decades = 10

/**
 * One score a row, as they would have been said: what would have been an alert but fell into the quiet time after one is 0.
 * Below the threshold a row keeps its score only where it is the highest of the quiet time, so that a lower threshold
 * alerts as seldom.
 */
export function nabScores(judged: JudgedSeries, threshold = judged.seriesClass.surprise): Float64Array {
  const { series, seriesClass, scores } = judged
  const said = new Float64Array(scores.length)
  let quietUntil = Number.NEGATIVE_INFINITY
  let highest = { score: 0, at: Number.NEGATIVE_INFINITY }
  for (const row of series.order) {
    const at = series.at[row] as number
    const score = scores[row] as number
    if (at < quietUntil || score <= 0) continue
    if (score >= threshold) quietUntil = at + seriesClass.quietMs
    else if (score <= highest.score && at - highest.at < seriesClass.quietMs) continue
    highest = { score, at }
    said[row] = nabScore(score)
  }
  return said
}

export function nabScore(score: number): number {
  return Math.min(1, score / decades)
}
