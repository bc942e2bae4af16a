import type { Message } from './message.ts'
import { Columns, type Parcel } from './parcel.ts'
import type { WireFault } from './parsed.ts'
import { PlainReader } from './plain.ts'

/**
 * Fills parcels. A message in one of the plain native forms, about sensors that are known by number, becomes rows;
 * anything else (a foreign dialect, an unknown sensor, a mistake) goes along as it came and is read at the other end,
 * which then tells the numbers of the sensors it found in it.
 */
export class Packer {
  readonly #plain = new PlainReader()
  #columns = new Columns()
  #others: Message[] = []
  #otherPlaces: number[] = []
  /** By their places, those who want to know if their message is refused. */
  #onRefused = new Map<number, (fault: WireFault) => void>()
  #deviceNames: string[] = []
  #deviceNumbers = new Map<string, number>()

  /** Messages and readings in the parcel that is being filled. */
  get size(): number {
    return this.#columns.readings + this.#others.length
  }

  add(message: Message): void {
    const columns = this.#columns
    const before = columns.readings
    if (message.onRefused !== undefined) {
      this.#onRefused.set(columns.messages + this.#others.length, message.onRefused)
    }
    if (!this.#plain.read(message, columns)) {
      columns.readings = before
      this.#otherPlaces.push(columns.messages + this.#others.length)
      const { device, topic, payload, receivedAt } = message
      // Without the function, which cannot cross.
      this.#others.push({ device, topic, payload: Uint8Array.from(payload), receivedAt })
      return
    }
    columns.addMessage(this.#numberOf(message.device), message.receivedAt, columns.readings - before)
  }

  /** The number of a sensor `asset/quantity`, for the parcels from now on. */
  learn(sensor: string, number: number): void {
    this.#plain.learn(sensor, number)
  }

  /** What was added since the last one, and whom to tell of what in it is refused. */
  seal(): { readonly parcel: Parcel; readonly onRefused: ReadonlyMap<number, (fault: WireFault) => void> } {
    const { sensors, observedAt, values, qualities, readings, devices, receivedAt, counts, messages } = this.#columns
    const parcel = {
      sensors,
      observedAt,
      values,
      qualities,
      readings,
      devices,
      receivedAt,
      counts,
      messages,
      deviceNames: this.#deviceNames,
      others: this.#others,
      otherPlaces: this.#otherPlaces,
      asksForRefused: this.#onRefused.size > 0,
    }
    const onRefused = this.#onRefused
    this.#columns = new Columns()
    this.#others = []
    this.#otherPlaces = []
    this.#onRefused = onRefused.size > 0 ? new Map() : onRefused
    this.#deviceNames = []
    this.#deviceNumbers = new Map()
    return { parcel, onRefused }
  }

  #numberOf(device: string): number {
    const known = this.#deviceNumbers.get(device)
    if (known !== undefined) return known
    const number = this.#deviceNames.push(device) - 1
    this.#deviceNumbers.set(device, number)
    return number
  }
}
