import type { LatestValue, SensorView } from '../data/types.ts'

/** Columns as the API gives them; instants in milliseconds since 1970. */
export type Columns = {
  readonly at: readonly number[]
  readonly min: readonly number[]
  readonly max: readonly number[]
  readonly mean: readonly number[]
  /** Of raw readings only. */
  readonly quality?: readonly LatestValue['quality'][] | null
}

export type ChartLimit = {
  readonly level: SensorView['limits'][number]['level']
  readonly direction: SensorView['limits'][number]['direction']
  /** In the unit of the chart. */
  readonly value: number
}

/** Something that happened, marked on the time axis. */
export type ChartMark = {
  readonly at: number
  /** Shown on a flag; without it only the line is drawn. */
  readonly label?: string
  readonly href?: string
  readonly tone: 'red' | 'amber' | 'none'
}

export type TimeRange = { readonly from: number; readonly to: number }

/** All that decides what a chart looks like, apart from colours and size. */
export type ChartModel = {
  readonly title: string
  /** UCUM code. */
  readonly unit: string
  readonly decimals: number
  /** IANA name of the city's time zone. */
  readonly zone: string
  readonly range: TimeRange
  /** What is physically possible, in the unit. */
  readonly possible: { readonly min: number; readonly max: number }
  readonly columns: Columns
  /** Width of a bucket in ms, or `null` when every reading is there. */
  readonly widthMs: number | null
  /** Two neighbours further apart than this have a gap between them. */
  readonly gapMs: number
  readonly limits: readonly ChartLimit[]
  readonly marks: readonly ChartMark[]
}

// A reading may come a little late, and one may be lost on the way, before the line is broken.
const gapIntervals = 2.5

/** The distance at which a gap is shown, from what the sensor promises and from how wide the buckets are. */
export function gapFor(expectedIntervalSeconds: number, widthMs: number | null): number {
  return Math.max(expectedIntervalSeconds * 1_000, widthMs ?? 0) * gapIntervals
}
