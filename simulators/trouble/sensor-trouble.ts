import type { Instant } from '../../city/index.ts'

/**
 * What goes wrong with a sensor while its asset is well. `stuck`: it repeats one value. `silent`: nothing comes.
 * `drift`: it wanders off, a little every hour. `spikes`: now and then a value from nowhere. `clock-skew`: its device's
 * clock is wrong. `impossible`: a broken wire or an overflow shows what cannot be.
 */
export const sensorTroubleKinds = ['stuck', 'silent', 'drift', 'spikes', 'clock-skew', 'impossible'] as const
export type SensorTroubleKind = (typeof sensorTroubleKinds)[number]

export type SensorTrouble = {
  /** `asset/quantity`; a device's wrong clock is listed once for each of its sensors. */
  readonly sensor: string
  readonly kind: SensorTroubleKind
  readonly fromAt: Instant
  readonly toAt: Instant
  readonly repairedAt?: Instant
  /** Milliseconds the clock is ahead, where it is the clock. */
  readonly aheadMs?: number
}

export function isTroubled(trouble: SensorTrouble, at: Instant): boolean {
  return at >= trouble.fromAt && at < (trouble.repairedAt ?? trouble.toAt)
}
