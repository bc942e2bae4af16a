import type { Message } from './message.ts'
import type { WireFault } from './parsed.ts'

/**
 * Messages of one moment, packed for the way from the thread that talks to devices to the one that keeps readings: in
 * columns, which cross without being copied. What is not written plainly goes as it came.
 */
export type Parcel = {
  /** One row a reading. `sensors`: the numbers that `Packer.learn` was given. `qualities`: place in `qualities`, or `unsaid`. */
  readonly sensors: Uint32Array<ArrayBuffer>
  readonly observedAt: Float64Array<ArrayBuffer>
  readonly values: Float64Array<ArrayBuffer>
  readonly qualities: Uint8Array<ArrayBuffer>
  readonly readings: number
  /** One row a message: its device's place in `deviceNames`, when it came in, and how many of the readings are its own. */
  readonly devices: Uint32Array<ArrayBuffer>
  readonly receivedAt: Float64Array<ArrayBuffer>
  readonly counts: Uint32Array<ArrayBuffer>
  readonly messages: number
  readonly deviceNames: readonly string[]
  /** To be read by whoever opens the parcel. */
  readonly others: readonly Message[]
  /** Their places among all its messages, in the order in which these came in. */
  readonly otherPlaces: readonly number[]
  /** Whether the sender wants to know which messages were refused. */
  readonly asksForRefused: boolean
}

/** A message of which nothing became a reading, by its place among all messages of its parcel. */
export type RefusedMessage = { readonly place: number; readonly fault: WireFault }

/** What a parcel's sender needs to know: it is kept, and these sensors may go by their numbers from now on. */
export type ParcelKept = {
  readonly learnt: readonly { readonly sensor: string; readonly number: number }[]
  /** Empty unless it was asked for. */
  readonly refused: readonly RefusedMessage[]
}

/** As `MessageReceiver`, for all the messages of a parcel together. */
export type ParcelReceiver = (parcel: Parcel) => Promise<ParcelKept>

/** The device did not say how good its reading is. */
export const unsaid = 255

/** The columns while they are being filled. They grow by doubling; whoever fills them says when it is enough. */
export class Columns {
  sensors = new Uint32Array(rowsFirst)
  observedAt = new Float64Array(rowsFirst)
  values = new Float64Array(rowsFirst)
  qualities = new Uint8Array(rowsFirst)
  readings = 0
  devices = new Uint32Array(rowsFirst)
  receivedAt = new Float64Array(rowsFirst)
  counts = new Uint32Array(rowsFirst)
  messages = 0

  addReading(sensor: number, observedAt: number, value: number, quality: number): void {
    const row = this.readings
    if (row === this.sensors.length) this.#growReadings()
    this.sensors[row] = sensor
    this.observedAt[row] = observedAt
    this.values[row] = value
    this.qualities[row] = quality
    this.readings = row + 1
  }

  addMessage(device: number, receivedAt: number, count: number): void {
    const row = this.messages
    if (row === this.devices.length) this.#growMessages()
    this.devices[row] = device
    this.receivedAt[row] = receivedAt
    this.counts[row] = count
    this.messages = row + 1
  }

  #growReadings(): void {
    const rows = this.sensors.length * 2
    this.sensors = widen(this.sensors, new Uint32Array(rows))
    this.observedAt = widen(this.observedAt, new Float64Array(rows))
    this.values = widen(this.values, new Float64Array(rows))
    this.qualities = widen(this.qualities, new Uint8Array(rows))
  }

  #growMessages(): void {
    const rows = this.devices.length * 2
    this.devices = widen(this.devices, new Uint32Array(rows))
    this.receivedAt = widen(this.receivedAt, new Float64Array(rows))
    this.counts = widen(this.counts, new Uint32Array(rows))
  }
}

const rowsFirst = 1_024

function widen<Column extends { set(from: Column): void }>(narrow: Column, wide: Column): Column {
  wide.set(narrow)
  return wide
}

/** What of a parcel changes hands instead of being copied. */
export function buffersOf(parcel: Parcel): ArrayBuffer[] {
  const { sensors, observedAt, values, qualities, devices, receivedAt, counts } = parcel
  return [sensors, observedAt, values, qualities, devices, receivedAt, counts].map(({ buffer }) => buffer)
}
