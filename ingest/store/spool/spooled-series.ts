import type { Instant } from '../../../city/index.ts'
import type { Reading } from '../../reading.ts'
import { bucketWidth } from '../bucket-width.ts'
import type { Series, SeriesQuery } from '../reading-store.ts'

type Point = Pick<Reading, 'value' | 'quality'>
type Raw = Extract<Series, { kind: 'raw' }>
type Buckets = Extract<Series, { kind: 'buckets' }>
type Ask = (query: SeriesQuery) => Promise<Series>

/**
 * The series as it will be once `waiting` (of this sensor and time, in order) has reached the store, whether it is there
 * already or not. Buckets that something waiting falls into are made anew from the readings themselves, so that a reading
 * that replaces another counts once.
 */
export async function seriesWith(waiting: readonly Reading[], query: SeriesQuery, ask: Ask): Promise<Series> {
  const stored = await ask(query)
  if (waiting.length === 0) return stored
  const points = Math.max(1, Math.floor(query.points))
  if (stored.kind === 'raw') {
    const merged = merge(stored, waiting)
    return merged.at.length <= points ? merged : toBuckets(merged, bucketWidth({ ...query, points }))
  }
  const { widthMs } = stored
  const startOf = (at: Instant) => Math.floor(at / widthMs) * widthMs
  const touched = waiting.map(({ observedAt }) => startOf(observedAt))
  const first = touched.reduce((least, start) => Math.min(least, start))
  const last = touched.reduce((most, start) => Math.max(most, start))
  const [from, to] = [Math.max(query.from, first), Math.min(query.to, last + widthMs)]
  const there = await ask({ sensor: query.sensor, from, to, points: Number.MAX_SAFE_INTEGER - 1 })
  if (there.kind !== 'raw') throw new Error('the store gave buckets for as many points as there can be')
  return replaceSpan(stored, toBuckets(merge(there, waiting), widthMs), first, last)
}

/** The later of two with one time wins, and a reading that is not at the time it claims takes away what it replaced. */
function merge(stored: Raw, waiting: readonly Reading[]): Raw {
  const points = new Map<Instant, Point>()
  for (const [index, at] of stored.at.entries())
    points.set(at, { value: stored.value[index] ?? 0, quality: stored.quality[index] ?? 'good' })
  for (const { observedAt, value, quality } of waiting) {
    if (quality === 'clock-skew') points.delete(observedAt)
    else points.set(observedAt, { value, quality })
  }
  const sorted = [...points].sort(([one], [other]) => one - other)
  return {
    kind: 'raw',
    at: sorted.map(([at]) => at),
    value: sorted.map(([, { value }]) => value),
    quality: sorted.map(([, { quality }]) => quality),
  }
}

function toBuckets({ at, value }: Raw, widthMs: number): Buckets {
  const made: Buckets = { kind: 'buckets', widthMs, at: [], min: [], max: [], mean: [], count: [] }
  let sum = 0
  for (const [index, instant] of at.entries()) {
    const start = Math.floor(instant / widthMs) * widthMs
    const measured = value[index] ?? 0
    const last = made.at.length - 1
    if (made.at[last] === start) {
      sum += measured
      made.min[last] = Math.min(made.min[last] ?? measured, measured)
      made.max[last] = Math.max(made.max[last] ?? measured, measured)
      made.count[last] = (made.count[last] ?? 0) + 1
      made.mean[last] = sum / (made.count[last] ?? 1)
    } else {
      sum = measured
      made.at.push(start)
      for (const column of [made.min, made.max, made.mean]) column.push(measured)
      made.count.push(1)
    }
  }
  return made
}

/** `stored` with its buckets from `first` to `last` put in place of those made anew. */
function replaceSpan(stored: Buckets, anew: Buckets, first: Instant, last: Instant): Buckets {
  const before = stored.at.filter((at) => at < first).length
  const through = stored.at.filter((at) => at <= last).length
  const column = (of: (series: Buckets) => number[]) => [
    ...of(stored).slice(0, before),
    ...of(anew),
    ...of(stored).slice(through),
  ]
  return {
    kind: 'buckets',
    widthMs: stored.widthMs,
    at: column(({ at }) => at),
    min: column(({ min }) => min),
    max: column(({ max }) => max),
    mean: column(({ mean }) => mean),
    count: column(({ count }) => count),
  }
}
