import type { Instant, SensorId } from '../city/index.ts'
import type { Reading } from './reading.ts'
import type { Message, RefusalReason, WireFault } from './wire/index.ts'

/** What was refused, as the device is told on `errors/{device}`. */
export type Refused = {
  readonly device: string
  readonly topic: string
  readonly reason: RefusalReason
  readonly detail: string
  /** The sensor that was probably meant. */
  readonly suggestion: SensorId | undefined
}

/** Messages refused alike in one batch: same device, topic and reason. Of what differs among them it says the last. */
export type Refusal = {
  readonly reason: RefusalReason
  readonly device: string
  readonly topic: string
  detail: string
  /** The sensor that is not known, when that is the reason. */
  unknownSensor: string | undefined
  payload: Uint8Array
  count: number
  readonly firstAt: Instant
  lastAt: Instant
}

// Each is a row to be written. Who makes up a topic with every message would keep all others waiting for the disk.
export const topicsOfOneDeviceMax = 50
/** Stands for all topics of a device beyond these. */
export const furtherTopics = '(further topics)'

/** Readings and refusals that are committed together. All messages of it wait for one promise. */
export class Batch {
  readonly readings: Reading[] = []
  readonly refusals = new Map<string, Refusal>()
  readonly kept: Promise<void>
  /** The readings as they were stored. */
  stored: readonly Reading[] = []
  /** By device: its topics among the refusals. */
  readonly #topicsOf = new Map<string, number>()
  /** The message that was refused last, with the refusal that counts it. */
  #last: { readonly message: Message; readonly refusal: Refusal } | undefined
  #resolve: () => void = () => {}
  #reject: (error: unknown) => void = () => {}

  constructor() {
    this.kept = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
    // Whoever sent a message hears of a failure by its own await; nobody else needs to.
    this.kept.catch(() => {})
  }

  /** What it weighs against the bounds. */
  get size(): number {
    return this.readings.length + this.refusals.size
  }

  /**
   * A frame has room for tens of thousands of values that are refused one by one: of one message and reason they are
   * counted together, and its payload is copied once.
   */
  refuse(message: Message, fault: WireFault, unknownSensor?: string): void {
    const last = this.#last?.message === message ? this.#last.refusal : undefined
    const isAlike = last?.reason === fault.reason
    const refusal = isAlike ? last : this.#refusalOf(message, fault)
    refusal.detail = fault.detail
    refusal.unknownSensor = unknownSensor
    refusal.count += 1
    if (isAlike) return
    refusal.lastAt = message.receivedAt
    // A copy: a view into the socket's buffer would keep all of that buffer alive.
    refusal.payload = last?.payload ?? Uint8Array.from(message.payload)
    this.#last = { message, refusal }
  }

  /** The one that counts what is alike; a new one when there is none. */
  #refusalOf({ device, topic, payload, receivedAt }: Message, fault: WireFault): Refusal {
    const known = this.refusals.get(keyOf(device, topic, fault))
    if (known !== undefined) return known
    const topics = this.#topicsOf.get(device) ?? 0
    if (topics >= topicsOfOneDeviceMax && topic !== furtherTopics)
      return this.#refusalOf({ device, topic: furtherTopics, payload, receivedAt }, fault)
    this.#topicsOf.set(device, topics + 1)
    const times = { firstAt: receivedAt, lastAt: receivedAt }
    const refusal = { ...fault, device, topic, unknownSensor: undefined, payload, count: 0, ...times }
    this.refusals.set(keyOf(device, topic, fault), refusal)
    return refusal
  }

  settle(): void {
    this.#resolve()
  }

  fail(error: unknown): void {
    this.#reject(error)
  }
}

function keyOf(device: string, topic: string, { reason }: WireFault): string {
  return `${device}\n${topic}\n${reason}`
}
