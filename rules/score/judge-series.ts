import type { Instant } from '../../city/index.ts'
import { type AnomalyTerm, surprise, surpriseSlots, termOf } from '../detection/anomaly/index.ts'
import type { RecordedSeries } from './recording.ts'
import { possibleOf, type SeriesClass, type SeriesClasses } from './series-classes.ts'

/** A series, judged reading by reading as if it came live. */
export type JudgedSeries = {
  readonly series: RecordedSeries
  readonly seriesClass: SeriesClass
  /** By row as it stands in the file; 0 where there was nothing to judge. */
  readonly scores: Float64Array
  /** Rows that no instrument in order would give: an error code, or a value that is not possible. */
  readonly impossible: Uint8Array
  readonly terms: ReadonlyMap<number, AnomalyTerm>
}

/** Terms are kept for scores that some threshold of the sweep could alert at. */
export const lowestThreshold = 3

/** Event time throughout and no look ahead: the readings in the order they were observed, each seen once. */
export function judgeSeries(series: RecordedSeries, seriesClass: SeriesClass, classes: SeriesClasses): JudgedSeries {
  const scores = new Float64Array(series.at.length)
  const impossible = new Uint8Array(series.at.length)
  const terms = new Map<number, AnomalyTerm>()
  const state = new Float64Array(surpriseSlots).fill(Number.NaN)
  const { min, max } = possibleOf(seriesClass, series.quantity) ?? {
    min: Number.NEGATIVE_INFINITY,
    max: Number.POSITIVE_INFINITY,
  }
  const params = { jump: seriesClass.jump, range: seriesClass.range }
  for (const row of series.order) {
    const value = series.values[row] as number
    if (value < min || value > max || classes.errorCodes.includes(value)) {
      impossible[row] = 1
      continue
    }
    // What the recordings call local time is not said in them: UTC, as good as any for what a day is like.
    const score = surprise(params, state, 0, series.at[row] as Instant, value, 0)
    scores[row] = score
    const term = score >= lowestThreshold ? termOf(state, 0) : undefined
    if (term !== undefined) terms.set(row, term)
  }
  return { series, seriesClass, scores, impossible, terms }
}
