import type { Instant, SensorId } from '../../../city/index.ts'
import type { Reading } from '../../reading.ts'
import { qualityCodes, qualityOfCode } from './quality-codes.ts'

/** A span of time in which readings of quality `clock-skew` claim to be; both ends are such readings. */
export type Skew = { readonly from: Instant; readonly to: Instant }

const firstCapacity = 1_024

/**
 * Text id ↔ number, and the newest reading of each sensor that is at the time it claims. In columns: some 30 bytes a
 * sensor beside its name. Only what is committed is in here, but for new names and the frontier of the batch in hand.
 */
export class SensorBook {
  readonly #numbers = new Map<SensorId, number>()
  readonly #names: SensorId[] = []
  readonly #skews = new Map<number, Skew>()
  #observedAt = new Float64Array(firstCapacity).fill(Number.NEGATIVE_INFINITY)
  #receivedAt = new Float64Array(firstCapacity)
  #value = new Float64Array(firstCapacity)
  #quality = new Uint8Array(firstCapacity)
  #frontier = new Float64Array(firstCapacity).fill(Number.NEGATIVE_INFINITY)

  get size(): number {
    return this.#names.length
  }

  numberOf(sensor: SensorId): number | undefined {
    return this.#numbers.get(sensor)
  }

  /** A sensor that is not known yet gets the next number. */
  numberFor(sensor: SensorId): number {
    return this.#numbers.get(sensor) ?? this.add(sensor)
  }

  add(sensor: SensorId): number {
    const number = this.#names.length
    if (number >= this.#observedAt.length) this.#grow()
    this.#numbers.set(sensor, number)
    this.#names.push(sensor)
    return number
  }

  nameOf(number: number): SensorId {
    const name = this.#names[number]
    if (name === undefined) throw new Error(`sensor number ${number} has no name: the store is damaged`)
    return name
  }

  /** The names from this number on. */
  namesFrom(number: number): readonly SensorId[] {
    return this.#names.slice(number)
  }

  /** Forgets the names from this number on: they were not committed. */
  truncate(size: number): void {
    for (const name of this.#names.splice(size)) this.#numbers.delete(name)
  }

  /** Whether nothing that is committed can have this identity. */
  isAhead(sensor: number, observedAt: Instant): boolean {
    return observedAt > (this.#observedAt[sensor] ?? 0) && this.#outsideSkew(sensor, observedAt)
  }

  /** Whether nothing committed and nothing before it in this batch can have this identity; moves the batch's frontier. */
  advance(sensor: number, observedAt: Instant): boolean {
    if (observedAt <= (this.#frontier[sensor] ?? 0)) return false
    if (this.#skews.size > 0 && !this.#outsideSkew(sensor, observedAt)) return false
    this.#frontier[sensor] = observedAt
    return true
  }

  /** The batch was not committed. */
  retreat(sensor: number): void {
    this.#frontier[sensor] = this.#observedAt[sensor] ?? Number.NEGATIVE_INFINITY
  }

  /** A reading that is committed; one as new as the newest replaces it. */
  keep(sensor: number, reading: Reading): void {
    const code = qualityCodes[reading.quality]
    if (reading.quality === 'clock-skew') this.keepSkew(sensor, { from: reading.observedAt, to: reading.observedAt })
    else this.keepNewest(sensor, reading.observedAt, reading.receivedAt, reading.value, code)
  }

  keepNewest(sensor: number, observedAt: Instant, receivedAt: Instant, value: number, quality: number): void {
    if (observedAt < (this.#observedAt[sensor] ?? 0)) return
    this.#observedAt[sensor] = observedAt
    this.#receivedAt[sensor] = receivedAt
    this.#value[sensor] = value
    this.#quality[sensor] = quality
    if (observedAt > (this.#frontier[sensor] ?? 0)) this.#frontier[sensor] = observedAt
  }

  keepSkew(sensor: number, { from, to }: Skew): void {
    const known = this.#skews.get(sensor)
    this.#skews.set(sensor, { from: Math.min(from, known?.from ?? from), to: Math.max(to, known?.to ?? to) })
  }

  newest(sensor: SensorId): Reading | undefined {
    const number = this.#numbers.get(sensor)
    if (number === undefined) return undefined
    const observedAt = this.#observedAt[number] ?? Number.NEGATIVE_INFINITY
    if (observedAt === Number.NEGATIVE_INFINITY) return undefined
    const quality = qualityOfCode(this.#quality[number] ?? 0)
    return { sensor, observedAt, receivedAt: this.#receivedAt[number] ?? 0, value: this.#value[number] ?? 0, quality }
  }

  /** Readings before this moment are gone. */
  forgetBefore(observedBefore: Instant): void {
    for (let sensor = 0; sensor < this.#names.length; sensor++)
      if ((this.#observedAt[sensor] ?? 0) < observedBefore) this.#observedAt[sensor] = Number.NEGATIVE_INFINITY
    for (const [sensor, skew] of this.#skews) if (skew.to < observedBefore) this.#skews.delete(sensor)
  }

  #outsideSkew(sensor: number, observedAt: Instant): boolean {
    const skew = this.#skews.get(sensor)
    return skew === undefined || observedAt < skew.from || observedAt > skew.to
  }

  #grow(): void {
    const capacity = this.#observedAt.length * 2
    this.#observedAt = widened(this.#observedAt, capacity, Number.NEGATIVE_INFINITY)
    this.#frontier = widened(this.#frontier, capacity, Number.NEGATIVE_INFINITY)
    this.#receivedAt = widened(this.#receivedAt, capacity, 0)
    this.#value = widened(this.#value, capacity, 0)
    const quality = new Uint8Array(capacity)
    quality.set(this.#quality)
    this.#quality = quality
  }
}

function widened(column: Float64Array, capacity: number, filler: number): Float64Array<ArrayBuffer> {
  const wide = new Float64Array(capacity).fill(filler)
  wide.set(column)
  return wide
}
