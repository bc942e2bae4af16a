import type { DurationMs, Instant } from '../../city/index.ts'
import type { Checkpoint, KeptSegment, KeptSensor } from '../alarm-book.ts'
import { allowedLatenessMs } from './history.ts'
import { segmentRow, sensorRow } from './keeping.ts'
import type { SensorWatch } from './sensor-watch.ts'

/** Sensors not heard for longer do not decide how far back a replay has to look. */
const replayReachMs: DurationMs = 7 * 86_400_000

/** Copies what changed since the last checkpoint, and counts it as kept. */
export function takeChanges(changed: Iterable<SensorWatch>): Pick<Checkpoint, 'sensors' | 'segments' | 'dropped'> {
  const sensors: KeptSensor[] = []
  const segments: KeptSegment[] = []
  const dropped: { sensor: string; numbers: number[] }[] = []
  for (const watch of changed) {
    const { id, history } = watch
    sensors.push(sensorRow(watch))
    for (const segment of history.changedSegments()) segments.push(segmentRow(watch, segment))
    if (history.dropped.length > 0) dropped.push({ sensor: id, numbers: history.dropped })
    watch.changed = false
    history.noteKept()
  }
  return { sensors, segments, dropped }
}

/** The checkpoint was not written: what it took counts as changed again. */
export function putBack(
  { sensors, segments, dropped }: Checkpoint,
  watchOf: (id: string) => SensorWatch | undefined,
): void {
  for (const { sensor } of sensors) {
    const watch = watchOf(sensor)
    if (watch !== undefined) watch.changed = true
  }
  for (const { sensor, number } of segments)
    for (const segment of watchOf(sensor)?.history.segments ?? []) if (segment.number === number) segment.changed = true
  for (const { sensor, numbers } of dropped) watchOf(sensor)?.history.dropped.push(...numbers)
}

type Heard = { readonly heardAt: Instant; readonly newestAt: Instant }

/** How far back in event time a replay has to look: no reading that could still be judged was observed before. */
export function reachOf(heard: Iterable<Heard>, receivedThrough: Instant): Instant {
  let from = receivedThrough - replayReachMs
  for (const { heardAt, newestAt } of heard)
    if (heardAt >= receivedThrough - replayReachMs) from = Math.min(from, newestAt - allowedLatenessMs)
  return from
}
