import { isUtf8 } from 'node:buffer'

/** Reads the fields of a packet in their order; `undefined` where one is missing, cut short or not lawful. */
export class Fields {
  readonly #bytes: Buffer
  readonly #end: number
  at: number

  constructor(bytes: Buffer, from: number, to: number) {
    this.#bytes = bytes
    this.at = from
    this.#end = to
  }

  get left(): number {
    return this.#end - this.at
  }

  byte(): number | undefined {
    if (this.left < 1) return undefined
    this.at += 1
    return this.#bytes[this.at - 1]
  }

  twoBytes(): number | undefined {
    if (this.left < 2) return undefined
    this.at += 2
    return this.#bytes.readUInt16BE(this.at - 2)
  }

  fourBytes(): number | undefined {
    if (this.left < 4) return undefined
    this.at += 4
    return this.#bytes.readUInt32BE(this.at - 4)
  }

  /** A variable byte integer (section 1.5.5): at most four bytes, and no more than needed [MQTT-1.5.5-1]. */
  variable(): number | undefined {
    let value = 0
    for (let place = 0, factor = 1; place < 4; place += 1, factor *= 128) {
      const byte = this.byte()
      if (byte === undefined) return undefined
      value += (byte & 0x7f) * factor
      if (byte < 0x80) return byte === 0 && place > 0 ? undefined : value
    }
    return undefined
  }

  /** With its two bytes of length before it. */
  binary(): Buffer | undefined {
    const length = this.twoBytes()
    if (length === undefined || length > this.left) return undefined
    this.at += length
    return this.#bytes.subarray(this.at - length, this.at)
  }

  /** [MQTT-1.5.4-1] well-formed UTF-8, [MQTT-1.5.4-2] without U+0000; as the bytes it came in. */
  text(): Buffer | undefined {
    const bytes = this.binary()
    return bytes === undefined || !isUtf8(bytes) || bytes.includes(0) ? undefined : bytes
  }
}

/** Whether the bytes are a lawful UTF-8 string of the protocol. */
export function isLawfulText(bytes: Buffer): boolean {
  return isUtf8(bytes) && !bytes.includes(0)
}

export function variableBytes(value: number): number[] {
  const bytes: number[] = []
  let rest = value
  do {
    const low = rest % 128
    rest = Math.floor(rest / 128)
    bytes.push(rest > 0 ? low | 0x80 : low)
  } while (rest > 0)
  return bytes
}

export function binaryOf(value: string | Buffer): Buffer {
  const bytes = typeof value === 'string' ? Buffer.from(value) : value
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 0xff]), bytes])
}

/** A packet: its first byte, its remaining length, its body. */
export function packetOf(firstByte: number, ...parts: readonly (Buffer | readonly number[])[]): Buffer {
  const buffers = parts.map((part) => (Buffer.isBuffer(part) ? part : Buffer.from(part as number[])))
  const length = buffers.reduce((sum, part) => sum + part.length, 0)
  return Buffer.concat([Buffer.from([firstByte, ...variableBytes(length)]), ...buffers])
}
