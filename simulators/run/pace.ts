import type { Instant } from '../../city/index.ts'

/**
 * The clock of the simulated town. Without a speed its past is there at once, as fast as it is taken; with one, its time
 * runs so many times faster from `from` until it has caught up with the clock on the wall.
 */
export class Pace {
  readonly #from: Instant
  readonly #begunAt: Instant
  readonly #speed: number | undefined
  readonly #now: () => Instant

  constructor(options: { readonly from: Instant; readonly speed: number | undefined; readonly now: () => Instant }) {
    this.#from = options.from
    this.#speed = options.speed
    this.#now = options.now
    this.#begunAt = options.now()
  }

  /** How far the town may have come by now. */
  horizon(): Instant {
    const now = this.#now()
    if (this.#speed === undefined) return now
    return Math.min(now, this.#from + (now - this.#begunAt) * this.#speed)
  }

  /** When it will have caught up; filling in a past at once takes some seconds. */
  caughtUpAt(fillingMs: number): Instant {
    if (this.#speed === undefined || this.#speed <= 1) return this.#begunAt + fillingMs
    return this.#begunAt + (this.#begunAt - this.#from) / (this.#speed - 1)
  }

  /** A town whose time runs at a set speed is reported in full; a past filled in at once is coarser. */
  get inFull(): boolean {
    return this.#speed !== undefined
  }
}
