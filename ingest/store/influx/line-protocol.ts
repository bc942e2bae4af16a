import type { SensorId } from '../../../city/index.ts'
import type { Reading } from '../../reading.ts'

/*
 * One measurement; the tags name the sensor, so each sensor is a series of its own; the timestamp is `observedAt` in ms.
 * Measurement, tags and timestamp are a point's identity in InfluxDB, as `(sensor, observedAt)` is a reading's: written
 * again, it replaces. No name is both tag and field, which InfluxDB 3 would refuse.
 */
export const measurement = 'reading'

/** `reading,asset=pump-07,quantity=flow value=41.5,receivedAt=1777888800123i,quality="good" 1777888800000` */
export function toLine(reading: Reading): string {
  const { sensor, value, receivedAt, quality, observedAt } = reading
  return `${seriesKey(sensor)} value=${value},receivedAt=${Math.trunc(receivedAt)}i,quality="${quality}" ${Math.trunc(observedAt)}`
}

export function toLines(readings: readonly Reading[]): string {
  return readings.map(toLine).join('\n')
}

/** What the tags say, as two names; a sensor's id has exactly one slash. */
export function namesOf(sensor: SensorId): { readonly asset: string; readonly quantity: string } {
  const slash = sensor.indexOf('/')
  return { asset: sensor.slice(0, slash), quantity: sensor.slice(slash + 1) }
}

function seriesKey(sensor: SensorId): string {
  const { asset, quantity } = namesOf(sensor)
  return `${measurement},asset=${escapeTag(asset)},quantity=${escapeTag(quantity)}`
}

/** In a tag, commas, spaces and equals signs are escaped; a line feed would begin a new point. */
export function escapeTag(text: string): string {
  return /[\\,= \n\r]/.test(text) ? text.replace(/[\n\r]/g, ' ').replace(/[\\,= ]/g, '\\$&') : text
}
