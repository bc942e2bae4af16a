import { performance } from 'node:perf_hooks'
import type { Instant, SensorId } from '../../city/index.ts'
import type { Reading } from '../../ingest/index.ts'
import type { StreamEvents } from '../api/schema.ts'
import { EventRing, eventText } from './event-ring.ts'
import { type Sink, StreamClient } from './stream-client.ts'

/** Each limit with its reason. */
const streamLimits = {
  /** An event is about 600 bytes: some minutes of a bad night in 2.5 MB. */
  ringEvents: 4_096,
  /** More than a city's engineers and crews; a page costs about 40 KB. */
  clients: 500,
  /** Four frames a second: faster than anyone reads, slow enough for a phone. */
  frameIntervalMs: 250,
  /** What comes within this goes out together. */
  gatherMs: 10,
  stalledMsMax: 30_000,
  /** Proxies give up on a silent connection after 30 to 60 s. */
  keepAliveMs: 15_000,
  /** A stream ends and the browser reconnects, so that a login that is over ends its streams too. */
  lifeMsMax: 900_000,
}
export type StreamLimits = typeof streamLimits

/** An event id is 1,000 times the clock in ms: a thousand events a millisecond would be needed to overtake a restart. */
const idsPerMs = 1_000

export type Subscription = { drained(): void; closed(): void }

/**
 * The open pages and what is sent to them. Alarms, assets and tickets are numbered and can be asked for again; readings
 * and rates are only ever the newest. Nothing here survives a restart; a page that comes back after one is told to fetch
 * anew.
 */
export class EventStream {
  readonly #now: () => Instant
  readonly #limits: StreamLimits
  readonly #ring: EventRing
  readonly #clients = new Set<StreamClient>()
  /** Readings come by the hundred thousand: one look-up each, and nothing else for sensors nobody is watching. */
  readonly #watchers = new Map<SensorId, Set<StreamClient>>()
  readonly #keepAlive: NodeJS.Timeout
  #pumping: NodeJS.Timeout | undefined
  #pumpAtMs = Number.POSITIVE_INFINITY
  #counted = 0
  #droppedCount = 0
  #closing = false

  constructor(options: { now: () => Instant; limits?: Partial<StreamLimits> }) {
    this.#now = options.now
    this.#limits = { ...streamLimits, ...options.limits }
    this.#ring = new EventRing(this.#limits.ringEvents, options.now() * idsPerMs)
    this.#keepAlive = setInterval(() => this.#tend(), this.#limits.keepAliveMs).unref()
  }

  /** Readings that were just kept. */
  readings(readings: readonly Reading[]): void {
    this.#counted += readings.length
    if (this.#watchers.size === 0) return
    let wanted = false
    for (const reading of readings) {
      const watchers = this.#watchers.get(reading.sensor)
      if (watchers === undefined || reading.quality === 'clock-skew') continue
      wanted = true
      for (const client of watchers) client.offer(reading)
    }
    if (wanted) this.#pumpIn(this.#limits.gatherMs)
  }

  /** A numbered event for every page. */
  publish<Name extends 'alarm' | 'asset' | 'incident' | 'ticket' | 'window'>(
    name: Name,
    data: StreamEvents[Name],
  ): void {
    this.#ring.push(name, data)
    this.#pumpIn(this.#limits.gatherMs)
  }

  rates(rates: StreamEvents['rates']): void {
    const text = eventText('rates', rates)
    for (const client of this.#clients) client.offerRates(text)
    this.#pumpIn(this.#limits.gatherMs)
  }

  /** Readings handed over since the start. */
  get readingsCounted(): number {
    return this.#counted
  }
  get clientCount(): number {
    return this.#clients.size
  }
  get clientsDropped(): number {
    return this.#droppedCount
  }
  get places(): number {
    return this.#limits.clients
  }

  /** A page has come; `undefined` when every place is taken. */
  subscribe(options: {
    sink: Sink
    owner: string
    sensors: readonly SensorId[]
    lastEventId?: number | undefined
    newest?: Iterable<Reading>
  }): Subscription | undefined {
    if (this.#closing || this.#clients.size >= this.#limits.clients) return undefined
    const client = new StreamClient({
      ring: this.#ring,
      sink: options.sink,
      limits: this.#limits,
      sensors: options.sensors,
      owner: options.owner,
      lastEventId: options.lastEventId,
      atMs: performance.now(),
    })
    this.#clients.add(client)
    for (const sensor of client.sensors) {
      const watchers = this.#watchers.get(sensor) ?? new Set()
      this.#watchers.set(sensor, watchers.add(client))
    }
    // A page that connects for the first time can be told later what it missed only if it knows where it began.
    options.sink.write(`retry: 3000\nid: ${options.lastEventId ?? this.#ring.newestId}\n\n`)
    for (const reading of options.newest ?? []) client.offer(reading)
    this.#pumpIn(0)
    return {
      drained: () => {
        client.drained()
        this.#pumpIn(0)
      },
      closed: () => this.#forget(client),
    }
  }

  /** Ends the streams of a session or token that is no longer good. */
  endStreamsOf(owner: string): void {
    for (const client of this.#clients) if (client.owner === owner) this.#end(client)
  }

  close(): void {
    this.#closing = true
    clearInterval(this.#keepAlive)
    clearTimeout(this.#pumping)
    for (const client of this.#clients) this.#end(client)
  }

  #pumpIn(delayMs: number): void {
    const atMs = performance.now() + delayMs
    if (this.#closing || atMs >= this.#pumpAtMs) return
    clearTimeout(this.#pumping)
    this.#pumpAtMs = atMs
    this.#pumping = setTimeout(() => this.#pump(), delayMs).unref()
  }

  #pump(): void {
    this.#pumpAtMs = Number.POSITIVE_INFINITY
    const atMs = performance.now()
    const wallClock = this.#now()
    let again = Number.POSITIVE_INFINITY
    for (const client of this.#clients) {
      const next = client.flush(atMs, wallClock)
      if (next === 'dropped') this.#drop(client)
      else if (next !== undefined) again = Math.min(again, next)
    }
    if (again !== Number.POSITIVE_INFINITY) this.#pumpIn(Math.max(0, again - atMs))
  }

  #tend(): void {
    const atMs = performance.now()
    for (const client of this.#clients) {
      if (atMs - client.openedAtMs > this.#limits.lifeMsMax) this.#end(client)
      else if (client.keepAlive(atMs) === 'dropped') this.#drop(client)
    }
  }

  #drop(client: StreamClient): void {
    this.#droppedCount++
    this.#end(client)
  }

  #end(client: StreamClient): void {
    this.#forget(client)
    client.close()
  }

  #forget(client: StreamClient): void {
    this.#clients.delete(client)
    for (const sensor of client.sensors) {
      const watchers = this.#watchers.get(sensor)
      watchers?.delete(client)
      if (watchers?.size === 0) this.#watchers.delete(sensor)
    }
  }
}
