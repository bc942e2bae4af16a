import type { Instant, Sensor } from '../city/index.ts'
import { qualityOf, refuseTime } from './quality.ts'
import { qualities, type Reading } from './reading.ts'
import type { Message, Parcel, WireFault } from './wire/index.ts'

export type ParcelReader = {
  sensor(number: number): Sensor | undefined
  /** The sensor has been taken out of the registry since its number was given. */
  onUnknown(number: number, message: Message): WireFault
  onUntimely(fault: WireFault, message: Message): void
  /** Nothing of the message became a reading. `row`: its place among those that were read already. */
  onNothing(row: number, fault: WireFault): void
  /** Once a message that carries times of the device's own. */
  onOwnTime(device: string, newestObservedAt: Instant, receivedAt: Instant): void
}

/** Makes readings of a parcel's rows, in their order, and adds them to `readings`. */
export function openParcel(parcel: Parcel, readings: Reading[], reader: ParcelReader): void {
  const { messages, devices, deviceNames, receivedAt: receivedAts, counts } = parcel
  let row = 0
  for (let at = 0; at < messages; at += 1) {
    const device = deviceNames[devices[at] as number] as string
    const receivedAt = receivedAts[at] as number
    const end = row + (counts[at] as number)
    let newest = Number.NEGATIVE_INFINITY
    let fault: WireFault | undefined
    const before = readings.length
    for (; row < end; row += 1) {
      const observedAt = parcel.observedAt[row] as number
      if (observedAt > newest) newest = observedAt
      fault = openRow(parcel, row, device, receivedAt, readings, reader) ?? fault
    }
    if (fault !== undefined && readings.length === before) reader.onNothing(at, fault)
    if (newest !== receivedAt) reader.onOwnTime(device, newest, receivedAt)
  }
}

function openRow(
  parcel: Parcel,
  row: number,
  device: string,
  receivedAt: Instant,
  readings: Reading[],
  reader: ParcelReader,
): WireFault | undefined {
  const number = parcel.sensors[row] as number
  const observedAt = parcel.observedAt[row] as number
  // -0, which some devices send, is 0.
  const value = (parcel.values[row] as number) + 0
  const sensor = reader.sensor(number)
  if (sensor === undefined) {
    return reader.onUnknown(number, messageOf(device, '', value, receivedAt))
  }
  const fault = refuseTime(observedAt, receivedAt)
  if (fault !== undefined) {
    reader.onUntimely(fault, messageOf(device, sensor.id, value, receivedAt))
    return fault
  }
  const declared = qualities[parcel.qualities[row] as number]
  readings.push({
    sensor: sensor.id,
    observedAt,
    receivedAt,
    value,
    quality: qualityOf(observedAt, value, declared, sensor, receivedAt),
  })
  return undefined
}

/** The place of a message that is a row, among all messages of its parcel in the order in which they came in. */
export function placeOfRow({ otherPlaces }: Parcel, row: number): number {
  let place = row
  for (const other of otherPlaces) {
    if (other > place) break
    place += 1
  }
  return place
}

/** What is left of a message once it was read: enough for quarantine to say who sent what. */
function messageOf(device: string, sensor: string, value: number, receivedAt: Instant): Message {
  return { device, topic: `telemetry/${sensor}`, payload: Buffer.from(String(value)), receivedAt }
}
