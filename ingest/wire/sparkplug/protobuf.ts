/*
 * Reading Protocol Buffers' wire format (proto2), as far as Sparkplug needs it. Never throws and never allocates by what
 * the bytes claim: a length is held against what is there, and each field moves on, so the work is bounded by the bytes.
 */

export const wireTypes = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const

const emptyBytes = new Uint8Array(0)

/**
 * Steps through the fields of one message: `while (fields.next())` look at `number` and `wireType`, and take the value
 * from the property that belongs to it. `ok` is false once the bytes were not what they must be.
 */
export class Fields {
  number = 0
  wireType = 0
  /** Of a varint or fixed64: the halves as unsigned 32-bit numbers. Of a fixed32: `low`. */
  low = 0
  high = 0
  /** Of a length-delimited field: a view, not a copy. */
  bytes: Uint8Array = emptyBytes
  ok = true
  readonly #bytes: Uint8Array
  readonly #view: DataView
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  next(): boolean {
    if (!this.ok || this.#at >= this.#bytes.length) return false
    this.ok = this.#readVarint() && this.#readField()
    return this.ok
  }

  #readField(): boolean {
    this.wireType = this.low & 7
    // A tag is a varint of 32 bits; what is above them is no field.
    this.number = this.low >>> 3
    if (this.number === 0 || this.high !== 0) return false
    switch (this.wireType) {
      case wireTypes.varint:
        return this.#readVarint()
      case wireTypes.fixed64:
        return this.#readFixed(8)
      case wireTypes.fixed32:
        return this.#readFixed(4)
      case wireTypes.bytes: {
        if (!this.#readVarint() || this.high !== 0) return false
        const end = this.#at + this.low
        if (end > this.#bytes.length) return false
        this.bytes = this.#bytes.subarray(this.#at, end)
        this.#at = end
        return true
      }
      default:
        // Groups (3, 4) are not used by Sparkplug, 6 and 7 by nobody.
        return false
    }
  }

  #readFixed(size: 4 | 8): boolean {
    if (this.#at + size > this.#bytes.length) return false
    this.low = this.#view.getUint32(this.#at, true)
    this.high = size === 8 ? this.#view.getUint32(this.#at + 4, true) : 0
    this.#at += size
    return true
  }

  /** Ten bytes of seven bits at most. */
  #readVarint(): boolean {
    let low = 0
    let high = 0
    for (let shift = 0; shift < 70; shift += 7) {
      if (this.#at >= this.#bytes.length) return false
      const byte = this.#bytes[this.#at] ?? 0
      this.#at++
      const bits = byte & 0x7f
      if (shift < 28) low |= bits << shift
      else if (shift === 28) {
        low |= bits << 28
        high |= bits >>> 4
      } else high |= bits << (shift - 32)
      if (byte < 0x80) {
        this.low = low >>> 0
        this.high = high >>> 0
        return true
      }
    }
    return false
  }

  /** The unsigned 64-bit number; inexact above 2^53. */
  unsigned(): number {
    return this.high * 0x1_0000_0000 + this.low
  }

  /** The same bits as a signed 64-bit number. */
  signed(): number {
    return this.high < 0x8000_0000
      ? this.unsigned()
      : Number(BigInt.asIntN(64, (BigInt(this.high) << 32n) | BigInt(this.low)))
  }

  float32(): number {
    scratch.setUint32(0, this.low)
    return scratch.getFloat32(0)
  }

  float64(): number {
    scratch.setUint32(0, this.high)
    scratch.setUint32(4, this.low)
    return scratch.getFloat64(0)
  }

  text(): string {
    const { bytes } = this
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')
  }
}

const scratch = new DataView(new ArrayBuffer(8))

/** Writes fields one after another; for the small messages that we send. */
export class FieldWriter {
  readonly #bytes: number[] = []

  varint(field: number, value: number | bigint): this {
    this.#varint((BigInt(field) << 3n) | BigInt(wireTypes.varint))
    this.#varint(BigInt.asUintN(64, BigInt(value)))
    return this
  }

  float(field: number, value: number): this {
    this.#varint((BigInt(field) << 3n) | BigInt(wireTypes.fixed32))
    this.#bytes.push(...new Uint8Array(Float32Array.of(value).buffer))
    return this
  }

  double(field: number, value: number): this {
    this.#varint((BigInt(field) << 3n) | BigInt(wireTypes.fixed64))
    this.#bytes.push(...new Uint8Array(Float64Array.of(value).buffer))
    return this
  }

  bytes(field: number, value: Uint8Array | string): this {
    const bytes = typeof value === 'string' ? Buffer.from(value) : value
    this.#varint((BigInt(field) << 3n) | BigInt(wireTypes.bytes))
    this.#varint(BigInt(bytes.length))
    for (const byte of bytes) this.#bytes.push(byte)
    return this
  }

  done(): Uint8Array {
    return Uint8Array.from(this.#bytes)
  }

  #varint(value: bigint): void {
    let rest = value
    while (rest > 0x7fn) {
      this.#bytes.push(Number(rest & 0x7fn) | 0x80)
      rest >>= 7n
    }
    this.#bytes.push(Number(rest))
  }
}
