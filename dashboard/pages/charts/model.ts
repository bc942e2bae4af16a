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
  /** Two neighbours further apart than this may have a gap between them (`isGap` decides). */
  readonly gapMs: number
  readonly limits: readonly ChartLimit[]
  readonly marks: readonly ChartMark[]
}

// A reading may come a little late, and one may be lost on the way, before the line is broken.
const gapIntervals = 2.5

/** The distance beyond which a reading is missed, from what the sensor promises and from how wide the buckets are. */
export function gapFor(expectedIntervalSeconds: number, widthMs: number | null): number {
  return Math.max(expectedIntervalSeconds * 1_000, widthMs ?? 0) * gapIntervals
}

/**
 * Whether readings are missing between an instant and the next: too long for what is promised, and too long for how they
 * come thereabouts. The second, because older readings may have been kept at a coarser step, and that is no outage.
 */
export function isGap(at: readonly number[], index: number, gapMs: number): boolean {
  const distance = (place: number) => (at[place + 1] ?? Number.NaN) - (at[place] ?? Number.NaN)
  const here = distance(index)
  if (!(here > gapMs)) return false
  const nearby = [index - 2, index - 1, index + 1, index + 2]
    .map(distance)
    .filter((each) => each > 0)
    .sort((a, b) => a - b)
  const usual = nearby[Math.floor(nearby.length / 2)] ?? 0
  return here > usual * gapIntervals
}
