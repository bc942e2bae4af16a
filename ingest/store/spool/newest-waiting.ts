import type { SensorId } from '../../../city/index.ts'
import type { Reading } from '../../reading.ts'

/** Of each sensor that has readings in the spool, the newest one; as many as there are sensors, and none when it is empty. */
export class NewestWaiting {
  readonly #newest = new Map<SensorId, Reading>()

  add(readings: readonly Reading[]): void {
    for (const reading of readings) {
      if (reading.quality === 'clock-skew') continue
      const known = this.#newest.get(reading.sensor)
      if (known === undefined || reading.observedAt >= known.observedAt) this.#newest.set(reading.sensor, reading)
    }
  }

  of(sensors: readonly SensorId[]): ReadonlyMap<SensorId, Reading> {
    const found = new Map<SensorId, Reading>()
    if (this.#newest.size === 0) return found
    for (const sensor of sensors) {
      const reading = this.#newest.get(sensor)
      if (reading !== undefined) found.set(sensor, reading)
    }
    return found
  }

  clear(): void {
    this.#newest.clear()
  }
}
