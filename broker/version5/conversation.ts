/*
 * One connection of MQTT 5, in front of a core that speaks MQTT 3.1.1 (docs/mqtt.md says why).
 *
 * What the client sends is judged and becomes a packet of 3.1.1; what the core sends becomes one of 5. What 3.1.1 has no
 * words for is held here: topic aliases, the two receive maxima, the largest packet, reasons. Nothing of it survives the
 * connection.
 */
import { isUtf8 } from 'node:buffer'
import { Aliases } from './aliases.ts'
import { codeOfReturnCode, connackOf, disconnectOf, refusalOf } from './answers.ts'
import type { Terms } from './connect.ts'
import { Fields, packetOf } from './fields.ts'
import { Outgoing } from './outgoing.ts'
import { isFault, type Properties, readProperties } from './properties.ts'
import { legacyPublish, readPublish } from './publish.ts'
import { type Fault, faultOf, malformed, protocolError, type Reason, reason } from './reason.ts'
import { readSubscribe, readUnsubscribe, type Subscribe } from './subscribe.ts'
import { Subscriptions } from './subscriptions.ts'

/** What the CONNACK tells of us, and what we hold a client to. */
export type House = {
  readonly receiveMax: number
  readonly packetBytesMax: number
  readonly topicAliasesMax: number
  readonly waitingBytesMax: number
}

/** What becomes of a packet of the client's. */
export type Inbound =
  /** For the core, as a packet of MQTT 3.1.1. */
  | { readonly kind: 'pass'; readonly packet: Buffer; readonly properties?: Buffer }
  | { readonly kind: 'subscribe'; readonly request: Subscribe }
  /** Refused, without closing the connection; the answer goes back. */
  | { readonly kind: 'answer'; readonly answer: Buffer; readonly detail: string }
  /** It leaves, and wants its will published. */
  | { readonly kind: 'leave' }
  | Fault

export class Conversation {
  readonly terms: Terms
  /** Writes a packet of MQTT 5 as it is. */
  send: (packet: Buffer) => void = () => {}
  readonly #house: House
  readonly #aliases: Aliases
  readonly #outgoing: Outgoing
  /** QoS 1 messages not acknowledged yet, and the identifiers of those of QoS 2. */
  #owed = 0
  readonly #owedExactlyOnce = new Set<number>()
  /** The properties of the message that was handed to the core last, until the core asks about it. */
  arriving: Buffer | undefined
  /** For the CONNACK: why the core says no, and what it made of the client's wishes. */
  #refusal: { readonly code: Reason; readonly text: string } | undefined
  #granted: { readonly clientId: string; readonly keepalive: number } | undefined
  readonly subscriptions = new Subscriptions()
  /** Why a message of QoS 1 that is kept is of no use, until its PUBACK says so. */
  readonly #useless = new Map<number, string>()

  constructor(terms: Terms, house: House) {
    this.terms = terms
    this.#house = house
    this.#aliases = new Aliases(house.topicAliasesMax)
    this.#outgoing = new Outgoing(terms, house, this.subscriptions)
  }

  /** Says why the CONNECT is refused; the core knows only a return code. */
  refuse(code: Reason, text: string): void {
    this.#refusal = { code, text }
  }

  /** Says under which name and with which keep-alive the client was let in. */
  grant(clientId: string, keepalive: number): void {
    this.#granted = { clientId, keepalive }
  }

  /** Reads one whole packet, of which a `FrameReader` has judged the header. */
  inbound(bytes: Buffer, at: number, bodyAt: number, end: number): Inbound {
    const first = bytes[at] ?? 0
    switch (first >> 4) {
      case 3:
        return this.#publish(bytes, first, bodyAt, end)
      case 4:
      case 5:
      case 6:
      case 7:
        return this.#acknowledgement(bytes, first, bodyAt, end)
      case 8: {
        const request = readSubscribe(bytes, bodyAt, end)
        return isFault(request) ? request : { kind: 'subscribe', request }
      }
      case 10:
        return this.#unsubscribe(bytes, bodyAt, end)
      case 12:
        return { kind: 'pass', packet: bytes.subarray(at, end) }
      case 14:
        return this.#disconnect(bytes, bodyAt, end)
      default:
        return protocolError(`packet type ${first >> 4} is not for a client to send now`)
    }
  }

  #publish(bytes: Buffer, first: number, bodyAt: number, end: number): Inbound {
    const publish = readPublish(bytes, first & 0x0f, bodyAt, end)
    if (isFault(publish)) return publish
    const topic = this.#aliases.topicOf(publish)
    if (!Buffer.isBuffer(topic)) return topic
    const { qos, identifier, payloadAt, properties } = publish
    if (qos > 0 && !this.#owe(qos, identifier)) {
      const detail = `more than ${this.#house.receiveMax} messages unacknowledged`
      return faultOf(reason.receiveMaximumExceeded, detail, 'MQTT-3.3.4-7')
    }
    if (properties.payloadFormat === 1 && !isUtf8(bytes.subarray(payloadAt, end))) {
      const detail = 'the payload is said to be UTF-8 and is not'
      if (qos === 0) return faultOf(reason.payloadFormatInvalid, detail)
      return { kind: 'answer', answer: this.refusal(qos, identifier, reason.payloadFormatInvalid, detail), detail }
    }
    const packet = legacyPublish(first, topic, publish, bytes, end)
    if (payloadAt - publish.propertiesAt === 0) return { kind: 'pass', packet }
    return { kind: 'pass', packet, properties: bytes.subarray(publish.propertiesAt, payloadAt) }
  }

  #owe(qos: number, identifier: number): boolean {
    if (qos === 2) this.#owedExactlyOnce.add(identifier)
    else this.#owed += 1
    return this.#owed + this.#owedExactlyOnce.size <= this.#house.receiveMax
  }

  /** PUBACK or PUBREC with a reason why a message is not taken; the message is no longer owed. */
  refusal(qos: number, identifier: number, code: Reason, text: string): Buffer {
    if (qos === 2) this.#owedExactlyOnce.delete(identifier)
    else this.#owed -= 1
    return this.#refusalOf(qos === 2 ? 0x50 : 0x40, identifier, code, text)
  }

  #refusalOf(type: 0x40 | 0x50, identifier: number, code: Reason, text: string): Buffer {
    const shown = this.terms.wantsReasons ? text : undefined
    return refusalOf(type, identifier, code, shown, this.terms.packetBytesMax)
  }

  #acknowledgement(bytes: Buffer, first: number, bodyAt: number, end: number): Inbound {
    const fields = new Fields(bytes, bodyAt, end)
    const identifier = fields.twoBytes() ?? 0
    const code = fields.left > 0 ? (fields.byte() ?? 0) : reason.success
    if (fields.left > 0) {
      const properties = readProperties(fields, bytes, 'acknowledgement')
      if (isFault(properties)) return properties
      if (fields.left > 0) return malformed('bytes after the last field')
    }
    const type = first >> 4
    const isRefusal = type === 5 && code >= 0x80
    if (type === 4 || type === 7 || isRefusal) {
      for (const packet of this.#outgoing.acknowledged(identifier)) this.send(packet)
    }
    // [MQTT-4.3.3-9] A refused message of QoS 2 is at its end; to the core that is a PUBCOMP.
    return { kind: 'pass', packet: Buffer.from([isRefusal ? 0x70 : first, 2, identifier >> 8, identifier & 0xff]) }
  }

  #unsubscribe(bytes: Buffer, bodyAt: number, end: number): Inbound {
    const request = readUnsubscribe(bytes, bodyAt, end)
    if (isFault(request)) return request
    const { identifier, filters } = request
    this.subscriptions.leave(
      identifier,
      filters.map((filter) => filter.toString('utf8')),
    )
    const parts = filters.flatMap((filter) => [Buffer.from([filter.length >> 8, filter.length & 0xff]), filter])
    return { kind: 'pass', packet: packetOf(0xa2, [identifier >> 8, identifier & 0xff], ...parts) }
  }

  #disconnect(bytes: Buffer, bodyAt: number, end: number): Inbound {
    const fields = new Fields(bytes, bodyAt, end)
    const code = fields.byte() ?? reason.success
    if (fields.left > 0) {
      const properties = readProperties(fields, bytes, 'disconnect')
      if (isFault(properties)) return properties
      if (fields.left > 0) return malformed('bytes after the last field')
      if (this.terms.sessionExpiry === 0 && (properties.sessionExpiry ?? 0) > 0) {
        return protocolError('a session expiry after a CONNECT without one')
      }
    }
    // [MQTT-3.14.4-3] Only this one discards the will.
    return code === reason.success ? { kind: 'pass', packet: Buffer.from([0xe0, 0]) } : { kind: 'leave' }
  }

  /** `codes`: for each subscription asked for, the QoS that was granted or why it was not. */
  suback({ identifier, subscriptions, subscriptionIdentifier }: Subscribe, codes: readonly number[]): Buffer {
    for (const [index, { topic }] of subscriptions.entries()) {
      if ((codes[index] ?? reason.unspecified) < reason.unspecified)
        this.subscriptions.add(topic, subscriptionIdentifier)
    }
    return packetOf(0x90, [identifier >> 8, identifier & 0xff, 0], codes)
  }

  /**
   * A message of QoS 1 is kept, in quarantine, because nothing of it could become a reading: its PUBACK says why. It is
   * delivered all the same, and not sent again.
   */
  findUseless(identifier: number, why: string): void {
    this.#useless.set(identifier, why)
  }

  /** A DISCONNECT that says why. */
  farewell(code: Reason, text: string): Buffer {
    return disconnectOf(code, text, this.terms.packetBytesMax)
  }

  /**
   * One whole packet of the core, as the client shall get it: nothing where it does not want it, or waits until it has
   * acknowledged; `overflow` where too much waits.
   */
  outbound(packet: Buffer, properties: Buffer | undefined): Buffer | undefined | 'overflow' {
    switch ((packet[0] ?? 0) >> 4) {
      case 2:
        return this.#connack(packet)
      case 3:
        return this.#outgoing.deliver(packet, properties)
      case 4:
        this.#owed -= 1
        return this.#puback(packet)
      case 7:
        this.#owedExactlyOnce.delete(packet.readUInt16BE(2))
        return packet
      case 11:
        return packetOf(0xb0, packet.subarray(2, 4), [0], this.subscriptions.left(packet.readUInt16BE(2)))
      default:
        return packet
    }
  }

  #connack(packet: Buffer): Buffer {
    const returnCode = packet[3] ?? 0
    const { packetBytesMax } = this.terms
    if (returnCode !== 0) {
      const { code, text } = this.#refusal ?? { code: codeOfReturnCode(returnCode), text: undefined }
      return connackOf(code, {}, text, packetBytesMax)
    }
    const { clientId, keepalive } = this.#granted ?? { clientId: '', keepalive: this.terms.keepalive }
    const properties: Properties = {
      // [MQTT-3.1.2-23] allows it: a session ends with its connection, and whoever wanted more is told.
      ...(this.terms.sessionExpiry > 0 ? { sessionExpiry: 0 } : {}),
      receiveMaximum: this.#house.receiveMax,
      maximumPacketSize: this.#house.packetBytesMax,
      topicAliasMaximum: this.#house.topicAliasesMax,
      sharedSubscriptionAvailable: 0,
      ...(keepalive === this.terms.keepalive ? {} : { serverKeepAlive: keepalive }),
      ...(this.terms.isNameless ? { assignedClientIdentifier: Buffer.from(clientId) } : {}),
    }
    return connackOf(reason.success, properties, undefined, packetBytesMax)
  }

  /** The core acknowledges what is kept. Several PUBACKs come in one write, each whole by itself. */
  #puback(packet: Buffer): Buffer {
    if (this.#useless.size === 0) return packet
    const identifier = packet.readUInt16BE(2)
    const why = this.#useless.get(identifier)
    if (why === undefined) return packet
    this.#useless.delete(identifier)
    return this.#refusalOf(0x40, identifier, reason.implementationSpecific, why)
  }
}
