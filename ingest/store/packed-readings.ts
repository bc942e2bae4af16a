import type { Instant, SensorId } from '../../city/index.ts'
import type { Quality } from '../reading.ts'
import { qualityCodes } from './duckdb/quality-codes.ts'
import type { ReadingStore } from './reading-store.ts'

/**
 * Readings as a fold over years takes them: two columns of numbers and no object a reading. A stamp holds the moment and
 * the quality, so that a reading costs sixteen bytes on its way from the store to a thread.
 */
export type PackedReadings = {
  /** `observedAt` × 8 + the code of its quality: whole numbers far below 2⁵³. */
  readonly stamps: Float64Array<ArrayBuffer>
  readonly values: Float64Array<ArrayBuffer>
  /** How long after `observedAt` each was received, in ms; only where that was asked for. */
  readonly delays: Float64Array<ArrayBuffer> | undefined
}

export type PackedQuery = {
  readonly sensor: SensorId
  readonly from: Instant
  /** Exclusive. */
  readonly to: Instant
  readonly rowsMax: number
  readonly withDelays: boolean
}

/** Qualities by their code have to fit into the three low bits of a stamp. */
export const stampCodes = 8

export function stampOf(observedAt: Instant, quality: Quality): number {
  return observedAt * stampCodes + qualityCodes[quality]
}

export function momentOf(stamp: number): Instant {
  return Math.floor(stamp / stampCodes)
}

/** The code of the quality: 0 is `good`. */
export function codeOf(stamp: number): number {
  return stamp - Math.floor(stamp / stampCodes) * stampCodes
}

export const stampCode = qualityCodes

/** What a store without columns of its own gives at a time: its rows become JavaScript arrays on the way. */
const seriesRowsMax = 100_000

/**
 * One sensor's readings of a span, in whatever order they lie; `undefined` when there are more than `rowsMax`: ask for
 * less at once. A store that cannot give columns is asked for its series, which has no delays and leaves out what is of
 * quality `clock-skew`.
 */
export async function readPacked(store: ReadingStore, query: PackedQuery): Promise<PackedReadings | undefined> {
  if (store.packed !== undefined) return store.packed(query)
  const { sensor, from, to } = query
  const series = await store.series({ sensor, from, to, points: Math.min(query.rowsMax, seriesRowsMax) })
  if (series.kind === 'buckets') return undefined
  return {
    stamps: Float64Array.from(series.at, (at, row) => stampOf(at, series.quality[row] ?? 'good')),
    values: Float64Array.from(series.value),
    delays: query.withDelays ? new Float64Array(series.at.length) : undefined,
  }
}

/** The same readings in the order of their moments. What lies in runs, forwards or backwards, only needs turning. */
export function inOrder(packed: PackedReadings): PackedReadings {
  const { stamps } = packed
  turnRuns(packed)
  let sorted = true
  for (let row = 1; row < stamps.length && sorted; row++) sorted = (stamps[row] as number) > (stamps[row - 1] as number)
  if (sorted) return packed
  const order = Uint32Array.from(stamps, (_, row) => row)
  order.sort((one, other) => (stamps[one] as number) - (stamps[other] as number))
  const pick = (column: Float64Array) => Float64Array.from(order, (row) => column[row] as number)
  const { values, delays } = packed
  return { stamps: pick(stamps), values: pick(values), delays: delays && pick(delays) }
}

/** Slabs lie backwards for every second sensor: each run that descends is turned where it is. */
function turnRuns({ stamps, values, delays }: PackedReadings): void {
  let start = 0
  while (start + 1 < stamps.length) {
    let end = start + 1
    const falls = (stamps[end] as number) < (stamps[start] as number)
    while (end + 1 < stamps.length && (stamps[end + 1] as number) < (stamps[end] as number) === falls) end++
    if (falls) {
      stamps.subarray(start, end + 1).reverse()
      values.subarray(start, end + 1).reverse()
      delays?.subarray(start, end + 1).reverse()
    }
    start = end + 1
  }
}
