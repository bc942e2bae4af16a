import type { DurationMs, Instant } from '../../city/index.ts'

type Bounds = { readonly freeTries: number; readonly delayMsMax: DurationMs }

/** Somebody who guesses at one user gets at most one guess a minute; the user's owner never waits longer either. */
const forUser: Bounds = { freeTries: 5, delayMsMax: 60_000 }
/** A whole office may share one address, so more tries are free, and then it takes longer. */
const forAddress: Bounds = { freeTries: 20, delayMsMax: 900_000 }

const firstDelayMs = 1_000
/** Without a further failure, all is forgiven after this. */
const forgetAfterMs = 3_600_000
/** Names and addresses are the caller's to invent: beyond this the longest untouched is forgotten. */
const keysMax = 10_000

type Tally = { readonly tries: number; readonly lastAt: Instant }

/**
 * Slows guessing: after some free tries each further one must wait twice as long as the last. A try is counted before
 * the password is looked at, or a hundred at once would all be free.
 */
export class LoginLimit {
  readonly #tallies = new Map<string, Tally>()

  /** Counts a try; or says how long to wait, and counts nothing. */
  attempt(user: string, address: string, at: Instant): { readonly waitMs: DurationMs } {
    const keys = [
      { key: `user ${user}`, bounds: forUser },
      { key: `address ${address}`, bounds: forAddress },
    ]
    const waitMs = Math.max(...keys.map(({ key, bounds }) => this.#waitOf(key, bounds, at)))
    if (waitMs > 0) return { waitMs }
    for (const { key } of keys) this.#count(key, at)
    return { waitMs: 0 }
  }

  /** The password was right: the user starts afresh, the address gets this one try back. */
  succeeded(user: string, address: string): void {
    this.#tallies.delete(`user ${user}`)
    const key = `address ${address}`
    const tally = this.#tallies.get(key)
    if (tally !== undefined) this.#tallies.set(key, { ...tally, tries: tally.tries - 1 })
  }

  #waitOf(key: string, bounds: Bounds, at: Instant): DurationMs {
    const tally = this.#tallies.get(key)
    if (tally === undefined || at - tally.lastAt > forgetAfterMs || tally.tries < bounds.freeTries) return 0
    const delay = Math.min(firstDelayMs * 2 ** (tally.tries - bounds.freeTries), bounds.delayMsMax)
    return Math.max(0, tally.lastAt + delay - at)
  }

  #count(key: string, at: Instant): void {
    const known = this.#tallies.get(key)
    const tries = known === undefined || at - known.lastAt > forgetAfterMs ? 0 : known.tries
    this.#tallies.delete(key)
    this.#tallies.set(key, { tries: tries + 1, lastAt: at })
    for (const oldest of this.#tallies.keys()) {
      if (this.#tallies.size <= keysMax) break
      this.#tallies.delete(oldest)
    }
  }
}
