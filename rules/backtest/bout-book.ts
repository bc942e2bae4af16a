import type { DurationMs, Instant, QuantityDefinition } from '../../city/index.ts'
import { firing, slot } from '../engine/slots.ts'
import { limitOf, reasonFor } from '../kinds/kinds.ts'
import type { Level, Rule } from '../rule.ts'
import type { Bout } from './bout.ts'

// A limit that is set into the noise fires at every swing; nobody reads more than these, and the rest is counted.
export const boutsListedMax = 500

export type BoutPlace = Pick<Bout, 'rule' | 'asset' | 'sensor'>

export type BoutBookOptions = {
  /** Bouts that were over by then are not written down: the judgement was only warming up. */
  readonly from: Instant
  /**
   * Where only the tickets count: bouts that come within the rule's watch time of each other are one, and none has words.
   * A limit in the noise then takes no more room than any other.
   */
  readonly isBrief: boolean
}

type Going = {
  readonly startedAt: Instant
  readonly firedAt: Instant
  readonly measured: number
  readonly limit: number | undefined
  readonly reason: string
  /** 1 where more is worse, -1 where less is. */
  readonly sign: 1 | -1
  level: Level
  worst: number
}

/** Follows one rule on one asset and writes down its bouts. */
export class BoutBook {
  readonly bouts: Bout[] = []
  /** Bouts beyond those that are listed. */
  unlisted = 0
  readonly #rule: Rule
  readonly #quantity: QuantityDefinition
  readonly #place: BoutPlace
  readonly #options: BoutBookOptions
  #going: Going | undefined

  constructor(rule: Rule, quantity: QuantityDefinition, place: BoutPlace, options: BoutBookOptions) {
    this.#rule = rule
    this.#quantity = quantity
    this.#place = place
    this.#options = options
  }

  /** The alarm changed; the numbers are those of its state. */
  changed(state: Float64Array, at: Instant): void {
    const now = state[slot.state] as number
    const level: Level = state[slot.level] === 2 ? 'action' : 'warning'
    const going = this.#going
    if (now < firing) {
      if (going !== undefined) this.#close(going, at)
    } else if (going === undefined) this.#open(state, level, at)
    else if (level === 'action') going.level = 'action'
  }

  /** The alarm goes on firing; `measured` may be worse than all before. */
  lasts(measured: number): void {
    const going = this.#going
    if (going !== undefined && measured * going.sign > going.worst * going.sign) going.worst = measured
  }

  get isGoing(): boolean {
    return this.#going !== undefined
  }

  /** What is still going on at the end is listed without an end. */
  end(): void {
    if (this.#going !== undefined) this.#close(this.#going, undefined)
    const { from, isBrief } = this.#options
    if (!isBrief) return
    const within = this.bouts.filter(({ endedAt }) => endedAt === undefined || endedAt > from)
    this.bouts.splice(0, this.bouts.length, ...within)
  }

  #open(state: Float64Array, level: Level, at: Instant): void {
    const measured = state[slot.measured] as number
    if (this.#options.isBrief && this.#joins(state[slot.startedAt] as number, level)) return
    const limit = limitOf(this.#rule, level, this.#quantity)
    const reason = this.#options.isBrief ? '' : this.#reasonFor(level, measured)
    const sign = limit !== undefined && measured < limit ? -1 : 1
    const startedAt = state[slot.startedAt] as number
    this.#going = { startedAt, firedAt: at, measured, limit, reason, sign, level, worst: measured }
  }

  /** Goes on with the last bout when this one comes soon after it: live, that would be the same ticket. */
  #joins(startedAt: Instant, level: Level): boolean {
    const last = this.bouts.at(-1)
    const withinMs: DurationMs = this.#rule.watchMs
    if (last?.endedAt === undefined || startedAt > last.endedAt + withinMs) return false
    this.bouts.pop()
    const { measured = Number.NaN, worst = Number.NaN, limit, reason } = last
    const sign = limit !== undefined && measured < limit ? -1 : 1
    this.#going = { ...last, measured, limit, reason, sign, worst, level: level === 'action' ? level : last.level }
    return true
  }

  #reasonFor(level: Level, measured: number): string {
    return reasonFor({
      rule: this.#rule,
      quantity: this.#quantity,
      state: 'firing',
      level,
      measured: Number.isNaN(measured) ? undefined : measured,
      before: this.#rule.forMs > 0 ? { state: 'pending', level } : { state: 'inactive', level: undefined },
      origin: 'reading',
    })
  }

  #close({ startedAt, firedAt, measured, limit, reason, level, worst }: Going, endedAt: Instant | undefined): void {
    this.#going = undefined
    if (endedAt !== undefined && endedAt <= this.#options.from && !this.#options.isBrief) return
    if (this.bouts.length >= boutsListedMax) {
      this.unlisted++
      return
    }
    this.bouts.push({
      ...this.#place,
      startedAt,
      firedAt,
      endedAt,
      level,
      measured: Number.isNaN(measured) ? undefined : measured,
      worst: Number.isNaN(worst) ? undefined : worst,
      limit,
      reason,
    })
  }
}

/** The same numbers for a judgement without readings of its own: a silence. */
export function standingOf(state: number, level: number, startedAt: Instant, measured: number): Float64Array {
  const numbers = new Float64Array(slot.measured + 1)
  numbers[slot.state] = state
  numbers[slot.level] = level
  numbers[slot.startedAt] = startedAt
  numbers[slot.measured] = measured
  return numbers
}
