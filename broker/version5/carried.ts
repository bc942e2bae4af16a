import { Fields, variableBytes } from './fields.ts'

type Baggage = { readonly properties: Buffer; readonly expiresAt: number }

const messageExpiry = 2
const topicAlias = 35
const willDelay = 24

/**
 * What a PUBLISH or will of MQTT 5 brought besides topic and payload, for subscribers that speak it too [MQTT-3.3.2-17]: user
 * properties, content type, response topic, correlation data, payload format, expiry. The core knows nothing of it, so
 * it hangs on the buffer of the payload and goes when that goes.
 */
export class Carried {
  readonly #byPayload = new WeakMap<object, Baggage>()

  /** @param properties as they came, without their length; `at` in monotonic milliseconds */
  add(payload: Buffer, properties: Buffer, at: number): void {
    let expiresAt = Number.POSITIVE_INFINITY
    const kept: Buffer[] = []
    const fields = new Fields(properties, 0, properties.length)
    while (fields.left > 0) {
      const from = fields.at
      const code = fields.byte()
      if (code === messageExpiry) expiresAt = at + (fields.fourBytes() ?? 0) * 1_000
      else if (code === topicAlias) fields.twoBytes()
      else if (code === willDelay) fields.fourBytes()
      else {
        if (code === 1) fields.byte()
        else fields.binary()
        if (code === 38) fields.binary()
        kept.push(properties.subarray(from, fields.at))
      }
    }
    this.#byPayload.set(payload, { properties: Buffer.concat(kept), expiresAt })
  }

  isExpired(payload: object, at: number): boolean {
    return (this.#byPayload.get(payload)?.expiresAt ?? Number.POSITIVE_INFINITY) <= at
  }

  /** With their length before them, and the time that is left [MQTT-3.3.2-6]. */
  of(payload: object, at: number): Buffer | undefined {
    const baggage = this.#byPayload.get(payload)
    if (baggage === undefined) return undefined
    const expiry = Buffer.alloc(Number.isFinite(baggage.expiresAt) ? 5 : 0)
    if (expiry.length > 0) {
      expiry[0] = messageExpiry
      expiry.writeUInt32BE(Math.max(1, Math.ceil((baggage.expiresAt - at) / 1_000)), 1)
    }
    const length = expiry.length + baggage.properties.length
    return Buffer.concat([Buffer.from(variableBytes(length)), expiry, baggage.properties])
  }
}
