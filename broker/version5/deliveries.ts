/*
 * What goes out to one client: no more messages of QoS 1 and 2 unacknowledged than it takes [MQTT-3.3.4-9], and none
 * larger than it takes [MQTT-3.1.2-24]. Aedes knows of neither, so the window is held here.
 */
export type DeliveryLimits = {
  readonly receiveMax: number
  /** Bytes that may wait for the window. A client that lets more gather does not acknowledge, and is closed. */
  readonly waitingBytesMax: number
}

export class Deliveries {
  readonly #limits: DeliveryLimits
  readonly #unacknowledged = new Set<number>()
  #waiting: { readonly identifier: number; readonly packet: Buffer }[] = []
  #waitingBytes = 0

  constructor(limits: DeliveryLimits) {
    this.#limits = limits
  }

  /** Whether the packet may leave now. If not, it waits; `full`: too much waits already. */
  admit(identifier: number, packet: Buffer): 'now' | 'later' | 'full' {
    if (this.#unacknowledged.size < this.#limits.receiveMax && this.#waiting.length === 0) {
      this.#unacknowledged.add(identifier)
      return 'now'
    }
    if (this.#waitingBytes + packet.length > this.#limits.waitingBytesMax) return 'full'
    // What was translated may be a part of a larger buffer.
    this.#waiting.push({ identifier, packet: Buffer.from(packet) })
    this.#waitingBytes += packet.length
    return 'later'
  }

  /** The client is done with a message. Returns what may leave now. */
  acknowledged(identifier: number): readonly Buffer[] {
    if (!this.#unacknowledged.delete(identifier) || this.#waiting.length === 0) return []
    const released = this.#waiting.splice(0, this.#limits.receiveMax - this.#unacknowledged.size)
    for (const { identifier: next, packet } of released) {
      this.#unacknowledged.add(next)
      this.#waitingBytes -= packet.length
    }
    return released.map(({ packet }) => packet)
  }
}
