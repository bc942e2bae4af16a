/*
 * From a published message to its PUBACK.
 *
 * `receive` keeps a message and says so by its promise. Kept: the PUBACK leaves. Not kept: the connection closes without
 * one, and the device sends again (at least once; the readings' identity makes it once). A batch of messages shares one
 * promise, and all that it holds for one connection is acknowledged in a single write.
 *
 * The guard takes telemetry of QoS 0 and 1 from the socket to here. QoS 2 comes by Aedes, which asks `authorizePublish`
 * and holds its PUBREC until that is answered. A packet identifier that a device sends again before its PUBREL is
 * received again: also there it is the identity of the readings that makes it once.
 */
import type { PublishPacket } from 'aedes'
import type { Instant } from '../city/index.ts'
import type { Message, MessageReceiver, WireFault } from '../ingest/wire/index.ts'
import type { BrokerLimits } from './limits.ts'
import { HangUp, type Session, type Taken } from './session.ts'
import type { BrokerStats } from './stats.ts'

type Done = (error?: Error | null) => void
type OnRefused = (fault: WireFault) => void

export type IntakeParts = {
  readonly receive: MessageReceiver
  now(): Instant
  readonly limits: BrokerLimits
  readonly stats: BrokerStats
  /** Lets a session read again that was told there is no room. */
  wake(session: Session): void
  onNotKept(session: Session, reason: unknown): void
}

// Writes of acknowledgements between two readings of the sockets: some ten milliseconds.
const writesPerTurn = 512

const nothing = Buffer.alloc(0)
const notKept = new HangUp('the message could not be kept')

export class Intake {
  readonly #parts: IntakeParts
  readonly #waiting = new Set<Session>()
  #inFlightBytes = 0
  #inFlight = 0
  #closing = false
  #whenEmpty: (() => void) | undefined
  /** The messages whose promise is the one `receive` returned last. */
  #promise: Promise<void> | undefined
  #batch: Taken[] = []
  /** Kept and not yet acknowledged, the oldest first, and how far the first of them is done. */
  readonly #owed: (readonly Taken[])[] = []
  #owedAt = 0
  #isAcknowledging = false

  constructor(parts: IntakeParts) {
    this.#parts = parts
  }

  /** Whether more may be read from the session; if not, it is woken when there is room. */
  hasRoomFor(session: Session): boolean {
    if (!this.#closing && !this.#isFull() && !this.#isFullFor(session)) return true
    if (!this.#closing && !this.#waiting.has(session)) {
      this.#parts.stats.backpressured += 1
      this.#waiting.add(session)
    }
    return false
  }

  /** Whether all that was taken from the session is acknowledged; if not, it is woken when that may be so. */
  isSettled(session: Session): boolean {
    if (session.inFlight === 0) return true
    this.#waiting.add(session)
    return false
  }

  /** Of QoS 0 (`identifier` 0) or 1. The message's payload is looked at only now; whoever keeps it takes a copy. */
  take(session: Session, message: Message, identifier: number): void {
    const { version5 } = session
    const promise = this.#receive(
      version5 === undefined || identifier === 0
        ? message
        : { ...message, onRefused: ({ detail }) => version5.findUseless(identifier, detail) },
    )
    const taken = this.#count(session, promise, message.payload.length)
    if (identifier !== 0) taken.identifiers.push(identifier)
  }

  /** Of QoS 2: `done` lets Aedes answer. `onRefused` hears before it if nothing of the message became a reading. */
  takeHeld(session: Session, packet: PublishPacket, device: string, done: Done, onRefused?: OnRefused): void {
    const payload = packet.payload as Buffer
    const promise = this.#receive({ device, topic: packet.topic, payload, receivedAt: this.#parts.now(), onRefused })
    // What Aedes keeps of a QoS 2 packet until its PUBREL is small then.
    packet.payload = nothing
    this.#count(session, promise, payload.length)
    promise.then(
      () => done(null),
      () => done(notKept),
    )
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

  #receive(message: Message): Promise<void> {
    try {
      return this.#parts.receive(message)
    } catch (error) {
      return Promise.reject(error)
    }
  }

  /** Counts a message into its connection's part of the batch that its promise stands for. */
  #count(session: Session, promise: Promise<void>, bytes: number): Taken {
    this.#parts.stats.messagesIn += 1
    session.inFlight += 1
    session.inFlightBytes += bytes
    this.#inFlight += 1
    this.#inFlightBytes += bytes
    if (promise !== this.#promise) this.#follow(promise)
    const taken = session.taken ?? this.#join(session)
    taken.messages += 1
    taken.bytes += bytes
    return taken
  }

  #join(session: Session): Taken {
    const taken: Taken = { session, identifiers: [], messages: 0, bytes: 0 }
    session.taken = taken
    this.#batch.push(taken)
    return taken
  }

  #follow(promise: Promise<void>): void {
    this.#closeBatch()
    const batch: Taken[] = []
    this.#promise = promise
    this.#batch = batch
    promise.then(
      () => this.#settle(promise, batch, undefined),
      (reason) => this.#settle(promise, batch, { reason }),
    )
  }

  /** What comes from now on belongs to another batch. */
  #closeBatch(): void {
    for (const { session } of this.#batch) session.taken = undefined
    this.#batch = []
    this.#promise = undefined
  }

  #settle(promise: Promise<void>, batch: readonly Taken[], failure: { readonly reason: unknown } | undefined): void {
    // Whoever gets this promise from now on is too late for this settling and needs one of its own.
    if (this.#promise === promise) this.#closeBatch()
    if (failure === undefined) this.#owed.push(batch)
    else for (const taken of batch) this.#refuse(taken, failure.reason)
    if (!this.#isAcknowledging) this.#acknowledgeSome()
  }

  /**
   * Acknowledges what is kept, batch after batch, so that each connection hears in the order in which it spoke. After so
   * many writes the sockets are read again: the answers to ten thousand devices at once would keep all others waiting,
   * and those that are answered first from sending their next.
   */
  readonly #acknowledgeSome = () => {
    this.#isAcknowledging = false
    let writes = 0
    for (let batch = this.#owed[0]; batch !== undefined; batch = this.#owed[0]) {
      for (; this.#owedAt < batch.length; this.#owedAt += 1, writes += 1) {
        if (writes === writesPerTurn) {
          this.#isAcknowledging = true
          setImmediate(this.#acknowledgeSome)
          this.#wakeWaiting()
          return
        }
        this.#acknowledge(batch[this.#owedAt] as Taken)
      }
      this.#owed.shift()
      this.#owedAt = 0
    }
    this.#wakeWaiting()
    if (this.#inFlight === 0) this.#whenEmpty?.()
  }

  #release({ session, messages, bytes }: Taken): void {
    session.inFlight -= messages
    session.inFlightBytes -= bytes
    this.#inFlight -= messages
    this.#inFlightBytes -= bytes
  }

  #acknowledge(taken: Taken): void {
    this.#release(taken)
    const { identifiers } = taken
    const { conn } = taken.session
    if (identifiers.length === 0 || conn.destroyed) return
    this.#parts.stats.acknowledged += identifiers.length
    conn.write(acknowledgements(identifiers))
  }

  #refuse(taken: Taken, reason: unknown): void {
    this.#release(taken)
    const { session, messages } = taken
    this.#parts.stats.notKept += messages
    if (session.conn.destroyed) return
    this.#parts.onNotKept(session, reason)
    session.conn.destroy(notKept)
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
function acknowledgements(identifiers: readonly number[]): Buffer {
  const bytes = Buffer.allocUnsafe(identifiers.length * 4)
  let at = 0
  for (const identifier of identifiers) {
    bytes[at] = 0x40
    bytes[at + 1] = 2
    bytes[at + 2] = identifier >> 8
    bytes[at + 3] = identifier & 0xff
    at += 4
  }
  return bytes
}
