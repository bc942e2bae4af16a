import type { AssetId } from './asset.ts'
import type { Instant } from './instant.ts'

/**
 * An MQTT client with its own credential. It may publish for its `assets` (`telemetry/{asset}`,
 * `telemetry/{asset}/{quantity}`) and its own `status/{id}`, and subscribe to its own `errors/{id}` and to the
 * filters listed in `subscribes` (a crew's tablet has `tickets/{crew}`). `publishes` are the filters of foreign topics
 * that it may publish on besides: a gateway's `spBv1.0/plant-1/+/edge-3/#`, a network server's `application/+/device/+/event/up`.
 */
export type Device = {
  readonly id: string
  readonly title: string
  readonly assets: readonly AssetId[]
  readonly subscribes: readonly string[]
  readonly publishes: readonly string[]
  readonly createdAt: Instant
  readonly revokedAt?: Instant
}

/** The answer to a CONNECT: the device, or why not (for the log; the client only learns "not authorised"). */
export type DeviceAuthentication =
  | { readonly kind: 'accepted'; readonly device: Device }
  | { readonly kind: 'refused'; readonly reason: 'unknown device' | 'wrong secret' | 'revoked' }
