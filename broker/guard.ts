/*
 * What stands between a socket and Aedes.
 *
 * Aedes takes bytes only by `conn.read(null)`, whenever it is done with what it had. The guard wraps that one method, so
 * it sees every byte before anything is buffered, copies none, and works alike for TCP, TLS and WebSocket streams:
 *
 * - a stranger may send one CONNECT of a few kilobytes and nothing else: what it sends after that waits, unread, until
 *   it is logged in;
 * - a packet that breaks the protocol or is too large closes the connection at its header;
 * - a device that is too fast, or too much of whose messages wait to be kept, is not read for a while: TCP then holds
 *   it back, and nothing is lost.
 */
import type { Duplex } from 'node:stream'
import { connectFault, connectProgress } from './connect-packet.ts'
import { type FrameRules, FrameScanner } from './frames.ts'
import type { Intake } from './intake.ts'
import type { BrokerLimits } from './limits.ts'
import { type DeviceRates, HangUp, type Session } from './session.ts'
import type { BrokerStats } from './stats.ts'

export type GuardParts = {
  readonly limits: BrokerLimits
  readonly rules: FrameRules
  readonly stats: BrokerStats
  readonly intake: Intake
  /** Monotonic milliseconds. */
  elapsed(): number
}

export function guard(session: Session, parts: GuardParts): void {
  const guarded = new Guard(session, parts)
  const { conn } = session
  const read = conn.read.bind(conn)
  // `read(0)` is how a stream asks itself for more; it returns no bytes.
  conn.read = (size?: number) => (size === 0 ? read(0) : guarded.read(read))
}

class Guard {
  readonly #session: Session
  readonly #parts: GuardParts
  readonly #conn: Duplex
  readonly #scanner: FrameScanner
  /** The pieces of a CONNECT that is not whole yet. */
  #connect: Buffer | undefined
  #connectSeen = false
  #throttle: NodeJS.Timeout | undefined
  #drain: NodeJS.Timeout | undefined

  constructor(session: Session, parts: GuardParts) {
    this.#session = session
    this.#parts = parts
    this.#conn = session.conn
    this.#scanner = new FrameScanner(parts.rules)
  }

  read(read: () => Buffer | null): Buffer | null {
    if (this.#conn.destroyed) return null
    if (!this.#connectSeen) return this.#readConnect(read)
    if (!this.#mayRead()) return null
    const chunk = read()
    if (chunk === null) return null
    const before = this.#scanner.packets
    const fault = this.#scanner.scan(chunk)
    this.#charge(chunk.length, this.#scanner.packets - before)
    if (fault === undefined) return chunk
    return this.#close(fault.kind, fault.clause === undefined ? fault.detail : `${fault.detail} [${fault.clause}]`)
  }

  #readConnect(read: () => Buffer | null): Buffer | null {
    const chunk = read()
    if (chunk === null) return null
    const bytes = this.#connect === undefined ? chunk : Buffer.concat([this.#connect, chunk])
    const progress = connectProgress(bytes, this.#parts.limits.connectBytesMax)
    if (progress.kind === 'wrong') return this.#close(progress.tooLarge ? 'oversized' : 'malformed', progress.detail)
    if (progress.kind === 'incomplete') {
      this.#connect = bytes
      return null
    }
    const fault = connectFault(bytes.subarray(progress.bodyAt, progress.end))
    if (fault?.kind === 'malformed') return this.#close('malformed', `${fault.detail} [${fault.clause}]`)
    if (fault !== undefined) return this.#refuse(fault.returnCode)
    this.#connectSeen = true
    this.#connect = undefined
    // Back into the stream, so that it does not end before they are read: a logger on a mobile link sends CONNECT,
    // PUBLISH and DISCONNECT in one go and hangs up.
    if (bytes.length > progress.end) this.#conn.unshift(bytes.subarray(progress.end))
    return bytes.subarray(0, progress.end)
  }

  #mayRead(): boolean {
    const { login, denied } = this.#session
    // Aedes reads again by itself once it has answered the CONNECT.
    if (login === undefined || denied) return false
    if (!this.#parts.intake.hasRoomFor(this.#session)) return false
    return !this.#isUnread() && !this.#isTooFast(login.rates)
  }

  /** It does not read what it is sent, so it is not listened to either; and not for long. */
  #isUnread(): boolean {
    const { limits, stats } = this.#parts
    if (this.#conn.writableLength <= limits.unsentBytesMax) return false
    if (this.#drain === undefined) {
      this.#drain = setTimeout(() => {
        if (this.#conn.destroyed) return
        stats.slowReaders += 1
        this.#conn.destroy(new HangUp('does not read what it is sent'))
      }, limits.drainTimeoutMs).unref()
      this.#conn.once('drain', () => {
        clearTimeout(this.#drain)
        this.#drain = undefined
        wake(this.#session)
      })
    }
    return true
  }

  #isTooFast(rates: DeviceRates): boolean {
    const at = this.#parts.elapsed()
    const waitMs = Math.max(rates.messages.waitMs(at), rates.bytes.waitMs(at))
    if (waitMs === 0) return false
    if (this.#throttle === undefined) {
      this.#parts.stats.rateLimited += 1
      this.#throttle = setTimeout(() => {
        this.#throttle = undefined
        wake(this.#session)
      }, waitMs).unref()
    }
    return true
  }

  #charge(bytes: number, packets: number): void {
    this.#parts.stats.bytesIn += bytes
    const rates = this.#session.login?.rates
    if (rates === undefined) return
    const at = this.#parts.elapsed()
    rates.bytes.take(bytes, at)
    rates.messages.take(packets, at)
  }

  #close(kind: 'malformed' | 'oversized', detail: string): null {
    this.#parts.stats[kind] += 1
    this.#conn.destroy(new HangUp(detail))
    return null
  }

  /** [MQTT-3.2.2-5] A CONNACK with the return code, then the close. Aedes never learns of this CONNECT. */
  #refuse(returnCode: number): null {
    this.#parts.stats.refusedConnects += 1
    this.#connectSeen = true
    this.#conn.end(Buffer.from([0x20, 2, 0, returnCode]), () => this.#conn.destroy())
    return null
  }
}

/** Has Aedes try to read again. One call too many does no harm: the guard says no again. */
export function wake(session: Session): void {
  if (!session.conn.destroyed) session.conn.emit('readable')
}
