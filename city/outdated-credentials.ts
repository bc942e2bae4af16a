import type { KeptDevice } from './registry-rows.ts'

/** The devices that were let in on terms that no longer hold: other secret, revoked, gone, or other topics. */
export function outdatedCredentials(
  before: ReadonlyMap<string, KeptDevice>,
  now: ReadonlyMap<string, KeptDevice>,
): string[] {
  return [...before].filter(([id, held]) => !holds(held, now.get(id))).map(([id]) => id)
}

function holds(before: KeptDevice, now: KeptDevice | undefined): boolean {
  return (
    now !== undefined &&
    (now.device.revokedAt === undefined || before.device.revokedAt !== undefined) &&
    Buffer.compare(before.secret.hash, now.secret.hash) === 0 &&
    same(before.device.assets, now.device.assets) &&
    same(before.device.subscribes, now.device.subscribes) &&
    same(before.device.publishes, now.device.publishes)
  )
}

function same(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((item, index) => item === other[index])
}
