import type { Instant } from '../../city/index.ts'
import type { Presence } from '../wire/index.ts'

/** Something that a device speaks for: a Sparkplug node, or a device of that. */
export type BehindDevice = { readonly name: string; readonly online: boolean; readonly since: Instant }

/** Whether a device is there, by its connection, by what it says itself, and by what is said of those behind it. */
export type DevicePresence = {
  /** When it was connected or disconnected last; `undefined`: neither happened since the program started. */
  readonly changedAt: Instant | undefined
  /** What it said last on `status/{device}`, or what its will said for it. */
  readonly status: { readonly text: string; readonly at: Instant } | undefined
  /** Those that are gone come first, those gone last of all before the others. */
  readonly behind: readonly BehindDevice[]
}

type Known = {
  changedAt: Instant | undefined
  status: DevicePresence['status']
  readonly behind: Map<string, BehindDevice>
}

export type PresenceLimits = { readonly devicesMax: number; readonly behindMax: number }

const defaultLimits: PresenceLimits = {
  // Devices; twice what a broker lets in. Beyond it the one that was first heard of longest ago is forgotten.
  devicesMax: 40_000,
  // Names behind one device: a large gateway. Beyond it new ones are not noted; those known stay right.
  behindMax: 1_000,
}

// Characters of a status that are kept: a word, or the beginning of a small JSON.
const statusLengthMax = 200

/** Since the program started, in memory: whoever is connected says it again when it comes back. */
export class Presences {
  readonly #limits: PresenceLimits
  readonly #devices = new Map<string, Known>()

  constructor(limits: Partial<PresenceLimits> = {}) {
    this.#limits = { ...defaultLimits, ...limits }
  }

  /** The first connection of a device is there, or its last one is gone; then nobody speaks for those behind it. */
  connected(device: string, isConnected: boolean, at: Instant): void {
    const known = this.#know(device)
    known.changedAt = at
    if (isConnected) return
    for (const { name, online } of [...known.behind.values()]) {
      if (online) known.behind.set(name, { name, online: false, since: at })
    }
  }

  /** It published its status, or its will was published. */
  said(device: string, status: string, at: Instant): void {
    this.#know(device).status = { text: status.slice(0, statusLengthMax), at }
  }

  /** A birth or death certificate. Saying the same again changes nothing. */
  heard(device: string, { name, online }: Presence, at: Instant): void {
    const { behind } = this.#know(device)
    const before = behind.get(name)
    if (before === undefined ? behind.size < this.#limits.behindMax : before.online !== online) {
      behind.set(name, { name, online, since: at })
    }
  }

  of(device: string): DevicePresence {
    const known = this.#devices.get(device)
    if (known === undefined) return { changedAt: undefined, status: undefined, behind: [] }
    const behind = [...known.behind.values()].sort(
      (one, other) => Number(one.online) - Number(other.online) || other.since - one.since,
    )
    return { changedAt: known.changedAt, status: known.status, behind }
  }

  #know(device: string): Known {
    const known = this.#devices.get(device)
    if (known !== undefined) return known
    if (this.#devices.size >= this.#limits.devicesMax) {
      const [first] = this.#devices.keys()
      if (first !== undefined) this.#devices.delete(first)
    }
    const fresh: Known = { changedAt: undefined, status: undefined, behind: new Map() }
    this.#devices.set(device, fresh)
    return fresh
  }
}
