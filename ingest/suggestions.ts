import type { SensorId } from '../city/index.ts'

// Comparing one name with a large town's takes milliseconds. A device that makes up a new name with every message gets
// this many looked up per batch, and none after that.
const lookUpsPerBatchMax = 8
const rememberedMax = 1_000

/** `did you mean …`, within a budget: the same wrong name comes with every message of a misconfigured device. */
export class Suggestions {
  readonly #lookUp: (unknown: string) => SensorId | undefined
  readonly #remembered = new Map<string, SensorId | undefined>()
  #budget = lookUpsPerBatchMax

  constructor(lookUp: (unknown: string) => SensorId | undefined) {
    this.#lookUp = lookUp
  }

  for(unknown: string): SensorId | undefined {
    if (this.#remembered.has(unknown)) return this.#remembered.get(unknown)
    if (this.#budget === 0) return undefined
    this.#budget--
    const suggestion = this.#lookUp(unknown)
    // Emptied whole now and then, so that sensors added since are suggested too.
    if (this.#remembered.size >= rememberedMax) this.#remembered.clear()
    this.#remembered.set(unknown, suggestion)
    return suggestion
  }

  /** A new batch, a new budget. */
  renew(): void {
    this.#budget = lookUpsPerBatchMax
  }
}
