import type { AedesPublishPacket, Client, Subscription } from 'aedes'
import { type Anonymous, judgeAnonymousSubscribe } from './anonymous.ts'
import { lowerQos } from './granted.ts'
import type { BrokerLimits } from './limits.ts'
import { errorsTopic, judgeSubscribe } from './permissions.ts'
import { HangUp, sessionOf } from './session.ts'
import type { BrokerStats } from './stats.ts'
import type { Carried } from './version5/index.ts'

export type HearingParts = {
  readonly anonymous: Anonymous
  readonly limits: BrokerLimits
  readonly stats: BrokerStats
  readonly carried: Carried
  /** Monotonic milliseconds. */
  elapsed(): number
}

/** Who may hear what: asked of each subscription, and again of each message before it goes out. */
export class Hearing {
  readonly #parts: HearingParts

  constructor(parts: HearingParts) {
    this.#parts = parts
  }

  authorizeSubscribe(
    client: Client,
    subscription: Subscription,
    done: (error: Error | null, granted?: Subscription | null) => void,
  ): void {
    const { anonymous, stats } = this.#parts
    const session = sessionOf(client)
    if (session?.login === undefined) {
      done(new HangUp('nobody is logged in on this connection'))
      return
    }
    const { device } = session.login
    const { topic } = subscription
    const verdict = anonymous === 'full' ? judgeAnonymousSubscribe(topic) : judgeSubscribe(device, topic)
    if (verdict === 'malformed') {
      stats.malformed += 1
      done(new HangUp(`"${topic}" is not a topic filter [MQTT-4.7.1-2]`))
      return
    }
    if (verdict === 'denied') {
      stats.subscribesDenied += 1
      // [MQTT-3.9.3-2] Aedes answers 0x80 for this one filter.
      done(null, null)
      return
    }
    if (topic === errorsTopic(device.id)) session.hearsErrors = true
    session.granted.add(topic, subscription.qos)
    done(null, { ...subscription, qos: 2 })
  }

  /** Who has not read the last megabyte gets no more, but goes; what a client of MQTT 5 does not want is left out. */
  authorizeForward(client: Client, packet: AedesPublishPacket): AedesPublishPacket | null {
    const { limits, stats, carried, elapsed } = this.#parts
    if (client.conn.writableLength > limits.unsentBytesMax) {
      if (!client.conn.destroyed) {
        stats.slowReaders += 1
        client.conn.destroy(new HangUp('does not read what it is sent'))
      }
      return null
    }
    const session = sessionOf(client)
    // What waited in a session comes with the QoS it was published with.
    if (session !== undefined && packet.qos > 1) lowerQos(session, packet)
    // [MQTT-3.3.2-5]
    if (carried.isExpired(packet.payload as Buffer, elapsed())) return null
    // Only what is sent because of a new subscription comes retained and without a place in Aedes' order.
    const isRetained = packet.retain && !packet.brokerId
    return isRetained && session?.version5?.subscriptions.wantsNoRetained(packet.topic) === true ? null : packet
  }
}
