import type { Instant } from '../../city/index.ts'
import type { Quality } from '../reading.ts'

/** Why a message, or a value in it, cannot become a reading. Stable: quarantine groups by it, devices may switch on it. */
export const refusalReasons = [
  'unknown-topic',
  'not-text',
  'not-json',
  'wrong-shape',
  'not-a-number',
  'bad-time',
  'too-old',
  'too-far-ahead',
  'unknown-quality',
  'unknown-sensor',
  'too-many-readings',
] as const
export type RefusalReason = (typeof refusalReasons)[number]

/** What is wrong, in words a technician can act on. */
export type WireFault = { readonly reason: RefusalReason; readonly detail: string }

/** A value as the device sent it; whether the sensor exists is not known yet. */
export type WireReading = {
  /** `asset/quantity`, unchecked. */
  readonly sensor: string
  readonly value: number
  readonly observedAt: Instant
  /** Only when the device declared one. */
  readonly quality?: Quality | undefined
}

/** A message may hold good and bad values at once: the good ones count, each bad one is a fault. */
export type Parsed =
  | { readonly kind: 'readings'; readonly items: readonly WireReading[]; readonly faults: readonly WireFault[] }
  | ({ readonly kind: 'refused' } & WireFault)

export function refused(reason: RefusalReason, detail: string): Parsed {
  return { kind: 'refused', reason, detail }
}

// A frame is at most 64 KB at the broker, which holds some 6,000 small values; a POST of readings carries 10,000.
export const readingsPerMessageMax = 10_000
