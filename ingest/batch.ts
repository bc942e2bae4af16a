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

/** Messages refused alike in one batch: same device, topic and reason. */
export type Refusal = WireFault & {
  readonly device: string
  readonly topic: string
  /** The sensor that is not known, when that is the reason. */
  readonly unknownSensor: string | undefined
  /** The last one's. */
  readonly payload: Uint8Array
  readonly count: number
  readonly firstAt: Instant
  readonly lastAt: Instant
}

/** Readings and refusals that are committed together. All messages of it wait for one promise. */
export class Batch {
  readonly readings: Reading[] = []
  readonly refusals = new Map<string, Refusal>()
  readonly kept: Promise<void>
  /** The readings as they were stored. */
  stored: readonly Reading[] = []
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

  refuse(message: Message, fault: WireFault, unknownSensor?: string): void {
    const key = `${message.device}\n${message.topic}\n${fault.reason}`
    const known = this.refusals.get(key)
    this.refusals.set(key, {
      ...fault,
      device: message.device,
      topic: message.topic,
      unknownSensor,
      // A copy: a view into the socket's buffer would keep all of that buffer alive.
      payload: Uint8Array.from(message.payload),
      count: (known?.count ?? 0) + 1,
      firstAt: known?.firstAt ?? message.receivedAt,
      lastAt: message.receivedAt,
    })
  }

  settle(): void {
    this.#resolve()
  }

  fail(error: unknown): void {
    this.#reject(error)
  }
}
