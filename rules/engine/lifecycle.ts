import type { DurationMs, Instant } from '../../city/index.ts'
import { firing, inactive, pending, recovering, slot } from './slots.ts'

/** What the lifecycle needs to know of a rule. The value and its limits are turned so that more is worse. */
export type LifecycleLimits = {
  /** `Infinity` where the rule has no such level. */
  readonly warning: number
  readonly action: number
  readonly hysteresis: number
  readonly forMs: DurationMs
  readonly recoverMs: DurationMs
  /** A hole between two readings that is longer than this breaks what had to hold. */
  readonly forGapMs: DurationMs
  readonly recoverGapMs: DurationMs
}

/**
 * Takes one judged value, newer than all before it, and moves the alarm on:
 *
 * - beyond a limit: pending, and after `forMs` firing at that level. The limit itself counts, not the hysteresis, so that
 *   "above 7.1 for 10 min" is true when it is said.
 * - firing, and back inside by the hysteresis: recovering, and after `recoverMs` inactive. A level that recovers alone
 *   (action, while the warning still holds) lowers the alarm to the other.
 * - a `for` needs a reading at both ends and none of its readings further apart than `forGapMs`: what nobody saw does not
 *   count as held. A hole ends neither an alarm nor a recovery; it only makes their time begin anew.
 *
 * Returns whether the alarm changed its state, its fired level or its bout. Constant time; nothing is allocated.
 */
export function advance(
  limits: LifecycleLimits,
  state: Float64Array,
  offset: number,
  at: Instant,
  value: number,
  /** Since when the trouble has been there, where the condition knows better than the first reading beyond the limit. */
  beganAt: Instant,
): boolean {
  const gap = at - (state[offset + slot.lastAt] as number)
  state[offset + slot.lastAt] = at
  // Nothing was wrong and nothing is: most readings end here. Since when it is back inside counts only after it fired.
  if (state[offset + slot.state] === inactive && value <= limits.warning && value <= limits.action) return false
  return stir(limits, state, offset, at, value, beganAt, gap)
}

/** The worst value that changes nothing as things stand: `-Infinity` when something is wrong already. */
export function calmThrough({ warning, action }: LifecycleLimits, state: Float64Array, offset: number): number {
  return state[offset + slot.state] === inactive ? Math.min(warning, action) : Number.NEGATIVE_INFINITY
}

/** Notes that the rows from `from` to before `row` were seen and changed nothing. Returns `row`. */
export function skimmed(state: Float64Array, offset: number, ats: Float64Array, from: number, row: number): number {
  if (row > from) state[offset + slot.lastAt] = ats[row - 1] as number
  return row
}

/** What is left of `advance` where something is or was wrong: apart, so that the rest is small enough to be inlined. */
function stir(
  limits: LifecycleLimits,
  state: Float64Array,
  offset: number,
  at: Instant,
  value: number,
  beganAt: Instant,
  gap: DurationMs,
): boolean {
  const broken = (gap > limits.forGapMs ? forBroken : 0) | (gap > limits.recoverGapMs ? recoverBroken : 0)
  follow(limits, limits.warning, 1, broken, state, offset, at, value, beganAt)
  follow(limits, limits.action, 2, broken, state, offset, at, value, beganAt)
  // A rule with an action limit only begins and recovers by that one.
  return settle(state, offset, at, limits.warning === Number.POSITIVE_INFINITY ? 1 : 0)
}

const forBroken = 1
const recoverBroken = 2

/** One level (its bit): since when the value is beyond or back, and what follows for having fired. */
function follow(
  limits: LifecycleLimits,
  limit: number,
  bit: 1 | 2,
  broken: number,
  state: Float64Array,
  offset: number,
  at: Instant,
  value: number,
  beganAt: Instant,
): void {
  const over = offset + slot.overWarning + bit - 1
  const back = offset + slot.backWarning + bit - 1
  const fired = state[offset + slot.fired] as number
  if (value > limit) {
    if ((broken & forBroken) !== 0 || Number.isNaN(state[over])) state[over] = beganAt
    state[back] = Number.NaN
    if (at - (state[over] as number) >= limits.forMs) state[offset + slot.fired] = fired | bit
    return
  }
  state[over] = Number.NaN
  if (value > limit - limits.hysteresis) {
    state[back] = Number.NaN
    return
  }
  if ((broken & recoverBroken) !== 0 || Number.isNaN(state[back])) state[back] = at
  if (at - (state[back] as number) >= limits.recoverMs) state[offset + slot.fired] = fired & ~bit
}

/** The alarm's state, from what its levels are. Returns whether it changed. */
function settle(state: Float64Array, offset: number, at: Instant, lowest: 0 | 1): boolean {
  const fired = state[offset + slot.fired] as number
  const before = state[offset + slot.state] as number
  const levelBefore = state[offset + slot.level] as number
  const startedBefore = state[offset + slot.startedAt] as number
  const over = state[offset + slot.overWarning + lowest] as number

  let now: number = inactive
  let level = 0
  if (fired !== 0) {
    now = Number.isNaN(state[offset + slot.backWarning + lowest]) ? firing : recovering
    level = fired >= 2 ? 2 : 1
    if (before < firing) state[offset + slot.startedAt] = over
  } else if (!Number.isNaN(over)) {
    now = pending
    level = Number.isNaN(state[offset + slot.overAction]) ? 1 : 2
    state[offset + slot.startedAt] = over
  } else {
    state[offset + slot.startedAt] = Number.NaN
  }
  state[offset + slot.state] = now
  state[offset + slot.level] = level
  const moved = now !== before || (now === pending && state[offset + slot.startedAt] !== startedBefore)
  if (moved) state[offset + slot.since] = at
  return moved || (now >= firing && level !== levelBefore)
}
