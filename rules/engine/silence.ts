import type { DurationMs, Instant } from '../../city/index.ts'
import type { Rule } from '../rule.ts'
import { firing, inactive, recovering } from './slots.ts'

/**
 * A deadman: one silence rule on one sensor. Only time can tell, so only `tick` raises it; a reading ends it. It has no
 * pending state: each moment without a reading would be one.
 */
export type SilenceWatch = {
  readonly rule: Rule
  /** `Infinity` where the rule has no such level. They follow the rhythm where that is learnt. */
  warningMs: DurationMs
  actionMs: DurationMs
  /** The interval that nineteen of twenty do not exceed, and from how many it was learnt; `NaN` where none is. */
  rhythmMs: DurationMs
  heard: number
  state: number
  level: number
  since: Instant
  /** The newest reading there was: what every restart and every arrival order agree on. `NaN` when inactive. */
  startedAt: Instant
  /** How long it had been silent when that was last looked at. */
  measuredMs: DurationMs
}

/** What a persisted silence is made from again. */
export type SilenceStanding = Pick<
  SilenceWatch,
  'state' | 'level' | 'since' | 'startedAt' | 'measuredMs' | 'rhythmMs' | 'heard'
>

const quantile = 0.95
// Ten long pauses in a row are believed, one is not: a link that was away for a day is one long interval.
const paceMin = 0.1
// Until then the sensor is given the expected interval, if that is longer.
const learntIntervals = 30

export function silenceWatch(rule: Rule, expectedIntervalMs: DurationMs): SilenceWatch | undefined {
  if (rule.condition.kind !== 'silence') return undefined
  const { warning, action } = rule.condition.intervals
  return {
    rule,
    warningMs: (warning ?? Number.POSITIVE_INFINITY) * expectedIntervalMs,
    actionMs: (action ?? Number.POSITIVE_INFINITY) * expectedIntervalMs,
    rhythmMs: rule.condition.isOwnRhythm ? expectedIntervalMs : Number.NaN,
    heard: 0,
    state: inactive,
    level: 0,
    since: 0,
    startedAt: Number.NaN,
    measuredMs: Number.NaN,
  }
}

/** A reading came so long after the one before it: what is long for this sensor follows its own rhythm. */
export function learnRhythm(watch: SilenceWatch, intervalMs: DurationMs): void {
  const { rhythmMs } = watch
  if (Number.isNaN(rhythmMs) || !(intervalMs > 0 && intervalMs < Number.POSITIVE_INFINITY)) return
  watch.heard++
  const pace = Math.max(paceMin, 1 / watch.heard)
  watch.rhythmMs = rhythmMs * (1 + pace * (intervalMs > rhythmMs ? quantile : quantile - 1))
  if (watch.heard >= learntIntervals) useRhythm(watch)
}

/** What was kept of a silence, in the watch of today. */
export function carryOver(old: SilenceStanding, watch: SilenceWatch): void {
  watch.state = old.state
  watch.level = old.level
  watch.since = old.since
  watch.startedAt = old.startedAt
  watch.measuredMs = old.measuredMs
  if (Number.isNaN(watch.rhythmMs) || Number.isNaN(old.rhythmMs)) return
  watch.rhythmMs = old.rhythmMs
  watch.heard = old.heard
  if (watch.heard >= learntIntervals) useRhythm(watch)
}

function useRhythm(watch: SilenceWatch): void {
  if (watch.rule.condition.kind !== 'silence') return
  const { warning, action } = watch.rule.condition.intervals
  watch.warningMs = (warning ?? Number.POSITIVE_INFINITY) * watch.rhythmMs
  watch.actionMs = (action ?? Number.POSITIVE_INFINITY) * watch.rhythmMs
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
