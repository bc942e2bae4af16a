import { OwnAliases } from './aliases.ts'
import type { Terms } from './connect.ts'
import { Deliveries } from './deliveries.ts'
import { binaryOf, Fields, packetOf, variableBytes } from './fields.ts'
import type { Subscriptions } from './subscriptions.ts'

export type OutgoingLimits = { readonly topicAliasesMax: number; readonly waitingBytesMax: number }

const topicAlias = 35
const subscriptionIdentifier = 11
const noProperties = Buffer.from([0])

/** Messages on their way to one client: each of the core's PUBLISH packets as one of MQTT 5, when the client takes it. */
export class Outgoing {
  readonly #packetBytesMax: number
  readonly #subscriptions: Subscriptions
  readonly #aliases: OwnAliases
  readonly #deliveries: Deliveries

  constructor(terms: Terms, limits: OutgoingLimits, subscriptions: Subscriptions) {
    this.#packetBytesMax = terms.packetBytesMax
    this.#subscriptions = subscriptions
    this.#aliases = new OwnAliases(Math.min(terms.topicAliasMax, limits.topicAliasesMax))
    this.#deliveries = new Deliveries({ receiveMax: terms.receiveMax, waitingBytesMax: limits.waitingBytesMax })
  }

  /** The client is done with a message. Returns what may leave now. */
  acknowledged(identifier: number): readonly Buffer[] {
    return this.#deliveries.acknowledged(identifier)
  }

  /** @param properties what it was published with, their length before them */
  deliver(packet: Buffer, properties: Buffer | undefined): Buffer | undefined | 'overflow' {
    const first = packet[0] ?? 0
    const bodyAt = packet.length - lengthOf(packet)
    const qos = (first >> 1) & 3
    const topicEnd = bodyAt + 2 + packet.readUInt16BE(bodyAt)
    const headEnd = qos > 0 ? topicEnd + 2 : topicEnd
    const topic = packet.toString('utf8', bodyAt + 2, topicEnd)
    const numbers = this.#subscriptions
      .identifiersFor(topic)
      .flatMap((number) => [subscriptionIdentifier, ...variableBytes(number)])
    const carried = joined(numbers, properties)
    const identifier = packet.subarray(topicEnd, headEnd)
    const payload = packet.subarray(headEnd)
    const delivered = packetOf(first, packet.subarray(bodyAt, topicEnd), identifier, carried, payload)
    // [MQTT-3.1.2-25] What is too large counts as delivered.
    if (delivered.length > this.#packetBytesMax) return undefined
    if (qos > 0) {
      const admitted = this.#deliveries.admit(identifier.readUInt16BE(0), delivered)
      if (admitted !== 'now') return admitted === 'later' ? undefined : 'overflow'
    }
    // Only what leaves now: an alias must not be used before the packet that sets it.
    const alias = this.#aliases.of(topic)
    if (alias === undefined) return delivered
    const named = binaryOf(alias.isNew ? topic : '')
    const aliased = packetOf(first, named, identifier, joined([topicAlias, 0, alias.number], carried), payload)
    if (alias.isNew && aliased.length > this.#packetBytesMax) return delivered
    this.#aliases.set(topic, alias.number)
    return aliased
  }
}

/** Properties before others, which have their length before them. */
function joined(own: readonly number[], others: Buffer = noProperties): Buffer {
  if (own.length === 0) return others
  const fields = new Fields(others, 0, others.length)
  const length = (fields.variable() ?? 0) + own.length
  return Buffer.concat([Buffer.from([...variableBytes(length), ...own]), others.subarray(fields.at)])
}

/** The remaining length of a whole packet. */
function lengthOf(packet: Buffer): number {
  return new Fields(packet, 1, packet.length).variable() ?? 0
}
