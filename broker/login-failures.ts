import type { Instant } from '../city/index.ts'

/** A log-in that was refused. */
export type RefusedLogin = {
  /** What it called itself; a stranger may call itself anything, so at most 64 characters of it. */
  readonly device: string
  /** Where it came from; of IPv6 the /64. */
  readonly address: string
  readonly reason: string
  readonly at: Instant
}

/** The refused log-ins under one name: how many since the start, and the last of them. */
export type LoginFailures = RefusedLogin & { readonly count: number }

// Names remembered. Every device of a large city may be misconfigured at once; more than that is somebody guessing, and
// the name longest without a failure goes.
const namesMax = 10_000

/** Counts refused log-ins by name. It locks nobody out: else anybody could lock out any device. */
export class FailureBook {
  readonly #byName = new Map<string, LoginFailures>()

  note(refused: RefusedLogin): void {
    const before = this.#byName.get(refused.device)
    this.#byName.delete(refused.device)
    this.#byName.set(refused.device, { ...refused, count: (before?.count ?? 0) + 1 })
    if (this.#byName.size <= namesMax) return
    for (const oldest of this.#byName.keys()) {
      this.#byName.delete(oldest)
      return
    }
  }

  /** The last first. */
  list(): readonly LoginFailures[] {
    return [...this.#byName.values()].reverse()
  }
}
