import type { Instant } from '../../city/index.ts'
import { flatten } from './flatten.ts'
import { decodeJson, textOf } from './json.ts'
import type { Message } from './message.ts'
import { parseObservedAt } from './observed-at.ts'
import { readingsPerMessageMax, type WireFault, type WireReading } from './parsed.ts'
import { sourceName } from './source-name.ts'

/* What the two LoRaWAN network servers have in common. */

export type JsonObject = Readonly<Record<string, unknown>>

export function isObject(given: unknown): given is JsonObject {
  return typeof given === 'object' && given !== null && !Array.isArray(given)
}

export type Event = { readonly kind: 'event'; readonly body: JsonObject } | ({ readonly kind: 'refused' } & WireFault)

/** An event is a JSON object; `hint` says what to set where it is not JSON. */
export function decodeEvent(message: Message, hint: string): Event {
  const decoded = decodeJson(message.payload, textOf(message.payload))
  if (decoded.kind === 'fault') return { kind: 'refused', reason: decoded.reason, detail: `${decoded.detail}; ${hint}` }
  return isObject(decoded.json)
    ? { kind: 'event', body: decoded.json }
    : { kind: 'refused', reason: 'wrong-shape', detail: `the payload is no event object; ${hint}` }
}

/** The first that is given; now when none is. */
export function timeOf(given: readonly unknown[], receivedAt: Instant): Instant | WireFault {
  const first = given.find((time) => time !== undefined && time !== null)
  return first === undefined ? receivedAt : parseObservedAt(first)
}

export type Source = { readonly dialect: string; readonly address: string }

/** Collects the readings of one event under the names of its device; of a name at a time, the first counts. */
export class EventReadings {
  readonly items: WireReading[] = []
  readonly faults: WireFault[] = []
  readonly #source: Source
  readonly #taken = new Set<string>()

  constructor(source: Source) {
    this.#source = source
  }

  add(name: string, value: number, observedAt: Instant, about: Pick<WireReading, 'unit' | 'incidental'> = {}): void {
    const identity = `${observedAt} ${name}`
    if (this.#taken.has(identity)) return
    this.#taken.add(identity)
    const sensor = sourceName(this.#source.dialect, this.#source.address, name)
    if (typeof sensor === 'string') this.items.push({ sensor, value, observedAt, ...about })
    else this.faults.push(sensor)
  }

  /** What a codec made of the payload. Texts are passed over, unless there is nothing else. */
  addDecoded(
    decoded: JsonObject,
    observedAt: Instant,
    prefix = '',
    units: Readonly<Record<string, string>> = {},
  ): void {
    const { numbers, texts, faults, cutOff } = flatten(decoded, readingsPerMessageMax)
    for (const [name, value] of numbers) {
      const unit = Object.hasOwn(units, name) ? units[name] : undefined
      this.add(prefix + name, value, observedAt, unit === undefined ? {} : { unit })
    }
    this.faults.push(...faults)
    if (cutOff)
      this.faults.push({
        reason: 'too-many-readings',
        detail: `the decoded payload holds more than ${readingsPerMessageMax} values: the rest is not kept`,
      })
    if (numbers.length > 0 || faults.length > 0) return
    this.faults.push(
      texts.length > 0
        ? {
            reason: 'not-a-number',
            detail: `the decoded payload holds only texts (${texts.slice(0, 3).join(', ')}): let the codec give numbers`,
          }
        : { reason: 'wrong-shape', detail: 'the decoded payload holds no values' },
    )
  }

  /** How well it was heard: by the gateway that heard it best. */
  addSignal(gateways: unknown, observedAt: Instant): void {
    if (!Array.isArray(gateways)) return
    let best: { readonly rssi: number; readonly snr: unknown } | undefined
    for (const gateway of gateways.slice(0, gatewaysMax)) {
      if (!isObject(gateway)) continue
      const { rssi, snr } = gateway as { rssi?: unknown; snr?: unknown }
      if (typeof rssi === 'number' && Number.isFinite(rssi) && (best === undefined || rssi > best.rssi))
        best = { rssi, snr }
    }
    if (best === undefined) return
    this.add('rssi', best.rssi, observedAt, { unit: 'dB[mW]', incidental: true })
    if (typeof best.snr === 'number' && Number.isFinite(best.snr))
      this.add('snr', best.snr, observedAt, { unit: 'dB', incidental: true })
  }
}

// More gateways than a city has; a message could name them by the thousand.
const gatewaysMax = 256
