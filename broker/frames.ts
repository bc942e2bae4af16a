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
  /** Whether a topic alias may stand for a PUBLISH's topic, which is empty then. */
  readonly isAliased?: true
}

export const publishType = 3
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

// Bytes of an acknowledgement or DISCONNECT of MQTT 5: a reason and a few user properties, of which nothing is kept.
const wordsBytesMax = 1_024

/** The same for MQTT 5, where most packets may carry properties. */
export function frameRules5(limits: FrameLimits): FrameRules {
  const rules: (FrameRule | undefined)[] = new Array(16).fill(undefined)
  const publish = { name: 'PUBLISH', flags: 0, min: publishBytesMin, max: limits.publishBytesMax, identified: false }
  rules[publishType] = { ...publish, isAliased: true }
  rules[4] = { name: 'PUBACK', flags: 0, min: 2, max: wordsBytesMax, identified: true }
  rules[5] = { name: 'PUBREC', flags: 0, min: 2, max: wordsBytesMax, identified: true }
  rules[6] = { name: 'PUBREL', flags: 2, min: 2, max: wordsBytesMax, identified: true }
  rules[7] = { name: 'PUBCOMP', flags: 0, min: 2, max: wordsBytesMax, identified: true }
  // As in 3.1.1, and the length of the properties.
  rules[8] = { name: 'SUBSCRIBE', flags: 2, min: 7, max: limits.subscribeBytesMax, identified: true }
  rules[10] = { name: 'UNSUBSCRIBE', flags: 2, min: 6, max: limits.subscribeBytesMax, identified: true }
  rules[12] = { name: 'PINGREQ', flags: 0, min: 0, max: 0, identified: false }
  rules[14] = { name: 'DISCONNECT', flags: 0, min: 0, max: wordsBytesMax, identified: false }
  // Refused, but with the right reason.
  rules[15] = { name: 'AUTH', flags: 0, min: 0, max: wordsBytesMax, identified: false }
  return rules
}

/** How far one packet has come in; a fault is known as soon as the bytes that show it are there. */
export type FrameProgress = 'whole' | 'partial' | FrameFault

/**
 * Reads the fixed header of a packet and the two bytes after it, and judges them. Of a packet that is too large this is
 * all that is ever looked at. What was read last stands in the fields, so that nothing is allocated for a packet.
 */
export class FrameReader {
  readonly #rules: FrameRules
  type = 0
  flags = 0
  /** Where the body begins and where the packet ends, in the buffer that was read from. */
  bodyAt = 0
  end = 0
  /** Of a partial packet: how many bytes of it must be there before another look is worth it. */
  needed = 0

  constructor(rules: FrameRules) {
    this.#rules = rules
  }

  read(bytes: Uint8Array, at: number): FrameProgress {
    const first = bytes[at] ?? 0
    this.type = first >> 4
    this.flags = first & 0x0f
    const fault = this.#judgeFirstByte()
    if (fault !== undefined) return fault
    let length = 0
    let factor = 1
    for (let place = at + 1; ; place += 1) {
      const byte = bytes[place]
      if (byte === undefined) return this.#needs(place + 1 - at)
      length += (byte & 0x7f) * factor
      if (byte < 0x80) {
        this.bodyAt = place + 1
        break
      }
      factor *= 128
      if (factor > 2_097_152) return malformed('a remaining length of more than four bytes', 'MQTT-2.2.3')
    }
    this.end = this.bodyAt + length
    return this.#judgeLength(length) ?? this.#judgeStart(bytes, at, length)
  }

  #needs(bytes: number): 'partial' {
    this.needed = bytes
    return 'partial'
  }

  #judgeFirstByte(): FrameFault | undefined {
    if (this.type === publishType) return publishFlagsFault(this.flags)
    if (this.type === connectType) return malformed('a second CONNECT', 'MQTT-3.1.0-2')
    const rule = this.#rules[this.type]
    if (rule === undefined) return malformed(`packet type ${this.type} is not for a client to send`)
    if (rule.flags !== this.flags) return malformed(`${rule.name} with flags ${this.flags}`, 'MQTT-2.2.2-2')
    return undefined
  }

  #judgeLength(length: number): FrameFault | undefined {
    const rule = this.#rules[this.type]
    if (rule === undefined) return undefined
    if (length < rule.min) return malformed(`${rule.name} of ${length} bytes is too short`)
    if (length <= rule.max) return undefined
    return { kind: 'oversized', detail: `${rule.name} of ${length} bytes; at most ${rule.max} are taken` }
  }

  /** The first two bytes of the body: a packet identifier, or the length of a PUBLISH's topic. */
  #judgeStart(bytes: Uint8Array, at: number, length: number): FrameProgress {
    const isPublish = this.type === publishType
    if (isPublish || this.#rules[this.type]?.identified === true) {
      const high = bytes[this.bodyAt]
      const low = bytes[this.bodyAt + 1]
      if (high === undefined || low === undefined) return this.#needs(this.bodyAt + 2 - at)
      const value = (high << 8) | low
      if (!isPublish && value === 0) return malformed('packet identifier 0', 'MQTT-2.3.1-1')
      if (isPublish && value === 0 && this.#rules[publishType]?.isAliased !== true) {
        return malformed('PUBLISH with an empty topic', 'MQTT-4.7.3-1')
      }
      // The parser would read on into the next packet.
      if (isPublish && value + (this.flags & 0x06 ? 4 : 2) > length) {
        return malformed('PUBLISH with a topic longer than itself')
      }
    }
    return this.end <= bytes.length ? 'whole' : this.#needs(this.end - at)
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
