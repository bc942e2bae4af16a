import type { Client, PublishPacket } from 'aedes'
import type { Logger } from 'pino'
import type { Device, Instant } from '../city/index.ts'
import { type Anonymous, mayPublishAnonymously } from './anonymous.ts'
import { hangUp } from './farewell.ts'
import type { Intake } from './intake.ts'
import type { BrokerLimits } from './limits.ts'
import { errorsTopic, judgePublish, publishableTopics } from './permissions.ts'
import { HangUp, type Session, sessionOf } from './session.ts'
import type { BrokerStats } from './stats.ts'
import { type Carried, type Reason, reason as reasonCode } from './version5/index.ts'

type Done = (error?: Error | null) => void

export type PublishingParts = {
  readonly anonymous: Anonymous
  readonly intake: Intake
  readonly limits: BrokerLimits
  readonly stats: BrokerStats
  readonly log: Logger
  readonly carried: Carried
  now(): Instant
  /** Monotonic milliseconds. */
  elapsed(): number
  onStatus(device: string, payload: string): void
  publish(topic: string, payload: string, sent: () => void): void
  /** Has Aedes pass a packet on to nobody and retain nothing of it. */
  endHere(packet: PublishPacket): void
}

// Milliseconds between telling a device why and hanging up, so that the telling arrives before the end of the socket.
const noticeMs = 100

/**
 * Judges each publish before it is acknowledged: telemetry of own assets goes to `receive`, own status is passed on,
 * everything else ends the connection, which is all that MQTT 3.1.1 offers for a no [MQTT-3.3.5-2]; a device that
 * listens on its `errors/{device}` is told first. MQTT 5 has a word for it, so there the connection stays.
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
    if (this.#parts.anonymous === 'off') this.#judge(session, packet, device, done)
    else if (mayPublishAnonymously(packet.topic)) this.#passOn(session, packet, done)
    else this.#deny(session, packet, device, '$SYS/ is reserved', done)
  }

  #passOn(session: Session, packet: PublishPacket, done: Done): void {
    const properties = propertiesOf(session, packet)
    // It may be retained or queued: without the copy, the socket's buffer would be kept with it.
    const payload = Buffer.from(packet.payload as Buffer)
    packet.payload = payload
    // [MQTT-3.3.1-3] It is not passed on.
    packet.dup = false
    if (properties !== undefined) this.#parts.carried.add(payload, properties, this.#parts.elapsed())
    done(null)
  }

  #judge(session: Session, packet: PublishPacket, device: Device, done: Done): void {
    const verdict = judgePublish(device, packet.topic)
    switch (verdict.kind) {
      case 'telemetry':
      case 'foreign':
        // It has been kept by the time Aedes would pass it on, and nobody may subscribe to it.
        this.#parts.endHere(packet)
        this.#takeHeld(session, packet, device, done)
        return
      case 'status':
        this.#takeStatus(session, packet, device, done)
        return
      case 'denied':
        this.#deny(session, packet, device, verdict.reason, done)
        return
      case 'malformed':
        this.#parts.stats.malformed += 1
        done(new HangUp(verdict.reason))
    }
  }

  /** A client of MQTT 5 is told if it is kept in quarantine only. */
  #takeHeld(session: Session, packet: PublishPacket, device: Device, done: Done): void {
    const { intake } = this.#parts
    if (session.version5 === undefined) {
      intake.takeHeld(session, packet, device.id, done)
      return
    }
    let useless: string | undefined
    const settled = (error?: Error | null) => {
      if (error || useless === undefined) done(error)
      else this.#refuse(session, packet, reasonCode.implementationSpecific, useless, done)
    }
    intake.takeHeld(session, packet, device.id, settled, ({ detail }) => {
      useless = detail
    })
  }

  /** A will comes this way too, after its connection is gone. */
  #takeStatus(session: Session, packet: PublishPacket, device: Device, done: Done): void {
    const { statusBytesMax } = this.#parts.limits
    const payload = packet.payload as Buffer
    if (payload.length > statusBytesMax) {
      this.#deny(session, packet, device, `a status has at most ${statusBytesMax} bytes`, done)
      return
    }
    this.#parts.onStatus(device.id, payload.toString('utf8'))
    this.#passOn(session, packet, done)
  }

  #deny(session: Session, packet: PublishPacket, device: Device, reason: string, done: Done): void {
    // Of many denied publishes in a row the first is answered and ends the connection for all of them.
    if (session.denied) return
    const { topic } = packet
    const isRefusable = session.version5 !== undefined && packet.qos > 0 && !session.conn.destroyed
    this.#parts.stats.aclDenied += 1
    const outcome = isRefusable ? 'denied a publish' : 'denied a publish and closed the connection'
    this.#parts.log.info({ device: device.id, topic, reason }, outcome)
    const notice = { code: 'PUBLISH_DENIED', device: device.id, topic, reason, mayPublish: publishableTopics(device) }
    const at = new Date(this.#parts.now()).toISOString()
    const tell = (sent: () => void) => {
      if (session.hearsErrors) this.#parts.publish(errorsTopic(device.id), JSON.stringify({ ...notice, at }), sent)
      else sent()
    }
    if (isRefusable) {
      tell(() => {})
      this.#refuse(session, packet, reasonCode.notAuthorized, reason, done)
      return
    }
    session.denied = true
    const denial = new HangUp(`publish denied: ${reason}`)
    // A will comes when its connection is gone.
    if (session.conn.destroyed) done(denial)
    else if (session.version5 !== undefined) tell(() => hangUp(session, reasonCode.notAuthorized, denial.message))
    else if (session.hearsErrors) tell(() => setTimeout(done, noticeMs, denial).unref())
    else done(denial)
  }

  /** The PUBACK or PUBREC is written here; to Aedes it is a message of QoS 0 that ends here. */
  #refuse({ version5 }: Session, packet: PublishPacket, code: Reason, reason: string, done: Done): void {
    version5?.send(version5.refusal(packet.qos, packet.messageId ?? 0, code, reason))
    this.#parts.endHere(packet)
    packet.qos = 0
    done(null)
  }
}

/** What a message, or the will that its session left, has besides topic and payload. */
function propertiesOf({ version5, will }: Session, { payload }: PublishPacket): Buffer | undefined {
  if (version5 === undefined) return undefined
  if (payload === will?.payload) return version5.terms.willProperties
  const { arriving } = version5
  version5.arriving = undefined
  return arriving
}
