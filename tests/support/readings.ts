import { type SensorId, sensorId } from '../../city/index.ts'
import type { Reading } from '../../ingest/index.ts'

/** A round moment in the past; tests count from it. */
export const noon = Date.UTC(2026, 4, 4, 12)

let made = 0

/** A sensor that no other test of this run has. */
export function newSensor(): SensorId {
  made++
  return sensorId(`pump-${String(made).padStart(4, '0')}`, 'vibration')
}

/** A good reading, received 200 ms after it was observed unless said otherwise. */
export function readingOf(sensor: SensorId, observedAt: number, value: number, more: Partial<Reading> = {}): Reading {
  return { sensor, observedAt, receivedAt: observedAt + 200, value, quality: 'good', ...more }
}
