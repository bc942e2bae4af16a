import { type Rate, TokenBucket } from './token-bucket.ts'

// Names remembered, with the address that tried them; 1 MB. A guesser that makes up more only forgets its own.
export const rememberedMax = 10_000

/**
 * Slows guessing at one device from one address. A device that has not failed there is always judged, however many others
 * fail beside it: behind one address there may be a whole city, some of it misconfigured. Times are monotonic milliseconds.
 */
export class LoginAllowances {
  readonly #rate: Rate
  readonly #left = new Map<string, TokenBucket>()

  constructor(rate: Rate) {
    this.#rate = rate
  }

  mayTry(address: string, name: string, at: number): boolean {
    return this.#left.get(keyOf(address, name))?.has(at) ?? true
  }

  failed(address: string, name: string, at: number): void {
    const key = keyOf(address, name)
    const left = this.#left.get(key) ?? new TokenBucket(this.#rate, at)
    left.tryTake(at)
    this.#left.delete(key)
    this.#left.set(key, left)
    if (this.#left.size <= rememberedMax) return
    for (const oldest of this.#left.keys()) {
      this.#left.delete(oldest)
      return
    }
  }
}

function keyOf(address: string, name: string): string {
  return `${address}\n${name}`
}
