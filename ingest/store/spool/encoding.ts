import type { SensorId } from '../../../city/index.ts'
import { qualities, type Reading } from '../../reading.ts'

/** A batch as it lies in the file: the sensors' names apart, so that a batch without a sensor is passed over unread. */
export type Encoded = {
  /** Each name between line feeds: `\npump-07/flow\npump-08/flow\n`. No sensor id holds a line feed. */
  readonly sensors: string
  readonly payload: Buffer
}

/** What it weighs against the bound. */
export function sizeOf({ sensors, payload }: Encoded): number {
  return Buffer.byteLength(sensors) + payload.length
}

// Three numbers of at most eight bytes in seven-bit groups (nine each at worst), a quality, a value.
const bytesPerReadingMax = 3 * 9 + 1 + 8

/**
 * Some 14 bytes a reading: which sensor, both times as differences from the reading before, quality, value. Times are
 * whole milliseconds.
 */
export function encode(readings: readonly Reading[]): Encoded {
  const numbers = new Map<SensorId, number>()
  const bytes = Buffer.allocUnsafe(readings.length * bytesPerReadingMax)
  let at = 0
  let observedBefore = 0
  let receivedBefore = 0
  for (const { sensor, observedAt, receivedAt, value, quality } of readings) {
    let number = numbers.get(sensor)
    if (number === undefined) {
      number = numbers.size
      numbers.set(sensor, number)
    }
    const [observed, received] = [Math.trunc(observedAt), Math.trunc(receivedAt)]
    at = putNumber(bytes, at, number)
    at = putNumber(bytes, at, zigzag(observed - observedBefore))
    at = putNumber(bytes, at, zigzag(received - receivedBefore))
    bytes[at] = qualities.indexOf(quality)
    at = bytes.writeDoubleLE(value, at + 1)
    observedBefore = observed
    receivedBefore = received
  }
  return { sensors: `\n${[...numbers.keys()].join('\n')}\n`, payload: Buffer.from(bytes.subarray(0, at)) }
}

/** All of them, or one sensor's only. */
export function decode({ sensors, payload }: Encoded, only?: SensorId): Reading[] {
  const names = sensors.slice(1, -1).split('\n') as SensorId[]
  const readings: Reading[] = []
  const place: Place = { bytes: payload, at: 0 }
  let observedAt = 0
  let receivedAt = 0
  while (place.at < payload.length) {
    const sensor = names[takeNumber(place)] as SensorId
    observedAt += unzigzag(takeNumber(place))
    receivedAt += unzigzag(takeNumber(place))
    const quality = qualities[payload[place.at] ?? 0] ?? 'good'
    const value = payload.readDoubleLE(place.at + 1)
    place.at += 9
    if (only === undefined || sensor === only) readings.push({ sensor, observedAt, receivedAt, value, quality })
  }
  return readings
}

type Place = { readonly bytes: Buffer; at: number }

// Small differences of either sign become small numbers. By multiplication: shifts end at 32 bits.
const zigzag = (difference: number) => (difference < 0 ? -difference * 2 - 1 : difference * 2)
const unzigzag = (number: number) => (number % 2 === 0 ? number / 2 : -(number + 1) / 2)

function putNumber(bytes: Buffer, from: number, number: number): number {
  let at = from
  let rest = number
  while (rest >= 128) {
    bytes[at++] = (rest % 128) + 128
    rest = Math.floor(rest / 128)
  }
  bytes[at++] = rest
  return at
}

function takeNumber(place: Place): number {
  let number = 0
  let weight = 1
  for (;;) {
    const byte = place.bytes[place.at++] ?? 0
    number += (byte & 127) * weight
    if (byte < 128) return number
    weight *= 128
  }
}
