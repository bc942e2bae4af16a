import type { Instant, SensorId } from '../../city/index.ts'
import type { Refusal } from '../batch.ts'
import type { Reading } from '../reading.ts'

// The spool keeps all of them; more rows than this at once would only push out what others did wrong.
const sensorsMax = 100

type StoreRefusal = Refusal & { readonly suggestion: undefined }

/** One refusal a sensor, showing its last reading. Which device sent it is not known any more. */
export function refusalsByStore(readings: readonly Reading[], detail: string, at: Instant): readonly StoreRefusal[] {
  const bySensor = new Map<SensorId, Reading[]>()
  for (const reading of readings) {
    const known = bySensor.get(reading.sensor)
    if (known !== undefined) known.push(reading)
    else if (bySensor.size < sensorsMax) bySensor.set(reading.sensor, [reading])
  }
  return [...bySensor].map(([sensor, own]) => ({
    device: '',
    topic: `telemetry/${sensor}`,
    reason: 'store-refused',
    detail,
    unknownSensor: undefined,
    payload: Buffer.from(JSON.stringify(own.at(-1))),
    count: own.length,
    firstAt: at,
    lastAt: at,
    suggestion: undefined,
  }))
}
