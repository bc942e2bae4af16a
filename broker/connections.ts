import type { Duplex } from 'node:stream'
import { type Address, Addresses } from './addresses.ts'
import { hangUp } from './farewell.ts'
import type { BrokerLimits } from './limits.ts'
import { Session } from './session.ts'
import type { BrokerStats } from './stats.ts'
import { type Reason, reason } from './version5/index.ts'

export type ConnectionParts = {
  readonly limits: BrokerLimits
  readonly stats: BrokerStats
  /** Monotonic milliseconds. */
  elapsed(): number
  onClose(session: Session): void
  /** A device's first connection is logged in, or its last one is closed. */
  onConnected(device: string, isConnected: boolean): void
}

// Milliseconds. The standard allows one and a half keep-alives, of which the shortest is a second.
const sweepEveryMs = 250

/** All that is open: how much, from where, which connections are whose, and which have fallen silent. */
export class Connections {
  readonly #parts: ConnectionParts
  readonly #addresses: Addresses
  readonly #sessions = new Set<Session>()
  /** More than one only while a second connection of the same device takes over from the first. */
  readonly #byDevice = new Map<string, Session[]>()
  readonly #sweeping: NodeJS.Timeout
  #entered = 0
  #closing = false

  constructor(parts: ConnectionParts) {
    this.#parts = parts
    this.#addresses = new Addresses(parts.limits, parts.elapsed())
    // One timer for all: a timer of its own for each of ten thousand devices would be set anew with every message.
    this.#sweeping = setInterval(() => this.#closeSilent(), sweepEveryMs).unref()
  }

  /** Counts a socket in until it closes, or closes it at once where there are too many. */
  enter(socket: Duplex, remoteAddress: string | undefined): Address | undefined {
    const { limits, stats, elapsed } = this.#parts
    const full = this.#closing || this.#entered >= limits.connectionsMax
    const address = full ? undefined : this.#addresses.enter(remoteAddress, elapsed())
    if (address === undefined) {
      stats.connectionsLimited += 1
      socket.destroy()
      return undefined
    }
    this.#entered += 1
    socket.once('close', () => {
      this.#entered -= 1
      this.#addresses.leave(address)
    })
    return address
  }

  open(conn: Duplex, address: Address): Session {
    const session = new Session(conn, address)
    this.#sessions.add(session)
    conn.once('close', () => this.#forget(session))
    return session
  }

  loggedIn(session: Session): void {
    const device = session.login?.device.id
    if (device === undefined) return
    const others = this.#byDevice.get(device)
    this.#byDevice.set(device, [...(others ?? []), session])
    if (others === undefined) this.#parts.onConnected(device, true)
  }

  ofDevice(device: string): readonly Session[] {
    return this.#byDevice.get(device) ?? []
  }

  get deviceCount(): number {
    return this.#byDevice.size
  }

  /** No more come in. */
  shut(): void {
    this.#closing = true
  }

  get isShut(): boolean {
    return this.#closing
  }

  /** Tells those who speak MQTT 5 why they are closed. */
  farewell(code: Reason, why: string): void {
    for (const session of this.#sessions) if (session.version5 !== undefined) hangUp(session, code, why)
  }

  destroyAll(): void {
    clearInterval(this.#sweeping)
    for (const { conn } of this.#sessions) conn.destroy()
  }

  /** [MQTT-3.1.2-24] As if the network had failed: a will is published. */
  #closeSilent(): void {
    const at = this.#parts.elapsed()
    for (const session of this.#sessions) {
      const { conn, silenceMaxMs, heardAt, held } = session
      if (silenceMaxMs === 0 || held || at - heardAt <= silenceMaxMs || conn.destroyed) continue
      this.#parts.stats.keepaliveTimeouts += 1
      hangUp(session, reason.keepAliveTimeout, 'keep alive timeout')
    }
  }

  #forget(session: Session): void {
    this.#sessions.delete(session)
    const device = session.login?.device.id
    if (device !== undefined) {
      const others = this.ofDevice(device).filter((other) => other !== session)
      if (others.length > 0) this.#byDevice.set(device, others)
      else if (this.#byDevice.delete(device)) this.#parts.onConnected(device, false)
    }
    this.#parts.onClose(session)
  }
}
