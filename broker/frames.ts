/** Why a packet is refused before its body is buffered. `clause` is the rule of MQTT 3.1.1 it breaks, where one is. */
export type FrameFault = { readonly kind: 'malformed' | 'oversized'; readonly detail: string; readonly clause?: string }

export type FrameLimits = { readonly publishBytesMax: number; readonly subscribeBytesMax: number }

type FrameRule = {
  readonly name: string
  /** The four flag bits that the kind must have; PUBLISH has its own rules. */
  readonly flags: number
  /** Bounds of the remaining length, in bytes. */
  readonly min: number
  readonly max: number
  /** Whether the body begins with a packet identifier. */
  readonly identified: boolean
}

const publishType = 3
const connectType = 1
// A topic of one character, and a packet identifier where there is one.
const publishBytesMin = 3

export type FrameRules = readonly (FrameRule | undefined)[]

/** What a client may send after its CONNECT, by packet type; the same for all connections. */
export function frameRules(limits: FrameLimits): FrameRules {
  const rules: (FrameRule | undefined)[] = new Array(16).fill(undefined)
  rules[publishType] = {
    name: 'PUBLISH',
    flags: 0,
    min: publishBytesMin,
    max: limits.publishBytesMax,
    identified: false,
  }
  rules[4] = { name: 'PUBACK', flags: 0, min: 2, max: 2, identified: true }
  rules[5] = { name: 'PUBREC', flags: 0, min: 2, max: 2, identified: true }
  rules[6] = { name: 'PUBREL', flags: 2, min: 2, max: 2, identified: true }
  rules[7] = { name: 'PUBCOMP', flags: 0, min: 2, max: 2, identified: true }
  // Identifier, length of the filter, one character, (for SUBSCRIBE) its QoS: [MQTT-3.8.3-3], [MQTT-3.10.3-2].
  rules[8] = { name: 'SUBSCRIBE', flags: 2, min: 6, max: limits.subscribeBytesMax, identified: true }
  rules[10] = { name: 'UNSUBSCRIBE', flags: 2, min: 5, max: limits.subscribeBytesMax, identified: true }
  rules[12] = { name: 'PINGREQ', flags: 0, min: 0, max: 0, identified: false }
  rules[14] = { name: 'DISCONNECT', flags: 0, min: 0, max: 0, identified: false }
  return rules
}

const atType = 0
const atLength = 1
const atFirstByte = 2
const atSecondByte = 3
const atBody = 4
type Place = typeof atType | typeof atLength | typeof atFirstByte | typeof atSecondByte | typeof atBody

/**
 * Walks over the packets of a stream, however it is cut into chunks, and stops at the first that may not be. It looks
 * at the fixed header and the two bytes after it, keeps nothing and copies nothing: a packet that is too large is known
 * as such before any of its body is buffered.
 */
export class FrameScanner {
  readonly #rules: FrameRules
  #place: Place = atType
  #type = 0
  #flags = 0
  /** Bytes of the body still to come, once its length is known; before, the length as far as it is read. */
  #remaining = 0
  #factor = 1
  #firstByte = 0
  /** Packets begun since the start. */
  packets = 0

  constructor(rules: FrameRules) {
    this.#rules = rules
  }

  scan(chunk: Uint8Array): FrameFault | undefined {
    let index = 0
    while (index < chunk.length) {
      if (this.#place === atBody) {
        const step = Math.min(this.#remaining, chunk.length - index)
        index += step
        this.#remaining -= step
        if (this.#remaining === 0) this.#place = atType
        continue
      }
      const fault = this.#step(chunk[index] ?? 0)
      if (fault !== undefined) return fault
      index += 1
    }
    return undefined
  }

  #step(byte: number): FrameFault | undefined {
    switch (this.#place) {
      case atType:
        return this.#begin(byte)
      case atLength:
        return this.#readLength(byte)
      case atFirstByte:
        this.#firstByte = byte
        this.#remaining -= 1
        this.#place = atSecondByte
        return undefined
      default:
        this.#remaining -= 1
        return this.#readStart((this.#firstByte << 8) | byte)
    }
  }

  #begin(byte: number): FrameFault | undefined {
    this.packets += 1
    this.#type = byte >> 4
    this.#flags = byte & 0x0f
    this.#remaining = 0
    this.#factor = 1
    this.#place = atLength
    if (this.#type === publishType) return publishFlagsFault(this.#flags)
    if (this.#type === connectType) return malformed('a second CONNECT', 'MQTT-3.1.0-2')
    const rule = this.#rules[this.#type]
    if (rule === undefined) return malformed(`packet type ${this.#type} is not for a client to send`)
    if (rule.flags !== this.#flags) return malformed(`${rule.name} with flags ${this.#flags}`, 'MQTT-2.2.2-2')
    return undefined
  }

  #readLength(byte: number): FrameFault | undefined {
    this.#remaining += (byte & 0x7f) * this.#factor
    if (byte >= 0x80) {
      this.#factor *= 128
      if (this.#factor > 2_097_152) return malformed('a remaining length of more than four bytes')
      return undefined
    }
    return this.#judgeLength()
  }

  #judgeLength(): FrameFault | undefined {
    const rule = this.#rules[this.#type]
    if (rule === undefined) return undefined
    if (this.#remaining < rule.min) return malformed(`${rule.name} of ${this.#remaining} bytes is too short`)
    if (this.#remaining > rule.max) {
      return { kind: 'oversized', detail: `${rule.name} of ${this.#remaining} bytes; at most ${rule.max} are taken` }
    }
    if (rule.identified || this.#type === publishType) this.#place = atFirstByte
    else this.#place = this.#remaining === 0 ? atType : atBody
    return undefined
  }

  /** The first two bytes of the body: a packet identifier, or the length of a PUBLISH's topic. */
  #readStart(value: number): FrameFault | undefined {
    this.#place = this.#remaining === 0 ? atType : atBody
    if (this.#type !== publishType) {
      return value === 0 ? malformed('packet identifier 0', 'MQTT-2.3.1-1') : undefined
    }
    if (value === 0) return malformed('PUBLISH with an empty topic', 'MQTT-4.7.3-1')
    // The parser would read on into the next packet.
    const identifier = this.#flags & 0x06 ? 2 : 0
    if (value + identifier > this.#remaining) return malformed('PUBLISH with a topic longer than itself')
    return undefined
  }
}

function publishFlagsFault(flags: number): FrameFault | undefined {
  const qos = (flags >> 1) & 3
  if (qos === 3) return malformed('PUBLISH with QoS 3', 'MQTT-3.3.1-4')
  if (qos === 0 && flags & 8) return malformed('PUBLISH with DUP and QoS 0', 'MQTT-3.3.1-2')
  return undefined
}

function malformed(detail: string, clause?: string): FrameFault {
  return clause === undefined ? { kind: 'malformed', detail } : { kind: 'malformed', detail, clause }
}
