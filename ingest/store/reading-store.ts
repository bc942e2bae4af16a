import type { Instant, SensorId } from '../../city/index.ts'
import type { Quality, Reading } from '../reading.ts'
import type { PackedQuery, PackedReadings } from './packed-readings.ts'

export type SeriesQuery = {
  readonly sensor: SensorId
  readonly from: Instant
  /** Exclusive. */
  readonly to: Instant
  /** How many points the chart can show, usually its width in pixels. */
  readonly points: number
}

/**
 * One sensor's past in columns, ascending and unique in `at`. `raw` when the readings fit into the points asked for;
 * else one row per bucket that holds a reading (`at` is the bucket's start, widths are equal and aligned to the epoch).
 * Readings of quality `clock-skew` are left out: they are not at the time they claim.
 */
export type Series =
  | { readonly kind: 'raw'; readonly at: Instant[]; readonly value: number[]; readonly quality: Quality[] }
  | {
      readonly kind: 'buckets'
      readonly widthMs: number
      readonly at: Instant[]
      readonly min: number[]
      readonly max: number[]
      readonly mean: number[]
      readonly count: number[]
    }

export type StoreHealth = { readonly ready: boolean; readonly detail: string }

/**
 * Where readings are kept. Two implementations, one contract suite (tests/ingest/store.contract.ts).
 * Trouble that may pass rejects with a `StoreUnavailable`.
 */
export interface ReadingStore {
  readonly kind: 'duckdb' | 'influxdb'
  /** Resolves when all of them are committed and synced to disk. A reading with a known identity replaces the old one. */
  append(readings: readonly Reading[]): Promise<void>
  series(query: SeriesQuery): Promise<Series>
  /** The newest reading of each sensor that is not `clock-skew`; sensors without any are absent. */
  latest(sensors: readonly SensorId[]): Promise<ReadonlyMap<SensorId, Reading>>
  /**
   * What was received at or after `receivedFrom` and observed at or after `observedFrom`, in order of receipt, in
   * batches: how the rules catch up after a restart.
   */
  receivedSince(receivedFrom: Instant, observedFrom: Instant): AsyncIterable<readonly Reading[]>
  /** One sensor's readings in columns, as `readPacked` says; where a store keeps columns. */
  packed?(query: PackedQuery): Promise<PackedReadings | undefined>
  /** Forgets what was observed before this moment (retention). */
  forgetBefore(observedBefore: Instant): Promise<void>
  health(): Promise<StoreHealth>
  /** What waits in front of the store, where something can; numbers for the metrics. */
  waiting?(): SpoolState
  close(): Promise<void>
}

/** What a spool in front of a store holds, and what it has done since the program started. */
export type SpoolState = {
  readonly readings: number
  readonly batches: number
  readonly bytes: number
  readonly bytesMax: number
  /** Since the oldest reading in it was received; 0 when it is empty. */
  readonly oldestAgeSeconds: number
  /** Readings put into it. */
  readonly taken: number
  /** Readings handed on to the store. */
  readonly sent: number
  /** Readings that the store does not take, ever. */
  readonly refused: number
  /** Batches turned away because it was full or its disk was. */
  readonly turnedAway: number
}

/** The store cannot take or give readings now; trying again later may succeed. */
export class StoreUnavailable extends Error {
  readonly code = 'INGEST_STORE_UNAVAILABLE'
}

/**
 * The store says that there are readings among these which it does not take, now or later (InfluxDB: 400, 422). What
 * else was in the batch may or may not be kept; sent again without them it is.
 */
export class ReadingsRefused extends Error {
  readonly code = 'INGEST_READINGS_REFUSED'
  /** Whether all of them are meant. */
  readonly all: boolean

  constructor(message: string, { all, cause }: { readonly all: boolean; readonly cause?: unknown }) {
    super(message, { cause })
    this.all = all
  }
}
