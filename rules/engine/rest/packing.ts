/*
 * Numbers in as few bytes as they need, and exactly the same numbers back. What a rule remembers of a calm sensor is mostly
 * what it was a while ago, nothing (`NaN`), zero, the moment and value of the newest reading again, or rounded to single
 * precision; eight bytes are for the rest.
 */

/** How a number is written. One byte holds this in its upper half, and how many in a row (1 to 16) in its lower half. */
const as = {
  /** The number at its place in the base. */
  base: 0,
  none: 1,
  zero: 2,
  /** One of the last two that were written out. */
  older: 3,
  newer: 4,
  /** A whole number from -128 to 127. */
  small: 5,
  /** Whole milliseconds (32 bits of them) from the reference moment. */
  moment: 6,
  /** Single precision with eight bits to spare: three bytes. */
  coarse: 7,
  single: 8,
  double: 9,
} as const

const runMax = 16

// One number in all its forms; which bytes are the upper ones follows from writing words, not bytes.
const singles = new Float32Array(1)
const singleWord = new Uint32Array(singles.buffer)

let none = new Float64Array(256).fill(Number.NaN)

/** So many numbers that are none: what those are held against that nothing is known of. */
export function noNumbers(count: number): Float64Array {
  if (count > none.length) none = new Float64Array(2 * count).fill(Number.NaN)
  return none
}

/** Bytes being written; used again for the next. */
export class Packer {
  length = 0
  #bytes = new Uint8Array(65_536)
  #view = new DataView(this.#bytes.buffer)

  begin(): void {
    this.length = 0
  }

  /** What was written since `from`; valid until the next `begin`. */
  written(from = 0): Uint8Array {
    return this.#bytes.subarray(from, this.length)
  }

  byte(value: number): void {
    this.#makeRoom(1)
    this.#bytes[this.length++] = value
  }

  /** A whole number from 0 to 2^53, seven bits a byte. */
  whole(value: number): void {
    this.#makeRoom(8)
    let rest = value
    while (rest >= 128) {
      this.#bytes[this.length++] = (rest % 128) | 128
      rest = Math.floor(rest / 128)
    }
    this.#bytes[this.length++] = rest
  }

  /** A whole number within ±2^52; the smaller, the shorter. */
  signed(value: number): void {
    this.whole(value < 0 ? -2 * value - 1 : 2 * value)
  }

  double(value: number): void {
    this.#makeRoom(8)
    this.#view.setFloat64(this.length, value)
    this.length += 8
  }

  bytes(bytes: Uint8Array): void {
    this.whole(bytes.length)
    this.#makeRoom(bytes.length)
    this.#bytes.set(bytes, this.length)
    this.length += bytes.length
  }

  /** The first `count` of some numbers, held against those of `base`. Moments are mostly near the `reference`. */
  numbers(numbers: Float64Array, count: number, base: Float64Array, reference: number): void {
    // At the worst each number is written out and has a byte for itself.
    this.#makeRoom(9 * count)
    const bytes = this.#bytes
    let older = reference
    let newer = Number.NaN
    let run = -1
    let runAs = -1
    let index = 0
    while (index < count) {
      // Most are as in the base: a loop of its own, because a state of hundreds of numbers goes through here at each reading.
      const from = index
      while (index < count && isSame(numbers[index] as number, base[index] as number)) index++
      for (let left = index - from; left > 0; left -= runMax) bytes[this.length++] = Math.min(left, runMax) - 1
      if (index > from) runAs = as.base
      if (index === count) return
      const value = numbers[index++] as number
      const way = wayOf(value, reference, older, newer)
      if (way === runAs && (bytes[run] as number) % runMax < runMax - 1) bytes[run] = (bytes[run] as number) + 1
      else {
        run = this.length++
        runAs = way
        bytes[run] = way * runMax
      }
      if (way < as.small) continue
      this.#writeOut(way, value, reference)
      if (way === as.small) continue
      older = newer
      newer = value
    }
  }

  #writeOut(way: number, value: number, reference: number): void {
    const view = this.#view
    switch (way) {
      case as.small:
        view.setInt8(this.length, value)
        this.length += 1
        return
      case as.moment:
        view.setInt32(this.length, value - reference)
        this.length += 4
        return
      case as.coarse:
        singles[0] = value
        view.setUint16(this.length, (singleWord[0] as number) >>> 16)
        view.setUint8(this.length + 2, ((singleWord[0] as number) >>> 8) & 255)
        this.length += 3
        return
      case as.single:
        view.setFloat32(this.length, value)
        this.length += 4
        return
      default:
        view.setFloat64(this.length, value)
        this.length += 8
    }
  }

  #makeRoom(bytes: number): void {
    if (this.length + bytes <= this.#bytes.length) return
    const larger = new Uint8Array(2 * (this.length + bytes))
    larger.set(this.#bytes.subarray(0, this.length))
    this.#bytes = larger
    this.#view = new DataView(larger.buffer)
  }
}

/** To the last bit, but that all that is no number is one. */
function isSame(one: number, other: number): boolean {
  // A zero has a sign.
  if (one === other) return one !== 0 || 1 / one === 1 / other
  return Number.isNaN(one) && Number.isNaN(other)
}

function wayOf(value: number, reference: number, older: number, newer: number): number {
  if (Number.isNaN(value)) return as.none
  if (value === 0) return 1 / value < 0 ? as.double : as.zero
  if (value === older) return as.older
  if (value === newer) return as.newer
  if (value >= -128 && value <= 127 && Number.isInteger(value)) return as.small
  const apart = value - reference
  if (apart === (apart | 0) && reference + apart === value) return as.moment
  singles[0] = value
  if (singles[0] !== value) return as.double
  return ((singleWord[0] as number) & 255) === 0 ? as.coarse : as.single
}

/** Reads what a `Packer` wrote, in the same order. */
export class Unpacker {
  #bytes: Uint8Array = new Uint8Array(0)
  #view: DataView = new DataView(this.#bytes.buffer)
  #at = 0

  begin(bytes: Uint8Array): void {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.#at = 0
  }

  byte(): number {
    return this.#bytes[this.#at++] as number
  }

  whole(): number {
    let value = 0
    let worth = 1
    for (;;) {
      const byte = this.#bytes[this.#at++] as number
      if (byte < 128) return value + byte * worth
      value += (byte - 128) * worth
      worth *= 128
    }
  }

  signed(): number {
    const value = this.whole()
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2
  }

  double(): number {
    this.#at += 8
    return this.#view.getFloat64(this.#at - 8)
  }

  /** In place: copy what is to be kept. */
  bytes(): Uint8Array {
    return this.raw(this.whole())
  }

  /** The next so many bytes, in place. */
  raw(length: number): Uint8Array {
    this.#at += length
    return this.#bytes.subarray(this.#at - length, this.#at)
  }

  numbers(numbers: Float64Array, count: number, base: Float64Array, reference: number): void {
    let older = reference
    let newer = Number.NaN
    for (let index = 0; index < count; ) {
      const run = this.#bytes[this.#at++] as number
      const end = index + 1 + (run & (runMax - 1))
      const way = run >> 4
      if (way === as.base) for (; index < end; index++) numbers[index] = base[index] as number
      else if (way < as.small) {
        const value = way === as.none ? Number.NaN : way === as.zero ? 0 : way === as.older ? older : newer
        for (; index < end; index++) numbers[index] = value
      } else
        for (; index < end; index++) {
          const value = this.#writtenOut(way, reference)
          numbers[index] = value
          if (way === as.small) continue
          older = newer
          newer = value
        }
    }
  }

  #writtenOut(way: number, reference: number): number {
    const at = this.#at
    switch (way) {
      case as.small:
        this.#at += 1
        return this.#view.getInt8(at)
      case as.moment:
        this.#at += 4
        return reference + this.#view.getInt32(at)
      case as.coarse:
        this.#at += 3
        singleWord[0] = ((this.#view.getUint16(at) << 16) | (this.#view.getUint8(at + 2) << 8)) >>> 0
        return singles[0] as number
      case as.single:
        this.#at += 4
        return this.#view.getFloat32(at)
      default:
        this.#at += 8
        return this.#view.getFloat64(at)
    }
  }
}
