import type { Device, DeviceAuthentication } from '../../../city/index.ts'

export const host = '127.0.0.1'
export const receivedAt = Date.UTC(2026, 4, 4, 10)

/** A device whose secret is its id with `-secret` behind it. */
export function device(
  id: string,
  assets: readonly string[],
  subscribes: readonly string[] = [],
  publishes: readonly string[] = [],
): Device {
  return { id, title: id, assets, subscribes, publishes, createdAt: 0 }
}

export const secretOf = (id: string) => `${id}-secret`

export function authenticator(devices: readonly Device[]): (id: string, secret: string) => DeviceAuthentication {
  return (id, secret) => {
    const found = devices.find((one) => one.id === id)
    if (found === undefined) return { kind: 'refused', reason: 'unknown device' }
    if (found.revokedAt !== undefined) return { kind: 'refused', reason: 'revoked' }
    return secret === secretOf(id) ? { kind: 'accepted', device: found } : { kind: 'refused', reason: 'wrong secret' }
  }
}
