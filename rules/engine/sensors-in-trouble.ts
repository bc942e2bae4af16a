import type { SensorId } from '../../city/index.ts'
import type { Hiding } from '../alarm.ts'
import { sensorFault } from '../rule.ts'
import type { AlarmRef } from './alarm-ref.ts'
import type { SensorWatch } from './sensor-watch.ts'
import { firing, slot } from './slots.ts'
import type { WatchList } from './watch-list.ts'

/*
 * A rule over one sensor that finds it in trouble keeps its readings out of the other rules, reading by reading. One over
 * several sensors (sisters, a second meter, physics) knows too late for that: what it judges follows from what they say. So the
 * trouble it finds explains the alarms that look at that sensor, as a parent's trouble explains its children's: they are
 * judged and listed with what hides them, and call somebody when the sensor is believed again and they still hold.
 */

/** What hides an alarm because a sensor that it looks at is not believed. */
export function explanationByOwnSensor({ rule, watch }: AlarmRef, list: WatchList): Hiding | undefined {
  if (rule.failureMode === sensorFault) return undefined
  const seen = sensorsOf(watch)
  for (const asset of new Set(seen.map(assetOf)))
    for (const other of list.jointsOfAsset(asset)) {
      if (!seen.includes(other.sensor.id)) continue
      const found = troubleOf(other)
      if (found === undefined) continue
      return { kind: 'suppressed', reason: `${other.sensor.quantity.title}: ${found.title}`, parent: asset }
    }
  return undefined
}

function sensorsOf({ plan, sensor }: SensorWatch): readonly SensorId[] {
  return plan.inputs.length > 0 ? plan.inputs : [sensor.id]
}

function assetOf(sensor: SensorId): string {
  return sensor.slice(0, sensor.lastIndexOf('/'))
}

/** The rule about its first sensor that fires, or has not recovered yet. */
function troubleOf({ plan, live, errors }: SensorWatch) {
  const fold = plan.folds.findIndex(
    (each, index) =>
      each.rule.failureMode === sensorFault &&
      !errors.has(index) &&
      (live[(plan.offsets[index] as number) + slot.state] as number) >= firing,
  )
  return plan.folds[fold]?.rule
}
