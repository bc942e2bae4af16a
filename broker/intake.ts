/*
 * From a published message to its PUBACK.
 *
 * Aedes asks `authorizePublish` before it acknowledges; that question is left open until `receive` has kept the message.
 * Kept: the PUBACK leaves. Not kept: the connection closes without one, and the device sends again (at least once; the
 * readings' identity makes it once). Acknowledgements are written here and not by Aedes, because all that a batch holds
 * for one connection then leaves in a single write; Aedes is told of a message of QoS 0, for which nothing is left to do.
 *
 * QoS 2: the PUBREC is Aedes' own and follows the keeping. A packet identifier that a device sends again before its
 * PUBREL is received again: also there it is the identity of the readings that makes it once.
 */
import type { Client, PublishPacket } from 'aedes'
import type { Instant } from '../city/index.ts'
import type { MessageReceiver } from '../ingest/wire/index.ts'
import type { BrokerLimits } from './limits.ts'
import { HangUp, type Session } from './session.ts'
import type { BrokerStats } from './stats.ts'

type Done = (error?: Error | null) => void

/** A message taken and not yet kept. */
type Taken = {
  readonly session: Session
  readonly client: Client
  readonly packet: PublishPacket
  readonly bytes: number
  readonly done: Done
}

export type IntakeParts = {
  readonly receive: MessageReceiver
  now(): Instant
  readonly limits: BrokerLimits
  readonly stats: BrokerStats
  /** Lets a session read again that was told there is no room. */
  wake(session: Session): void
  onNotKept(session: Session, reason: unknown): void
}

const nothing = Buffer.alloc(0)
const notKept = new HangUp('the message could not be kept')

export class Intake {
  readonly #parts: IntakeParts
  readonly #waiting = new Set<Session>()
  #inFlightBytes = 0
  #inFlight = 0
  #closing = false
  #whenEmpty: (() => void) | undefined
  /** The messages whose promise is the one `receive` returned last; a batch shares one promise and one settling. */
  #promise: Promise<void> | undefined
  #batch: Taken[] = []

  constructor(parts: IntakeParts) {
    this.#parts = parts
  }

  /** Whether more may be read from the session; if not, it is woken when there is room. */
  hasRoomFor(session: Session): boolean {
    if (this.#closing) return false
    if (!this.#isFull() && !this.#isFullFor(session)) return true
    if (!this.#waiting.has(session)) {
      this.#parts.stats.backpressured += 1
      this.#waiting.add(session)
    }
    return false
  }

  take(session: Session, client: Client, packet: PublishPacket, device: string, done: Done): void {
    const { stats, now } = this.#parts
    // A slice of the socket's buffer would keep all of that buffer alive, for as long as anyone keeps the message.
    const payload = Buffer.from(packet.payload as Buffer)
    // Aedes needs it no more, and what it keeps of a QoS 2 packet until its PUBREL is then small.
    packet.payload = nothing
    const bytes = payload.length
    stats.messagesIn += 1
    session.inFlight += 1
    session.inFlightBytes += bytes
    this.#inFlight += 1
    this.#inFlightBytes += bytes
    const taken = { session, client, packet, bytes, done }
    this.#follow(this.#receive({ device, topic: packet.topic, payload, receivedAt: now() }), taken)
  }

  /** Reads no more; resolves when everything taken is settled. */
  close(): Promise<void> {
    this.#closing = true
    if (this.#inFlight === 0) return Promise.resolve()
    return new Promise((resolve) => {
      this.#whenEmpty = resolve
    })
  }

  forget(session: Session): void {
    this.#waiting.delete(session)
  }

  #receive(message: Parameters<MessageReceiver>[0]): Promise<void> {
    try {
      return this.#parts.receive(message)
    } catch (error) {
      return Promise.reject(error)
    }
  }

  #follow(promise: Promise<void>, taken: Taken): void {
    if (promise === this.#promise) {
      this.#batch.push(taken)
      return
    }
    const batch = [taken]
    this.#promise = promise
    this.#batch = batch
    promise.then(
      () => this.#settle(promise, batch, undefined),
      (reason) => this.#settle(promise, batch, { reason }),
    )
  }

  #settle(promise: Promise<void>, batch: readonly Taken[], failure: { readonly reason: unknown } | undefined): void {
    // Whoever gets this promise from now on is too late for this settling and needs one of its own.
    if (this.#promise === promise) this.#promise = undefined
    for (const { session, bytes } of batch) {
      session.inFlight -= 1
      session.inFlightBytes -= bytes
      this.#inFlightBytes -= bytes
    }
    this.#inFlight -= batch.length
    if (failure === undefined) this.#acknowledge(batch)
    else this.#refuse(batch, failure.reason)
    this.#wakeWaiting()
    if (this.#inFlight === 0) this.#whenEmpty?.()
  }

  #acknowledge(batch: readonly Taken[]): void {
    const { stats } = this.#parts
    const sessions: Session[] = []
    for (const { session, packet } of batch) {
      if (packet.qos !== 1 || session.conn.destroyed) continue
      if (session.acknowledging.length === 0) sessions.push(session)
      session.acknowledging.push(packet.messageId ?? 0)
      stats.acknowledged += 1
      packet.qos = 0
    }
    for (const session of sessions) writeAcknowledgements(session)
    // Aedes may read on while it is told, so all the acknowledgements are on their way before.
    for (const { client, done } of batch) if (!client.closed) done(null)
  }

  #refuse(batch: readonly Taken[], reason: unknown): void {
    this.#parts.stats.notKept += batch.length
    for (const { session, client, done } of batch) {
      // The first of a connection closes it.
      if (client.closed) continue
      this.#parts.onNotKept(session, reason)
      done(notKept)
    }
  }

  #wakeWaiting(): void {
    if (this.#waiting.size === 0) return
    // Over a copy: who is woken reads at once, and may be waiting again before the loop is done.
    for (const session of [...this.#waiting]) {
      if (this.#isFull()) return
      if (this.#isFullFor(session)) continue
      this.#waiting.delete(session)
      this.#parts.wake(session)
    }
  }

  #isFull(): boolean {
    return this.#inFlightBytes >= this.#parts.limits.inFlightBytesMax
  }

  #isFullFor({ inFlight, inFlightBytes }: Session): boolean {
    const { inFlightPerDeviceMax, inFlightBytesPerDeviceMax } = this.#parts.limits
    return inFlight >= inFlightPerDeviceMax || inFlightBytes >= inFlightBytesPerDeviceMax
  }
}

/** [MQTT-4.6.0-2] In the order in which the messages came in. */
function writeAcknowledgements(session: Session): void {
  const identifiers = session.acknowledging
  const bytes = Buffer.allocUnsafe(identifiers.length * 4)
  let at = 0
  for (const identifier of identifiers) {
    bytes[at] = 0x40
    bytes[at + 1] = 2
    bytes[at + 2] = identifier >> 8
    bytes[at + 3] = identifier & 0xff
    at += 4
  }
  identifiers.length = 0
  session.conn.write(bytes)
}
