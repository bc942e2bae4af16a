/*
 * What stands between a socket and Aedes.
 *
 * Aedes takes bytes only by `conn.read(null)`, whenever it is done with what it had. The guard wraps that one method, so
 * it sees every packet first, and works alike for TCP, TLS and WebSocket streams:
 *
 * - a stranger may send one CONNECT of a few kilobytes and nothing else: what it sends after that waits, unread, until
 *   it is logged in;
 * - a packet that breaks the protocol or is too large closes the connection at its header;
 * - telemetry of QoS 0 and 1 goes from here to `Intake`, without Aedes: its way through a parser, a packet object and
 *   the matching of subscriptions would cost several times what the reading itself costs;
 * - everything else goes to Aedes, packet by packet;
 * - a device that is too fast, or too much of whose messages wait to be kept, is not read for a while: TCP then holds
 *   it back, and nothing is lost.
 */
import type { Duplex } from 'node:stream'
import type { Instant } from '../city/index.ts'
import { Arrivals } from './arrivals.ts'
import { hangUp } from './farewell.ts'
import { FirstPacket } from './first-packet.ts'
import { type FrameFault, FrameReader, type FrameRules, publishType } from './frames.ts'
import type { Intake } from './intake.ts'
import type { BrokerLimits } from './limits.ts'
import { Pace } from './pace.ts'
import { judgePublish } from './permissions.ts'
import { HangUp, type Session, wake } from './session.ts'
import type { BrokerStats } from './stats.ts'
import { requestWithRepeats, subscribe } from './subscribing.ts'
import { topicsFault } from './topics.ts'
import { type Carried, type Conversation, isFault, type Reason, reason } from './version5/index.ts'

export type GuardParts = {
  readonly limits: BrokerLimits
  readonly rules: FrameRules
  /** The same for MQTT 5. */
  readonly rules5: FrameRules
  readonly carried: Carried
  readonly stats: BrokerStats
  readonly intake: Intake
  /** Monotonic milliseconds. */
  elapsed(): number
  now(): Instant
}

export function guard(session: Session, parts: GuardParts): void {
  const guarded = new Guard(session, parts)
  const { conn } = session
  const read = conn.read.bind(conn)
  session.readBytes = read
  // `read(0)` is how a stream asks itself for more; it returns no bytes.
  conn.read = (size?: number) => (size === 0 ? read(0) : guarded.read(read))
}

const subscribeType = 8

class Guard {
  readonly #session: Session
  readonly #parts: GuardParts
  readonly #conn: Duplex
  readonly #connect: FirstPacket
  readonly #pace: Pace
  readonly #in = new Arrivals()
  #frame: FrameReader
  /** Of a connection of MQTT 5: reads what its packets became in the form of 3.1.1. */
  readonly #legacyFrame: FrameReader
  /** A packet translated to 3.1.1 that waits for its turn. */
  #translated: Buffer | undefined
  /** The packet that is next need not wait for acknowledgements of those before it. */
  #isInTurn = true
  /** Aedes is parsing the packet that it got last; it asked for another meanwhile. */
  #isParsing = false
  #isAskedAgain = false

  constructor(session: Session, parts: GuardParts) {
    this.#session = session
    this.#parts = parts
    this.#conn = session.conn
    this.#connect = new FirstPacket(session, parts)
    this.#pace = new Pace(session, parts)
    this.#frame = new FrameReader(parts.rules)
    this.#legacyFrame = this.#frame
  }

  /**
   * The next packet that is for Aedes, or `null` when there is none for now. Aedes asks again as soon as it is done with
   * a packet, which may be in the middle of parsing it; its parser cannot be entered twice, so then it has to wait.
   */
  read(read: () => Buffer | null): Buffer | null {
    if (this.#isParsing) {
      this.#isAskedAgain = true
      return null
    }
    const packet = this.#nextFor(read)
    if (packet !== null) {
      this.#isParsing = true
      process.nextTick(this.#onParsed)
    }
    return packet
  }

  readonly #onParsed = () => {
    this.#isParsing = false
    if (!this.#isAskedAgain) return
    this.#isAskedAgain = false
    wake(this.#session)
  }

  #nextFor(read: () => Buffer | null): Buffer | null {
    if (this.#conn.destroyed) return null
    if (!this.#connect.isOver) return this.#readConnect(read)
    if (!this.#mayRead()) return this.#hold()
    if (this.#translated !== undefined) return this.#nextTranslated(this.#translated)
    const { version5 } = this.#session
    for (;;) {
      if (!this.#parts.intake.hasRoomFor(this.#session)) return this.#hold()
      const { bytes, at } = this.#in
      const progress = at < bytes.length ? this.#frame.read(bytes, at) : 'partial'
      if (progress === 'partial') {
        if (!this.#readMore(read)) return null
      } else if (progress !== 'whole') {
        return this.#closeFor(progress)
      } else if (version5 !== undefined) {
        const next = this.#translate(version5)
        if (next !== 'taken') return next
      } else {
        if (this.#takeDirectly(bytes, this.#frame)) {
          this.#in.at = this.#frame.end
          continue
        }
        if (this.#mustWait(this.#frame)) return this.#hold()
        const next = this.#next()
        if (next !== 'taken') return next
      }
    }
  }

  /** A packet of MQTT 5: taken, answered or refused here, or in the form of 3.1.1 for Aedes. */
  #translate(version5: Conversation): Buffer | null | 'taken' {
    const { bodyAt, end } = this.#frame
    const inbound = version5.inbound(this.#in.bytes, this.#in.at, bodyAt, end)
    this.#in.at = end
    if (isFault(inbound)) {
      const { fault, detail, clause } = inbound
      return this.#close('malformed', clause === undefined ? detail : `${detail} [${clause}]`, fault)
    }
    if (inbound.kind === 'leave') {
      this.#conn.destroy(new HangUp('left, and wanted its will published'))
      return null
    }
    if (inbound.kind !== 'pass') {
      this.#pace.charge()
      if (inbound.kind === 'subscribe') subscribe(this.#session, inbound.request)
      else version5.send(inbound.answer)
      return 'taken'
    }
    this.#legacyFrame.read(inbound.packet, 0)
    if (this.#takeDirectly(inbound.packet, this.#legacyFrame)) return 'taken'
    this.#pace.charge()
    version5.arriving = inbound.properties
    this.#translated = inbound.packet
    // Nothing of it goes back into the stream, which would have us asked again.
    if (this.#mustWait(this.#legacyFrame) && !this.#parts.intake.isSettled(this.#session)) return this.#hold()
    return this.#nextTranslated(inbound.packet)
  }

  #nextTranslated(packet: Buffer): Buffer {
    this.#translated = undefined
    this.#isInTurn = true
    this.#in.putBack(this.#conn)
    return packet
  }

  /** Reads on, until a packet that is not whole can be looked at again; `false`: there is no more for now. */
  #readMore(read: () => Buffer | null): boolean {
    for (;;) {
      if (this.#pace.isTooFast()) {
        this.#session.held = true
        return false
      }
      const chunk = read()
      if (chunk === null) return false
      this.#pace.hear(chunk.length)
      if (this.#in.add(chunk, this.#frame.needed)) return true
    }
  }

  /** A PUBLISH of QoS 0 or 1 on a topic of the device's own; all else is not for us. */
  #takeDirectly(bytes: Buffer, { type, flags, bodyAt, end }: FrameReader): boolean {
    const qos = (flags >> 1) & 3
    if (type !== publishType || qos === 2 || this.#session.denied) return false
    const topicEnd = bodyAt + 2 + (((bytes[bodyAt] as number) << 8) | (bytes[bodyAt + 1] as number))
    const topic = this.#ownTopic(bytes, bodyAt + 2, topicEnd)
    const login = this.#session.login
    if (topic === undefined || login === undefined) return false
    let identifier = 0
    let payloadAt = topicEnd
    if (qos === 1) {
      identifier = ((bytes[topicEnd] as number) << 8) | (bytes[topicEnd + 1] as number)
      payloadAt += 2
      // Whoever refuses packets says why it refused this one.
      if (identifier === 0) return false
    }
    this.#pace.charge()
    const payload = bytes.subarray(payloadAt, end)
    const message = { device: login.device.id, topic, payload, receivedAt: this.#parts.now() }
    this.#parts.intake.take(this.#session, message, identifier)
    return true
  }

  #ownTopic(bytes: Buffer, from: number, to: number): string | undefined {
    const { ownTopics, login } = this.#session
    const known = ownTopics.find(bytes, from, to)
    if (known !== undefined || login === undefined) return known
    const topic = bytes.toString('utf8', from, to)
    const { kind } = judgePublish(login.device, topic)
    if (kind !== 'telemetry' && kind !== 'foreign') return undefined
    ownTopics.add(topic, bytes, from, to)
    return topic
  }

  /** [MQTT-4.6.0-2] Aedes answers at once, so what it answers waits for the answers to what came before. */
  #mustWait({ type }: FrameReader): boolean {
    this.#isInTurn = type !== publishType || this.#session.inFlight === 0
    return !this.#isInTurn
  }

  /** We do not read; that it is not heard meanwhile says nothing of it. */
  #hold(): null {
    this.#session.held = true
    this.#in.putBack(this.#conn)
    return null
  }

  /** The packet for Aedes, once its topics are found lawful. */
  #next(): Buffer | null | 'taken' {
    const { type, bodyAt, end } = this.#frame
    const { bytes, at } = this.#in
    const fault = topicsFault(bytes, type, bodyAt, end)
    if (fault !== undefined) return this.#closeFor(fault)
    const packet = bytes.subarray(at, end)
    const request = type === subscribeType ? requestWithRepeats(bytes, bodyAt, end) : undefined
    this.#in.at = end
    this.#pace.charge()
    if (request !== undefined) {
      subscribe(this.#session, request)
      return 'taken'
    }
    this.#in.putBack(this.#conn)
    return packet
  }

  #readConnect(read: () => Buffer | null): Buffer | null {
    const chunk = read()
    if (chunk === null) return null
    this.#pace.hear(chunk.length)
    const packet = this.#connect.add(chunk)
    if (packet !== null && this.#session.version5 !== undefined) this.#frame = new FrameReader(this.#parts.rules5)
    return packet
  }

  #mayRead(): boolean {
    const { login, denied } = this.#session
    // Aedes reads again by itself once it has answered the CONNECT.
    if (login === undefined || denied) return false
    if (!this.#isInTurn && !this.#parts.intake.isSettled(this.#session)) return false
    return !this.#pace.isUnread()
  }

  #closeFor({ kind, detail, clause }: FrameFault): null {
    const code = kind === 'oversized' ? reason.packetTooLarge : reason.malformedPacket
    return this.#close(kind, clause === undefined ? detail : `${detail} [${clause}]`, code)
  }

  #close(kind: 'malformed' | 'oversized', detail: string, code: Reason = reason.malformedPacket): null {
    this.#parts.stats[kind] += 1
    hangUp(this.#session, code, detail)
    return null
  }
}
