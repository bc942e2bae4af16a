import type { DurationMs, Instant } from '../city/index.ts'
import { type Alarm, isBeyondLimit } from '../rules/index.ts'
import type { Ticket } from './ticket.ts'

// Readings that come once an hour must get the chance to come.
const patienceMsMin: DurationMs = 2 * 3_600_000
/** So many watch times may pass without a sensor's word, or without a steady one, before a person is asked. */
const silentWatches = 2
const unsteadyWatches = 5

/** What the readings say of a repair. */
export type RepairVerdict =
  | { readonly kind: 'waiting'; readonly watchUntil: Instant }
  | { readonly kind: 'verified'; readonly from: Instant; readonly until: Instant; readonly newest: Instant }
  | { readonly kind: 'relapsed'; readonly alarm: Alarm; readonly because: 'still fires' | 'fires anew' }
  | {
      readonly kind: 'undecided'
      readonly because: 'silent' | 'unsteady' | 'hidden' | 'rule in error'
      readonly alarm?: Alarm
    }

/**
 * Judges a repair in event time. Healthy counts from the work, or from when the last alarm of the failure mode was over if
 * that was later; it must last for the watch time, and the cause's own sensor must have reported until then. An alarm
 * that still fires when the watch time has passed is a repair that did not help; so is one that was on its way back and
 * has been firing anew for as long as it takes to raise it, beyond its limit.
 */
export function judgeRepair(
  { cause, failureMode, workDoneAt, watchMs }: Ticket,
  alarmsOfAsset: readonly Alarm[],
  newestReadingAt: Instant | undefined,
  at: Instant,
): RepairVerdict {
  if (cause === undefined || workDoneAt === undefined || watchMs === undefined)
    return { kind: 'undecided', because: 'silent' }
  // A device's clock may run ahead; no reading is from the future.
  const newest = newestReadingAt === undefined ? undefined : Math.min(newestReadingAt, at)
  const heardAt = Math.max(newest ?? workDoneAt, workDoneAt)
  const alarms = alarmsOfAsset.filter(({ rule }) => rule.failureMode === failureMode)
  const active = alarms.filter(({ state, error }) => state !== 'inactive' || error !== undefined)
  const isWatched = heardAt >= workDoneAt + watchMs

  if (active.length === 0) {
    const from = Math.max(workDoneAt, ...alarms.map(({ since }) => since))
    const until = from + watchMs
    if (newest !== undefined && newest > workDoneAt && newest >= until) return { kind: 'verified', from, until, newest }
    if (at - heardAt >= Math.max(patienceMsMin, silentWatches * watchMs))
      return { kind: 'undecided', because: 'silent' }
    if (at - workDoneAt >= Math.max(patienceMsMin, unsteadyWatches * watchMs) && isWatched)
      return { kind: 'undecided', because: 'unsteady' }
    return { kind: 'waiting', watchUntil: until }
  }

  const anew = active.find(
    (alarm) =>
      alarm.state === 'firing' &&
      alarm.hiddenBy === undefined &&
      alarm.since > workDoneAt &&
      heardAt >= alarm.since + alarm.rule.forMs &&
      isBeyondLimit(alarm),
  )
  if (anew !== undefined) return { kind: 'relapsed', alarm: anew, because: 'fires anew' }
  if (isWatched) {
    const firing = active.find(
      ({ state, hiddenBy, rule }) =>
        state === 'firing' && hiddenBy === undefined && heardAt >= workDoneAt + Math.max(watchMs, rule.recoverMs),
    )
    if (firing !== undefined) return { kind: 'relapsed', alarm: firing, because: 'still fires' }
    const hidden = active.find(({ hiddenBy }) => hiddenBy !== undefined)
    if (hidden !== undefined) return { kind: 'undecided', because: 'hidden', alarm: hidden }
    const broken = active.find(({ error }) => error !== undefined)
    if (broken !== undefined) return { kind: 'undecided', because: 'rule in error', alarm: broken }
  }
  if (at - heardAt >= Math.max(patienceMsMin, silentWatches * watchMs)) return { kind: 'undecided', because: 'silent' }
  if (at - workDoneAt >= Math.max(patienceMsMin, unsteadyWatches * watchMs))
    return { kind: 'undecided', because: 'unsteady' }
  return { kind: 'waiting', watchUntil: Math.max(workDoneAt, ...active.map(({ since }) => since)) + watchMs }
}
