import type { DurationMs, Instant } from '../../city/index.ts'
import type { Checkpoint } from '../alarm-book.ts'
import { allowedLatenessMs } from './history.ts'
import { segmentRow, sensorRow } from './keeping.ts'
import type { SensorWatch } from './sensor-watch.ts'

/** Sensors not heard for longer do not decide how far back a replay has to look. */
const replayReachMs: DurationMs = 7 * 86_400_000

/** Copies what changed since the last checkpoint, and counts it as kept. */
export function takeChanges(watches: Iterable<SensorWatch>): Pick<Checkpoint, 'sensors' | 'segments' | 'dropped'> {
  const changed = [...watches].filter((watch) => watch.changed)
  const taken = {
    sensors: changed.map(sensorRow),
    segments: changed.flatMap((watch) =>
      watch.history.segments.filter((segment) => segment.changed).map((segment) => segmentRow(watch, segment)),
    ),
    dropped: changed.flatMap((watch) =>
      watch.history.dropped.length === 0 ? [] : [{ sensor: watch.id, numbers: watch.history.dropped }],
    ),
  }
  for (const watch of changed) {
    watch.changed = false
    watch.history.dropped = []
    for (const segment of watch.history.segments) segment.changed = false
  }
  return taken
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

/** How far back in event time a replay has to look: no reading that could still be judged was observed before. */
export function reachOf(watches: Iterable<SensorWatch>, receivedThrough: Instant): Instant {
  let from = receivedThrough - replayReachMs
  for (const { heardAt, newestAt } of watches)
    if (heardAt >= receivedThrough - replayReachMs) from = Math.min(from, newestAt - allowedLatenessMs)
  return from
}
