import type { Instant } from '../../city/index.ts'

// Short enough that a late reading costs some microseconds, long enough that snapshots take less room than readings.
export const segmentReadings = 64

const atOffset = 0
const valueOffset = segmentReadings
/** Two numbers of 32 bits each: whether the value is trusted. */
const trustedOffset = 2 * segmentReadings
const readingNumbers = trustedOffset + 2

/**
 * A stretch of a sensor's readings, in the order they were observed, and mostly the state of its rules before the first of
 * them (the snapshot). All in one run of numbers: a sensor has dozens of these, and each typed array more costs a hundred
 * bytes. Where the state is large, only some segments begin with one: see History.
 */
export class Segment {
  /** Its row's key in the database; never used twice for a sensor. The order is that of the readings. */
  readonly number: number
  readonly numbers: Float64Array
  /** Numbers of the snapshot, which come first; 0 where it has none. */
  readonly width: number
  count = 0
  /** Changed since the last checkpoint. */
  changed = true
  /** A reading of it may have changed an alarm: what a checkpoint gave back is not known. */
  mayHaveStirred = false

  /** The snapshot is still to be set. `numbers`: others that it may have for its own, as many as `lengthFor` says. */
  constructor(number: number, width = 0, numbers?: Float64Array) {
    this.number = number
    this.width = width
    this.numbers = numbers?.fill(0, width) ?? new Float64Array(Segment.lengthFor(width))
  }

  static lengthFor(width: number): number {
    return width + readingNumbers
  }

  static after(number: number, snapshot: Float64Array): Segment {
    const segment = new Segment(number, snapshot.length)
    segment.numbers.set(snapshot)
    return segment
  }

  static from(number: number, count: number, numbers: Float64Array): Segment {
    const segment = new Segment(number, numbers.length - readingNumbers)
    segment.numbers.set(numbers)
    segment.count = count
    segment.changed = false
    segment.mayHaveStirred = true
    return segment
  }

  get hasSnapshot(): boolean {
    return this.width > 0
  }

  /** A copy of the rules' state before the first reading. */
  snapshot(): Float64Array {
    return this.numbers.slice(0, this.width)
  }

  setSnapshot(state: Float64Array): void {
    if (!this.hasSnapshot) return
    this.numbers.set(state)
    this.changed = true
  }

  /** The same readings after another snapshot, which may be of another width. */
  withSnapshot(state: Float64Array): Segment {
    const segment = Segment.after(this.number, state)
    segment.numbers.set(this.numbers.subarray(this.width), state.length)
    segment.count = this.count
    segment.mayHaveStirred = true
    return segment
  }

  at(index: number): Instant {
    return this.numbers[this.width + atOffset + index] as number
  }

  value(index: number): number {
    return this.numbers[this.width + valueOffset + index] as number
  }

  trusted(index: number): boolean {
    return (((this.numbers[this.width + trustedOffset + (index >> 5)] as number) >>> (index & 31)) & 1) === 1
  }

  /** None of its readings is doubted. */
  isTrusted(): boolean {
    for (let index = 0; index < this.count; index++) if (!this.trusted(index)) return false
    return true
  }

  lastAt(): Instant {
    return this.count === 0 ? Number.NEGATIVE_INFINITY : this.at(this.count - 1)
  }

  isFull(): boolean {
    return this.count === segmentReadings
  }

  /** The place of the first reading that is not before this moment. */
  placeOf(at: Instant): number {
    let low = 0
    let high = this.count
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.at(middle) < at) low = middle + 1
      else high = middle
    }
    return low
  }

  put(index: number, at: Instant, value: number, trusted: boolean): void {
    const base = this.width
    this.numbers[base + atOffset + index] = at
    this.numbers[base + valueOffset + index] = value
    const word = base + trustedOffset + (index >> 5)
    const bit = 1 << (index & 31)
    const bits = this.numbers[word] as number
    this.numbers[word] = (trusted ? bits | bit : bits & ~bit) >>> 0
    this.changed = true
  }

  push(at: Instant, value: number, trusted: boolean): void {
    this.put(this.count, at, value, trusted)
    this.count++
  }

  insert(index: number, at: Instant, value: number, trusted: boolean): void {
    for (let place = this.count; place > index; place--)
      this.put(place, this.at(place - 1), this.value(place - 1), this.trusted(place - 1))
    this.put(index, at, value, trusted)
    this.count++
  }

  /** Moves the second half of its readings to a new segment, whose snapshot is yet to be judged. */
  split(number: number): Segment {
    const second = Segment.after(number, this.snapshot())
    second.mayHaveStirred = this.mayHaveStirred
    for (let index = segmentReadings / 2; index < this.count; index++)
      second.push(this.at(index), this.value(index), this.trusted(index))
    this.count = segmentReadings / 2
    this.changed = true
    return second
  }
}
