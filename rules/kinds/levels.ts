import type { DurationMs } from '../../city/index.ts'
import { longestGap } from '../engine/compiled-rule.ts'
import type { LifecycleLimits } from '../engine/lifecycle.ts'
import { type Amount, readValue } from '../file/amount.ts'
import { type Level, type Limits, levels, type Rule } from '../rule.ts'
import type { DrawnLimit, Say } from './kind.ts'
import type { WrittenLimits } from './shapes.ts'

/** Reads one amount per level and collects the faults of both. */
export function readLevels<T>(
  key: string,
  written: WrittenLimits | undefined,
  read: (written: number | string) => Amount<T>,
  say: Say,
): { readonly warning?: T; readonly action?: T } | undefined {
  const found: { warning?: T; action?: T } = {}
  let faulty = false
  for (const level of levels) {
    const text = written?.[level]
    if (text === undefined) continue
    const outcome = read(text)
    if (outcome.kind === 'read') found[level] = outcome.amount
    else {
      faulty = true
      say([key, level], outcome.message)
    }
  }
  if (!faulty && found.warning === undefined && found.action === undefined) {
    say([key], 'no limit: expected a warning limit, an action limit, or both')
    return undefined
  }
  return faulty ? undefined : found
}

/** Zero or more, in the unit of what is judged; zero where nothing is written. */
export function readHysteresis(written: number | string | undefined, unit: string, say: Say): number | undefined {
  const outcome = readValue(written ?? 0, unit)
  if (outcome.kind === 'read' && outcome.amount >= 0) return outcome.amount
  say(['hysteresis'], outcome.kind === 'fault' ? outcome.message : `${outcome.amount}: expected zero or more`)
  return undefined
}

/** The action limit lies beyond the warning limit. `sign`: 1 where more is worse, -1 where less is. */
export function checkOrder(key: string, limits: Limits, sign: 1 | -1, say: Say): void {
  const { warning, action } = limits
  if (warning === undefined || action === undefined || sign * action > sign * warning) return
  const beyond = sign > 0 ? 'higher' : 'lower'
  say([key, 'action'], `${action}: expected ${beyond} than the warning limit ${warning}`)
}

/** What is counted comes in whole numbers. */
export function checkWhole(key: string, limits: Limits, say: Say): void {
  for (const level of levels) {
    const limit = limits[level]
    if (limit !== undefined && !Number.isInteger(limit)) say([key, level], `${limit}: expected a whole number`)
  }
}

/** What the lifecycle needs of a rule whose limits are `limits`, turned by `sign` so that more is worse. */
export function lifecycleOf(
  rule: Rule,
  limits: Limits,
  sign: 1 | -1,
  hysteresis: number,
  expectedIntervalMs: DurationMs,
): LifecycleLimits {
  return {
    warning: limits.warning === undefined ? Number.POSITIVE_INFINITY : sign * limits.warning,
    action: limits.action === undefined ? Number.POSITIVE_INFINITY : sign * limits.action,
    hysteresis,
    forMs: rule.forMs,
    recoverMs: rule.recoverMs,
    forGapMs: longestGap(rule.forMs, expectedIntervalMs),
    recoverGapMs: longestGap(rule.recoverMs, expectedIntervalMs),
  }
}

export function drawnAt(limits: Limits, direction: DrawnLimit['direction']): readonly DrawnLimit[] {
  return levels.flatMap((level) => {
    const value = limits[level]
    return value === undefined ? [] : [{ level, value, direction }]
  })
}

/** Whether a measure has passed the first limit. */
export function isBeyond(direction: 'above' | 'below', limits: Limits, measured: number): boolean {
  const limit = limits[lowestOf(limits) ?? 'warning']
  return limit === undefined || (direction === 'above' ? measured > limit : measured < limit)
}

/** The first limit that is passed. */
export function lowestOf(limits: Limits): Level | undefined {
  return levels.find((level) => limits[level] !== undefined)
}
