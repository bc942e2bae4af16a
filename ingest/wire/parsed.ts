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
  // The store of readings does not take it, now or later.
  'store-refused',
  // A Sparkplug metric whose birth certificate has not been heard; a rebirth was asked for.
  'not-born',
] as const
export type RefusalReason = (typeof refusalReasons)[number]

/** What is wrong, in words a technician can act on. */
export type WireFault = { readonly reason: RefusalReason; readonly detail: string }

/** A value as the device sent it; whether the sensor exists is not known yet. */
export type WireReading = {
  /** `asset/quantity`, or a foreign device's source name (`chirpstack:70b3d57ed0001234/temperature`); unchecked. */
  readonly sensor: string
  readonly value: number
  readonly observedAt: Instant
  /** Only when the device declared one. */
  readonly quality?: Quality | undefined
  /** As sent, in UCUM where it could be told; says nothing of the unit that is kept. */
  readonly unit?: string | undefined
  /** It came along (a gateway's signal strength) and nobody promised it: when unknown, it is discovered, not refused. */
  readonly incidental?: true | undefined
}

/** What goes back to the device that sent the message. */
export type Reply = { readonly topic: string; readonly payload: Uint8Array }

/** A foreign device that said it is there, or whose death was announced: `sparkplug:Plant1/edge-3/pump`. */
export type Presence = { readonly name: string; readonly online: boolean }

type Besides = {
  /** To publish on the sender's connection, if it is subscribed to the topic. */
  readonly replies?: readonly Reply[] | undefined
  readonly presence?: readonly Presence[] | undefined
}

/** A message may hold good and bad values at once: the good ones count, each bad one is a fault. */
export type Parsed = Besides &
  (
    | { readonly kind: 'readings'; readonly items: readonly WireReading[]; readonly faults: readonly WireFault[] }
    | ({ readonly kind: 'refused' } & WireFault)
  )

/** A message that is understood and carries no reading: a join, a status, a command. */
export const holdsNoReadings: Parsed = { kind: 'readings', items: [], faults: [] }

export function refused(reason: RefusalReason, detail: string): Parsed {
  return { kind: 'refused', reason, detail }
}

// A frame is at most 64 KB at the broker, which holds some 6,000 small values; a POST of readings carries 10,000.
export const readingsPerMessageMax = 10_000

/** Good and bad values of one message: refused as a whole when nothing good is in it and one thing is wrong. */
export function readingsOr(items: readonly WireReading[], faults: readonly WireFault[], empty: WireFault): Parsed {
  const [first = empty] = faults
  return items.length === 0 && faults.length <= 1 ? { kind: 'refused', ...first } : { kind: 'readings', items, faults }
}

export function tooMany(count: number): Parsed {
  return refused(
    'too-many-readings',
    `the message holds more than ${readingsPerMessageMax} readings (${count} or more): send several messages`,
  )
}
