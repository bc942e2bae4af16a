import type { Instant, SensorId } from '../../city/index.ts'
import type { Reading } from '../../ingest/index.ts'
import { type EventRing, eventText } from './event-ring.ts'

/** Where a client's text goes. `write` is false when the far end is not keeping up: then wait for `drained()`. */
export type Sink = { write(text: string): boolean; close(): void }

export type ClientLimits = {
  /** Least time between two `readings` frames. */
  readonly frameIntervalMs: number
  /** Not drained for so long: the client is dropped; it comes back with its Last-Event-ID. */
  readonly stalledMsMax: number
}

/** Events written in one go; bounds the text built for a client that was away. */
const eventsPerWriteMax = 256

/**
 * One open page. It holds no queue: events are read from the shared ring at its own pace, and of each sensor only the
 * newest reading waits. So a page that does not keep up costs nothing more than one that does. Times are monotonic ms.
 */
export class StreamClient {
  readonly sensors: readonly SensorId[]
  readonly owner: string
  readonly openedAtMs: number
  readonly #ring: EventRing
  readonly #sink: Sink
  readonly #limits: ClientLimits
  #seenId: number
  readonly #waiting = new Map<SensorId, Reading>()
  readonly #newestSent = new Map<SensorId, Instant>()
  #rates: string | undefined
  #frameAtMs = Number.NEGATIVE_INFINITY
  #stalledSinceMs: number | undefined

  constructor(options: {
    ring: EventRing
    sink: Sink
    limits: ClientLimits
    sensors: readonly SensorId[]
    owner: string
    lastEventId: number | undefined
    atMs: number
  }) {
    this.#ring = options.ring
    this.#sink = options.sink
    this.#limits = options.limits
    this.sensors = options.sensors
    this.owner = options.owner
    this.openedAtMs = options.atMs
    this.#seenId = options.lastEventId ?? options.ring.newestId
  }

  /** A reading of one of its sensors. What is older than what the page has already is left out. */
  offer(reading: Reading): void {
    const newest = this.#waiting.get(reading.sensor)?.observedAt ?? this.#newestSent.get(reading.sensor)
    if (newest === undefined || reading.observedAt > newest) this.#waiting.set(reading.sensor, reading)
  }

  offerRates(text: string): void {
    this.#rates = text
  }

  drained(): void {
    this.#stalledSinceMs = undefined
  }

  /** Writes what is due. Gives when to come again for readings that had to wait, or `dropped`. */
  flush(atMs: number, wallClock: Instant): number | 'dropped' | undefined {
    if (this.#stalledSinceMs !== undefined) return this.#dropIfStalled(atMs)
    this.#writeEvents(atMs)
    if (this.#rates !== undefined && this.#stalledSinceMs === undefined) {
      this.#write(this.#rates, atMs)
      this.#rates = undefined
    }
    if (this.#waiting.size === 0 || this.#stalledSinceMs !== undefined) return undefined
    const dueAtMs = this.#frameAtMs + this.#limits.frameIntervalMs
    if (atMs < dueAtMs) return dueAtMs
    this.#writeReadings(atMs, wallClock)
    return undefined
  }

  /** A comment: proxies and browsers see that the connection lives. */
  keepAlive(atMs: number): 'dropped' | undefined {
    if (this.#stalledSinceMs !== undefined) return this.#dropIfStalled(atMs)
    this.#write(': still here\n\n', atMs)
    return undefined
  }

  close(): void {
    this.#sink.close()
  }

  #writeEvents(atMs: number): void {
    while (this.#stalledSinceMs === undefined) {
      const events = this.#ring.after(this.#seenId, eventsPerWriteMax)
      if (events === 'gone') {
        this.#seenId = this.#ring.newestId
        this.#write(eventText('reset', { reason: 'what was missed is no longer held' }, this.#seenId), atMs)
        continue
      }
      const last = events.at(-1)
      if (last === undefined) return
      this.#seenId = last.id
      this.#write(events.map((event) => event.text).join(''), atMs)
    }
  }

  #writeReadings(atMs: number, wallClock: Instant): void {
    const values = [...this.#waiting.values()].map(({ sensor, observedAt, value, quality }) => {
      this.#newestSent.set(sensor, observedAt)
      return [sensor, observedAt, value, quality]
    })
    this.#waiting.clear()
    this.#frameAtMs = atMs
    this.#write(eventText('readings', { at: new Date(wallClock).toISOString(), values }), atMs)
  }

  #write(text: string, atMs: number): void {
    if (!this.#sink.write(text)) this.#stalledSinceMs = atMs
  }

  #dropIfStalled(atMs: number): 'dropped' | undefined {
    if (this.#stalledSinceMs === undefined || atMs - this.#stalledSinceMs < this.#limits.stalledMsMax) return undefined
    return 'dropped'
  }
}
