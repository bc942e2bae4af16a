/** So many per second on average, and so many at once. */
export type Rate = { readonly perSecond: number; readonly burst: number }

/** The usual token bucket; the time is passed in, in monotonic milliseconds. */
export class TokenBucket {
  #tokens: number
  #filledAt: number
  readonly #perMs: number
  readonly #burst: number

  constructor(rate: Rate, at: number) {
    this.#perMs = rate.perSecond / 1_000
    this.#burst = rate.burst
    this.#tokens = rate.burst
    this.#filledAt = at
  }

  /** Takes what has happened already, into debt if need be; `waitMs` says how long the debt lasts. */
  take(amount: number, at: number): void {
    this.#fill(at)
    this.#tokens -= amount
  }

  /** Takes one if there is one. */
  tryTake(at: number): boolean {
    if (!this.has(at)) return false
    this.#tokens -= 1
    return true
  }

  has(at: number): boolean {
    this.#fill(at)
    return this.#tokens >= 1
  }

  waitMs(at: number): number {
    this.#fill(at)
    return this.#tokens >= 0 ? 0 : Math.ceil(-this.#tokens / this.#perMs)
  }

  isFull(at: number): boolean {
    this.#fill(at)
    return this.#tokens >= this.#burst
  }

  #fill(at: number): void {
    if (at <= this.#filledAt) return
    this.#tokens = Math.min(this.#burst, this.#tokens + (at - this.#filledAt) * this.#perMs)
    this.#filledAt = at
  }
}
