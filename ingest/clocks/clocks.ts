import type { Instant } from '../../city/index.ts'
import { clockSkewMs } from '../quality.ts'
import { reasonOf } from './wording.ts'

/** What is known of a device's clock. */
export type ClockView = {
  /** How far it is ahead of ours, in ms; negative when behind. Behind, it is the least that explains what was heard. */
  readonly skewMs: number
  /** Whether a person should look at it. */
  readonly flagged: boolean
  /** Moments that this rests on, at most one a minute. */
  readonly samples: number
  /** What to think of it, as a sentence. */
  readonly reason: string
}

// Delays make a reading older than it is, never younger: of what is heard in a minute, the youngest says most of the clock.
const slotMs = 60_000
const slots = 8
// A clock that is behind looks like a device that sends late; so it takes this many minutes in a row to be called behind …
const behindSlotsMin = 5
// … and the lag must stay the same, give or take. That of a logger which catches up shrinks faster than time passes.
const lagSpreadMsMax = 2 * 60_000
// 250 bytes each: 25 MB. Beyond it, the one not heard of longest is forgotten; it is known anew when it speaks.
const devicesMax = 100_000

type Clock = {
  /** Ring of the least `receivedAt - observedAt` of each minute. */
  readonly lags: Float64Array
  filled: number
  at: number
  slotFrom: Instant
}

/** Measures how far each device's clock is off, from the times its own readings carry. Costs a look-up a message. */
export class Clocks {
  readonly #clocks = new Map<string, Clock>()
  readonly #devicesMax: number

  constructor(options: { readonly devicesMax?: number } = {}) {
    this.#devicesMax = options.devicesMax ?? devicesMax
  }

  /** Once a message that carries the device's own time; `observedAt` is the newest in it. */
  heard(device: string, observedAt: Instant, receivedAt: Instant): void {
    const lag = receivedAt - observedAt
    const clock = this.#clocks.get(device)
    if (clock === undefined) {
      if (this.#clocks.size >= this.#devicesMax) this.#forgetOldest()
      const lags = new Float64Array(slots)
      lags[0] = lag
      this.#clocks.set(device, { lags, filled: 1, at: 0, slotFrom: receivedAt })
      return
    }
    // Our own clock may be set back as well.
    if (Math.abs(receivedAt - clock.slotFrom) < slotMs) {
      if (lag < (clock.lags[clock.at] ?? 0)) clock.lags[clock.at] = lag
      return
    }
    clock.at = (clock.at + 1) % slots
    clock.lags[clock.at] = lag
    clock.filled = Math.min(slots, clock.filled + 1)
    clock.slotFrom = receivedAt
    // Moved to the end of those that could be forgotten.
    this.#clocks.delete(device)
    this.#clocks.set(device, clock)
  }

  of(device: string): ClockView | undefined {
    const clock = this.#clocks.get(device)
    if (clock === undefined) return undefined
    const lags = clock.lags.slice(0, clock.filled).sort()
    const samples = lags.length
    const [least, most] = [lags[0] ?? 0, lags.at(-1) ?? 0]
    const median = lags[Math.floor((samples - 1) / 2)] ?? 0
    // One reading from the future among good ones is a mistake of that reading, not of the clock.
    const skewMs = median < 0 ? -median : -(lags.find((lag) => lag >= 0) ?? 0)
    const ahead = skewMs > clockSkewMs
    const behind = samples >= behindSlotsMin && least > clockSkewMs && most - least <= lagSpreadMsMax
    const kind = ahead ? 'ahead' : behind ? 'behind' : 'right'
    // A lag that was not found to be a clock's is no skew.
    const shown = kind === 'right' && skewMs < -clockSkewMs ? 0 : skewMs
    return { skewMs: shown + 0, flagged: kind !== 'right', samples, reason: reasonOf(kind, skewMs) }
  }

  /** How many devices are flagged; looks at all of them. */
  flaggedCount(): number {
    let count = 0
    for (const device of this.#clocks.keys()) if (this.of(device)?.flagged === true) count++
    return count
  }

  #forgetOldest(): void {
    const [oldest] = this.#clocks.keys()
    if (oldest !== undefined) this.#clocks.delete(oldest)
  }
}
