import type { Instant, SensorId } from '../city/index.ts'

/** `good`, or the named reason for doubt. */
export const qualities = ['good', 'out-of-range', 'stuck', 'spike', 'stale', 'clock-skew', 'late'] as const
export type Quality = (typeof qualities)[number]

/** One value of one sensor. `(sensor, observedAt)` is its identity: delivered twice, it counts once. */
export type Reading = {
  readonly sensor: SensorId
  /** The device's clock. */
  readonly observedAt: Instant
  /** Our clock, when the message came in. */
  readonly receivedAt: Instant
  /** In the unit of the sensor's quantity. */
  readonly value: number
  readonly quality: Quality
}
