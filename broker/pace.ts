import type { BrokerLimits } from './limits.ts'
import { HangUp, type Session, wake } from './session.ts'
import type { BrokerStats } from './stats.ts'

export type PaceParts = {
  readonly limits: BrokerLimits
  readonly stats: BrokerStats
  /** Monotonic milliseconds. */
  elapsed(): number
}

/**
 * How fast one connection is read: not while it is too fast, nor while it does not read what it is sent. TCP then holds
 * it back, and nothing is lost. It is woken when it may be read again.
 */
export class Pace {
  readonly #session: Session
  readonly #parts: PaceParts
  /** Packets not yet charged to the address. */
  #uncharged = 0
  #throttle: NodeJS.Timeout | undefined
  #drain: NodeJS.Timeout | undefined

  constructor(session: Session, parts: PaceParts) {
    this.#session = session
    this.#parts = parts
  }

  /** A packet was taken. */
  charge(): void {
    this.#uncharged += 1
    this.#session.login?.rates.messages.take(1, this.#session.heardAt)
  }

  /** Bytes were read. */
  hear(bytes: number): void {
    const at = this.#parts.elapsed()
    const { login, address } = this.#session
    this.#session.heardAt = at
    this.#session.held = false
    if (login === undefined) return
    this.#parts.stats.bytesIn += bytes
    login.rates.bytes.take(bytes, at)
    address.charge(this.#uncharged, bytes, at)
    this.#uncharged = 0
  }

  isTooFast(): boolean {
    const { login, address } = this.#session
    if (login === undefined) return false
    const at = this.#parts.elapsed()
    const waitMs = Math.max(login.rates.messages.waitMs(at), login.rates.bytes.waitMs(at), address.waitMs(at))
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

  /** It does not read what it is sent, so it is not listened to either; and not for long. */
  isUnread(): boolean {
    const { limits, stats } = this.#parts
    const { conn } = this.#session
    if (conn.writableLength <= limits.unsentBytesMax) return false
    if (this.#drain === undefined) {
      this.#drain = setTimeout(() => {
        if (conn.destroyed) return
        stats.slowReaders += 1
        conn.destroy(new HangUp('does not read what it is sent'))
      }, limits.drainTimeoutMs).unref()
      conn.once('drain', () => {
        clearTimeout(this.#drain)
        this.#drain = undefined
        wake(this.#session)
      })
    }
    return true
  }
}
