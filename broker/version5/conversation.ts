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
import { Deliveries } from './deliveries.ts'
import { Fields, packetOf } from './fields.ts'
import { matches } from './matching.ts'
import { isFault, type Properties, readProperties } from './properties.ts'
import { legacyPublish, readPublish } from './publish.ts'
import { type Fault, faultOf, malformed, protocolError, type Reason, reason } from './reason.ts'
import { readSubscribe, readUnsubscribe, type Subscribe, type Subscription5 } from './subscribe.ts'

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
  readonly #deliveries: Deliveries
  /** QoS 1 messages not acknowledged yet, and the identifiers of those of QoS 2. */
  #owed = 0
  readonly #owedExactlyOnce = new Set<number>()
  /** The properties of the message that was handed to the core last, until the core asks about it. */
  arriving: Buffer | undefined
  /** For the CONNACK: why the core says no, and what it made of the client's wishes. */
  #refusal: { readonly code: Reason; readonly text: string } | undefined
  #granted: { readonly clientId: string; readonly keepalive: number } | undefined
  readonly #filters = new Set<string>()
  /** Those of them whose retained messages are not wanted. */
  readonly #unretained = new Set<string>()
  readonly #unsubscribing = new Map<number, readonly string[]>()

  constructor(terms: Terms, house: House) {
    this.terms = terms
    this.#house = house
    this.#aliases = new Aliases(house.topicAliasesMax)
    this.#deliveries = new Deliveries({ receiveMax: terms.receiveMax, waitingBytesMax: house.waitingBytesMax })
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
    const shown = this.terms.wantsReasons ? text : undefined
    return refusalOf(qos === 2 ? 0x50 : 0x40, identifier, code, shown, this.terms.packetBytesMax)
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
      for (const packet of this.#deliveries.acknowledged(identifier)) this.send(packet)
    }
    // [MQTT-4.3.3-9] A refused message of QoS 2 is at its end; to the core that is a PUBCOMP.
    return { kind: 'pass', packet: Buffer.from([isRefusal ? 0x70 : first, 2, identifier >> 8, identifier & 0xff]) }
  }

  #unsubscribe(bytes: Buffer, bodyAt: number, end: number): Inbound {
    const request = readUnsubscribe(bytes, bodyAt, end)
    if (isFault(request)) return request
    const { identifier, filters } = request
    this.#unsubscribing.set(
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

  /** Takes note of whether the client wants what is retained under a filter it is about to subscribe to. */
  handleRetained(filter: string, handling: number): void {
    const isWanted = handling === 0 || (handling === 1 && !this.#filters.has(filter))
    if (isWanted) this.#unretained.delete(filter)
    else this.#unretained.add(filter)
  }

  /** Whether a retained message is not to be sent [MQTT-3.3.1-10], [MQTT-3.3.1-11]. */
  wantsNoRetained(topic: string): boolean {
    if (this.#unretained.size === 0) return false
    const matching = [...this.#filters].filter((filter) => matches(filter, topic))
    return matching.length > 0 && matching.every((filter) => this.#unretained.has(filter))
  }

  suback(identifier: number, subscriptions: readonly Subscription5[], denied: ReadonlySet<string>): Buffer {
    const codes = subscriptions.map(({ topic, qos }) => {
      if (!denied.has(topic)) this.#filters.add(topic)
      else return topic.startsWith('$share/') ? reason.sharedSubscriptionsNotSupported : reason.notAuthorized
      return qos
    })
    return packetOf(0x90, [identifier >> 8, identifier & 0xff, 0], codes)
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
        return this.#deliver(packet, properties)
      case 4:
        this.#owed -= 1
        return packet
      case 7:
        this.#owedExactlyOnce.delete(packet.readUInt16BE(2))
        return packet
      case 11:
        return this.#unsuback(packet.readUInt16BE(2))
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
      subscriptionIdentifiersAvailable: 0,
      sharedSubscriptionAvailable: 0,
      ...(keepalive === this.terms.keepalive ? {} : { serverKeepAlive: keepalive }),
      ...(this.terms.isNameless ? { assignedClientIdentifier: Buffer.from(clientId) } : {}),
    }
    return connackOf(reason.success, properties, undefined, packetBytesMax)
  }

  #deliver(packet: Buffer, properties: Buffer | undefined): Buffer | undefined | 'overflow' {
    const first = packet[0] ?? 0
    const bodyAt = packet.length - lengthOf(packet)
    const qos = (first >> 1) & 3
    const topicEnd = bodyAt + 2 + packet.readUInt16BE(bodyAt)
    const headEnd = qos > 0 ? topicEnd + 2 : topicEnd
    const carried = properties ?? noProperties
    const delivered = packetOf(first, packet.subarray(bodyAt, headEnd), carried, packet.subarray(headEnd))
    // [MQTT-3.1.2-25] What is too large counts as delivered.
    if (delivered.length > this.terms.packetBytesMax) return undefined
    if (qos === 0) return delivered
    const admitted = this.#deliveries.admit(packet.readUInt16BE(topicEnd), delivered)
    return admitted === 'now' ? delivered : admitted === 'later' ? undefined : 'overflow'
  }

  #unsuback(identifier: number): Buffer {
    const filters = this.#unsubscribing.get(identifier) ?? []
    this.#unsubscribing.delete(identifier)
    const codes = filters.map((filter) =>
      this.#filters.delete(filter) ? reason.success : reason.noSubscriptionExisted,
    )
    return packetOf(0xb0, [identifier >> 8, identifier & 0xff, 0], codes)
  }
}

const noProperties = Buffer.from([0])

/** The remaining length of a whole packet. */
function lengthOf(packet: Buffer): number {
  return new Fields(packet, 1, packet.length).variable() ?? 0
}
