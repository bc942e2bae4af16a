import type { Client, PublishPacket } from 'aedes'
import type { Logger } from 'pino'
import type { Device, Instant } from '../city/index.ts'
import type { Intake } from './intake.ts'
import type { BrokerLimits } from './limits.ts'
import { errorsTopic, judgePublish, publishableTopics } from './permissions.ts'
import { HangUp, type Session, sessionOf } from './session.ts'
import type { BrokerStats } from './stats.ts'

type Done = (error?: Error | null) => void

export type PublishingParts = {
  readonly intake: Intake
  readonly limits: BrokerLimits
  readonly stats: BrokerStats
  readonly log: Logger
  now(): Instant
  onStatus(device: string, payload: string): void
  publish(topic: string, payload: string, sent: () => void): void
}

// Telemetry topics of one connection whose verdict is remembered: a gateway with a thousand assets of four quantities.
const ownTopicsMax = 4_096

// Milliseconds between telling a device why and hanging up, so that the telling arrives before the end of the socket.
const noticeMs = 100

/**
 * Judges each publish before it is acknowledged: telemetry of own assets goes to `receive`, own status is passed on,
 * everything else ends the connection, which is all that MQTT 3.1.1 offers for a no [MQTT-3.3.5-2]; a device that
 * listens on its `errors/{device}` is told first.
 */
export class Publishing {
  readonly #parts: PublishingParts

  constructor(parts: PublishingParts) {
    this.#parts = parts
  }

  authorize(client: Client | null, packet: PublishPacket, done: Done): void {
    const session = client === null ? undefined : sessionOf(client)
    if (client === null || session?.login === undefined) {
      done(new HangUp('nobody is logged in on this connection'))
      return
    }
    const { device } = session.login
    if (packet.messageId === 0) {
      this.#parts.stats.malformed += 1
      done(new HangUp('packet identifier 0 [MQTT-2.3.1-1]'))
      return
    }
    if (session.ownTopics.has(packet.topic)) this.#parts.intake.take(session, client, packet, device.id, done)
    else this.#judge(session, client, packet, device, done)
  }

  #judge(session: Session, client: Client, packet: PublishPacket, device: Device, done: Done): void {
    const verdict = judgePublish(device, packet.topic)
    switch (verdict.kind) {
      case 'telemetry':
        if (session.ownTopics.size < ownTopicsMax) session.ownTopics.add(packet.topic)
        this.#parts.intake.take(session, client, packet, device.id, done)
        return
      case 'status':
        this.#takeStatus(session, packet, device, done)
        return
      case 'denied':
        this.#deny(session, packet.topic, device, verdict.reason, done)
        return
      case 'malformed':
        this.#parts.stats.malformed += 1
        done(new HangUp(verdict.reason))
    }
  }

  /** A will comes this way too, after its connection is gone. */
  #takeStatus(session: Session, packet: PublishPacket, device: Device, done: Done): void {
    const { statusBytesMax } = this.#parts.limits
    const payload = Buffer.from(packet.payload as Buffer)
    if (payload.length > statusBytesMax) {
      this.#deny(session, packet.topic, device, `a status has at most ${statusBytesMax} bytes`, done)
      return
    }
    // It may be retained: without the copy, the socket's buffer would be retained with it.
    packet.payload = payload
    this.#parts.onStatus(device.id, payload.toString('utf8'))
    done(null)
  }

  #deny(session: Session, topic: string, device: Device, reason: string, done: Done): void {
    // Of many denied publishes in a row the first is answered and ends the connection for all of them.
    if (session.denied) return
    session.denied = true
    this.#parts.stats.aclDenied += 1
    this.#parts.log.info({ device: device.id, topic, reason }, 'denied a publish and closed the connection')
    const denial = new HangUp(`publish denied: ${reason}`)
    if (!session.hearsErrors) {
      done(denial)
      return
    }
    const notice = { code: 'PUBLISH_DENIED', device: device.id, topic, reason, mayPublish: publishableTopics(device) }
    const at = new Date(this.#parts.now()).toISOString()
    this.#parts.publish(errorsTopic(device.id), JSON.stringify({ ...notice, at }), () => {
      setTimeout(done, noticeMs, denial).unref()
    })
  }
}
