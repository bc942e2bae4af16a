import { type Instant, type SensorId, sensorId } from '../../../city/index.ts'
import { type Quality, qualities, type Reading } from '../../reading.ts'
import { StoreUnavailable } from '../reading-store.ts'

/** A row of `receivedStatement`: time, value, receivedAt, quality, asset, quantity. */
export type ReceivedRow = readonly [Instant, number, Instant, string, string, string]

// 33 bytes each, so 330 MB at worst: a hundred seconds at full load, months of a small town. A longer absence is made up
// for by asking from a later `observedFrom`.
const heldMax = 10_000_000
const firstCapacity = 4_096

/** InfluxDB orders by `observedAt` only. Readings are collected in columns and put into order of receipt here. */
export class ReceivedReadings {
  readonly #sensors: SensorId[] = []
  readonly #numbers = new Map<string, number>()
  #count = 0
  #sensor = new Uint32Array(firstCapacity)
  #quality = new Uint8Array(firstCapacity)
  #observedAt = new Float64Array(firstCapacity)
  #receivedAt = new Float64Array(firstCapacity)
  #value = new Float64Array(firstCapacity)

  add([observedAt, value, receivedAt, quality, asset, quantity]: ReceivedRow): void {
    if (this.#count >= heldMax)
      throw new StoreUnavailable(`more than ${heldMax} readings were received since then: ask for a shorter time`)
    if (this.#count >= this.#value.length) this.#grow()
    const at = this.#count++
    this.#sensor[at] = this.#numberOf(asset, quantity)
    this.#quality[at] = Math.max(0, qualities.indexOf(quality as Quality))
    this.#observedAt[at] = observedAt
    this.#receivedAt[at] = receivedAt
    this.#value[at] = value
  }

  *inOrderOfReceipt(batchSize: number): Generator<readonly Reading[]> {
    const order = new Uint32Array(this.#count).map((_, at) => at)
    // Rows came in order of `observedAt`, and the sort keeps it among those received in one millisecond.
    order.sort((a, b) => (this.#receivedAt[a] ?? 0) - (this.#receivedAt[b] ?? 0) || a - b)
    for (let start = 0; start < order.length; start += batchSize)
      yield Array.from(order.subarray(start, start + batchSize), (at) => this.#reading(at))
  }

  #reading(at: number): Reading {
    return {
      sensor: this.#sensors[this.#sensor[at] ?? 0] as SensorId,
      observedAt: this.#observedAt[at] ?? 0,
      receivedAt: this.#receivedAt[at] ?? 0,
      value: this.#value[at] ?? 0,
      quality: qualities[this.#quality[at] ?? 0] ?? 'good',
    }
  }

  #numberOf(asset: string, quantity: string): number {
    const id = sensorId(asset, quantity)
    const known = this.#numbers.get(id)
    if (known !== undefined) return known
    this.#numbers.set(id, this.#sensors.length)
    return this.#sensors.push(id) - 1
  }

  #grow(): void {
    const capacity = this.#value.length * 2
    const wide = <T extends Float64Array | Uint32Array | Uint8Array>(column: T, wider: T): T => {
      wider.set(column)
      return wider
    }
    this.#sensor = wide(this.#sensor, new Uint32Array(capacity))
    this.#quality = wide(this.#quality, new Uint8Array(capacity))
    this.#observedAt = wide(this.#observedAt, new Float64Array(capacity))
    this.#receivedAt = wide(this.#receivedAt, new Float64Array(capacity))
    this.#value = wide(this.#value, new Float64Array(capacity))
  }
}
