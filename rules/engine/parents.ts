import type { AssetId, FailureMode, Instant, RelationKind } from '../../city/index.ts'
import type { ParentSilence, ParentStanding, ParentTrouble, Trouble } from '../situation/explaining.ts'
import { type AlarmRef, refsOf } from './alarm-ref.ts'
import type { SensorWatch } from './sensor-watch.ts'
import { firing, inactive, pending, recovering } from './slots.ts'

/** How a parent stands, from the watches of its sensors. */
export function parentStanding(
  asset: AssetId,
  relation: RelationKind,
  watches: readonly SensorWatch[],
  modes: readonly FailureMode[],
): ParentStanding {
  return { asset, relation, silence: silenceOf(watches), troubles: troublesOf(watches, modes) }
}

/**
 * A parent is missed when all of its sensors are that were ever heard: one broken sensor of a gateway that goes on
 * reporting the others explains nothing.
 */
function silenceOf(watches: readonly SensorWatch[]): ParentSilence | undefined {
  const heard = watches.filter(({ heardAt }) => heardAt > Number.NEGATIVE_INFINITY)
  const watched = heard.filter(({ silences }) => silences.length > 0)
  const [first] = watched
  if (first === undefined) return undefined
  let lastWordAt = Number.NEGATIVE_INFINITY
  for (const { heardAt } of heard) lastWordAt = Math.max(lastWordAt, heardAt)
  let intervalMs = Number.POSITIVE_INFINITY
  let beganAt = Number.NEGATIVE_INFINITY
  let backAt = Number.NEGATIVE_INFINITY
  for (const { sensor, silences } of watched) {
    intervalMs = Math.min(intervalMs, sensor.quantity.expectedIntervalMs)
    for (const { state, startedAt, since, rule } of silences) {
      if (state >= firing) beganAt = Math.max(beganAt, startedAt)
      else if (since > 0) backAt = Math.max(backAt, since - rule.recoverMs)
    }
  }
  const missed = watched.every(({ silences }) => silences.some(({ state }) => state >= firing))
  // A sensor that no silence rule watches speaks for its asset all the same.
  const lastOfWatched = Math.max(...watched.map(({ heardAt }) => heardAt))
  const isSilent = missed && lastWordAt <= lastOfWatched + intervalMs
  return { state: isSilent ? 'missed' : 'heard', lastWordAt, beganAt, intervalMs, backAt }
}

function troublesOf(watches: readonly SensorWatch[], modes: readonly FailureMode[]): ParentTrouble[] {
  const explaining = modes.filter(({ explains }) => explains !== undefined)
  if (explaining.length === 0) return []
  const found: ParentTrouble[] = []
  for (const watch of watches) {
    for (const { rule, standing } of refsOf(watch)) {
      const explains = explaining.find(({ id }) => id === rule.failureMode)?.explains
      if (explains === undefined || (standing.state === inactive && !(standing.since > 0))) continue
      const { state, since, startedAt } = standing
      found.push({
        title: rule.title,
        explains,
        state: state === pending ? 'pending' : state >= firing ? 'active' : 'over',
        beganAt: Number.isNaN(startedAt) ? since : startedAt,
        intervalMs: watch.sensor.quantity.expectedIntervalMs,
        backAt: state === inactive ? since - rule.recoverMs : Number.NEGATIVE_INFINITY,
      })
    }
  }
  return found
}

/** An alarm as the trouble that a parent may explain. */
export function troubleOf({ rule, watch, standing }: AlarmRef, listeningSince: Instant): Trouble {
  const { quantity } = watch.sensor
  const silence = watch.silences.find((each) => each.rule === rule)
  return {
    isSilence: silence !== undefined,
    beganAt: Number.isNaN(standing.startedAt) ? standing.since : standing.startedAt,
    heldSince: Math.max(firedAtOf(standing), listeningSince),
    intervalMs: quantity.expectedIntervalMs,
    missedAfterMs: silence === undefined ? 0 : Math.min(silence.warningMs, silence.actionMs),
  }
}

function firedAtOf({ state, since, startedAt }: AlarmRef['standing']): Instant {
  // Since when it fires is known while it does; afterwards, that it began.
  return state === recovering ? startedAt : since
}
