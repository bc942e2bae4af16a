import type { DurationMs, Instant } from '../../city/index.ts'
import type { Rule } from '../rule.ts'
import { firing, inactive, recovering } from './slots.ts'

/**
 * A deadman: one silence rule on one sensor. Only time can tell, so only `tick` raises it; a reading ends it. It has no
 * pending state: each moment without a reading would be one.
 */
export type SilenceWatch = {
  readonly rule: Rule
  /** `Infinity` where the rule has no such level. */
  readonly warningMs: DurationMs
  readonly actionMs: DurationMs
  state: number
  level: number
  since: Instant
  /** The newest reading there was: what every restart and every arrival order agree on. `NaN` when inactive. */
  startedAt: Instant
  /** How long it had been silent when that was last looked at. */
  measuredMs: DurationMs
}

/** What a persisted silence is made from again. */
export type SilenceStanding = Pick<SilenceWatch, 'state' | 'level' | 'since' | 'startedAt' | 'measuredMs'>

export function silenceWatch(rule: Rule, expectedIntervalMs: DurationMs): SilenceWatch | undefined {
  if (rule.condition.kind !== 'silence') return undefined
  const { warning, action } = rule.condition.intervals
  return {
    rule,
    warningMs: (warning ?? Number.POSITIVE_INFINITY) * expectedIntervalMs,
    actionMs: (action ?? Number.POSITIVE_INFINITY) * expectedIntervalMs,
    state: inactive,
    level: 0,
    since: 0,
    startedAt: Number.NaN,
    measuredMs: Number.NaN,
  }
}

/** Looks at the clock. `silentSince`: when it was last heard, or we began to listen. Returns whether the alarm changed. */
export function tickSilence(watch: SilenceWatch, silentSince: Instant, newestAt: Instant, at: Instant): boolean {
  const silentMs = at - silentSince
  const level = silentMs > watch.actionMs ? 2 : silentMs > watch.warningMs ? 1 : 0
  if (level === 0) return false
  watch.measuredMs = silentMs
  if (watch.state === firing && level <= watch.level) return false
  if (watch.state === inactive) watch.startedAt = newestAt
  if (watch.state !== firing) watch.since = at
  watch.state = firing
  // Silence that comes back while it recovers is as bad as it was.
  watch.level = Math.max(level, watch.level)
  return true
}

/** A reading was heard. Returns whether the alarm changed. */
export function hearAgain(watch: SilenceWatch, at: Instant): boolean {
  if (watch.state === inactive) return false
  if (watch.state === firing && watch.rule.recoverMs > 0) {
    watch.state = recovering
    watch.since = Math.max(at, watch.since)
    return true
  }
  if (watch.state === recovering && at - watch.since < watch.rule.recoverMs) return false
  watch.state = inactive
  watch.level = 0
  watch.since = Math.max(at, watch.since)
  watch.startedAt = Number.NaN
  return true
}
