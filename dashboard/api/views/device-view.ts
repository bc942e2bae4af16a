import type { FastifyRequest } from 'fastify'
import { connectionSnippets, type Device, type Snippet } from '../../../city/index.ts'
import type { Parts } from '../parts.ts'
import type { DeviceView } from '../schema.ts'
import { isoOf, isoOrNull } from './iso.ts'

/** Devices as the API shows them; made for one request, so that a list looks the refused log-ins up once. */
export function deviceViews({
  broker,
  ingest,
  clocks,
  presences,
}: Pick<Parts, 'broker' | 'ingest' | 'clocks' | 'presences'>): (device: Device) => DeviceView {
  const failures = new Map(broker.loginFailures().map((failure) => [failure.device, failure]))
  return (device) => {
    const refused = failures.get(device.id)
    const presence = presences?.of(device.id)
    const status = presence?.status
    return {
      id: device.id,
      title: device.title,
      assets: [...device.assets],
      subscribes: [...device.subscribes],
      publishes: [...device.publishes],
      connected: broker.isConnected(device.id),
      connectionChangedAt: isoOrNull(presence?.changedAt),
      status: status === undefined ? null : { text: status.text, at: isoOf(status.at) },
      behind: (presence?.behind ?? []).map(({ since, ...one }) => ({ ...one, since: isoOf(since) })),
      heardAt: isoOrNull(ingest.heardAt(device.id)),
      clock: clocks?.of(device.id) ?? null,
      refusedLogins:
        refused === undefined
          ? null
          : { count: refused.count, lastAt: isoOf(refused.at), reason: refused.reason, address: refused.address },
      createdAt: isoOf(device.createdAt),
      revokedAt: isoOrNull(device.revokedAt),
    }
  }
}

/** How the device connects to this broker, by the name under which whoever asks has reached us. */
export function snippetsOf(
  { registry, broker }: Pick<Parts, 'registry' | 'broker'>,
  request: FastifyRequest,
  device: Device,
  { tls = false, secret }: { readonly tls?: boolean; readonly secret?: string } = {},
): Snippet[] {
  return connectionSnippets({
    device,
    secret,
    host: request.hostname,
    port: tls ? (broker.tlsPort ?? broker.port) : broker.port,
    tls: tls && broker.tlsPort !== undefined,
    sensorsOf: (asset) => registry.sensorsOf(asset),
  })
}
