import type { Instant, Sensor } from '../city/index.ts'
import type { SensorLookup } from './ingest.ts'
import { qualityOf, refuseTime } from './quality.ts'
import type { Reading } from './reading.ts'
import type { WireFault, WireReading } from './wire/index.ts'

/** From the name that a device uses to the sensor that is meant, in the sensor's unit. */
export class Resolution {
  readonly #registry: SensorLookup

  constructor(registry: SensorLookup) {
    this.#registry = registry
  }

  resolve(item: WireReading, receivedAt: Instant): Reading | WireFault {
    const sensor = this.#registry.sensor(item.sensor)
    if (sensor !== undefined) return readingOf(sensor, item, receivedAt)
    const source = this.#registry.source(item.sensor)
    if (source === undefined) return this.unknown(item.sensor)
    const value = item.value * source.scale + source.offset
    return readingOf(source.sensor, { ...item, value }, receivedAt)
  }

  unknown(name: string): WireFault {
    return { reason: 'unknown-sensor', detail: this.#whyUnknown(name) }
  }

  #whyUnknown(name: string): string {
    if (name.includes(':')) return `${name} is not mapped to a sensor yet: adopt it under Discovered`
    const slash = name.indexOf('/')
    const asset = slash < 0 ? name : name.slice(0, slash)
    return this.#registry.asset(asset) === undefined
      ? `sensor ${name} is unknown: there is no asset ${asset}`
      : `sensor ${name} is unknown: asset ${asset} does not measure ${name.slice(slash + 1)}`
  }
}

/** A reading of a sensor that is known, or why its time cannot be true. */
export function readingOf(sensor: Sensor, item: WireReading, receivedAt: Instant): Reading | WireFault {
  const { observedAt } = item
  const fault = refuseTime(observedAt, receivedAt)
  if (fault !== undefined) return fault
  // -0, which some devices send, is 0.
  const value = item.value + 0
  return {
    sensor: sensor.id,
    observedAt,
    receivedAt,
    value,
    quality: qualityOf(observedAt, value, item.quality, sensor, receivedAt),
  }
}
