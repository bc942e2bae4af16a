import type { AssetId, Instant, Registry } from '../../city/index.ts'
import type { Reading } from '../../ingest/index.ts'
import type { Alarm, AlarmEvent, Incident, Incidents, RuleEngine } from '../../rules/index.ts'
import type { Ticket, Tickets } from '../../tickets/index.ts'
import type { AssetState, ServiceWindowView, StreamEvents } from '../api/schema.ts'
import { alarmViewOf } from '../api/views/alarm-view.ts'
import { incidentSummaryOf, ticketsByIncident } from '../api/views/situation-view.ts'
import { ticketSummaryOf } from '../api/views/ticket-view.ts'
import { assetStateOf } from './asset-state.ts'
import { EventStream, type StreamLimits } from './event-stream.ts'

/** Assets looked at again each second for changes that no event told of (a shelving that ended, a parent that recovered). */
const assetsPerSweepMax = 2_000

type Seen = { readonly state: AssetState; readonly openTickets: number }

/**
 * What happens in the town, for the open pages. The composition root hands over readings, alarm events and tickets as
 * they come; assets whose state or ticket count changed by it are told of here.
 */
export class LiveFeed {
  readonly stream: EventStream
  readonly #registry: Registry
  readonly #engine: RuleEngine
  readonly #tickets: Tickets
  readonly #known: {
    readonly registry: Registry
    readonly tickets: Tickets
    readonly incidents: Incidents
    readonly now: () => Instant
  }
  readonly #seen = new Map<AssetId, Seen>()
  readonly #unlisten: () => void
  #sweptTo = 0

  constructor(options: {
    registry: Registry
    engine: RuleEngine
    incidents: Incidents
    tickets: Tickets
    now: () => Instant
    limits?: Partial<StreamLimits> | undefined
  }) {
    this.stream = new EventStream({ now: options.now, ...(options.limits && { limits: options.limits }) })
    this.#registry = options.registry
    this.#engine = options.engine
    this.#tickets = options.tickets
    this.#known = options
    for (const asset of this.#registry.assets()) this.#seen.set(asset.id, this.#look(asset.id))
    this.#unlisten = this.#registry.onChange(() => this.#forgetRemoved())
  }

  /** Just kept, in the order of their commit. */
  readings(readings: readonly Reading[]): void {
    this.stream.readings(readings)
  }

  alarm(event: AlarmEvent): void {
    this.alarmChanged(event.alarm)
  }

  /** By a person, who acknowledged or shelved it. */
  alarmChanged(alarm: Alarm): void {
    this.stream.publish('alarm', alarmViewOf(alarm, this.#known))
    this.assetTouched(alarm.asset)
  }

  ticket(ticket: Ticket): void {
    this.stream.publish('ticket', ticketSummaryOf(ticket, this.#registry))
    this.assetTouched(ticket.asset)
  }

  incident(incident: Incident): void {
    const tickets = ticketsByIncident(this.#known).get(incident.number) ?? []
    this.stream.publish('incident', incidentSummaryOf(incident, tickets, this.#known))
  }

  /** A service window was made, changed or ended. */
  windowChanged(window: ServiceWindowView): void {
    this.stream.publish('window', window)
  }

  rates(rates: StreamEvents['rates']): void {
    this.stream.rates(rates)
  }

  /** Something of this asset may have changed; tells the pages when it has. */
  assetTouched(id: AssetId): void {
    const before = this.#seen.get(id)
    const now = this.#look(id)
    if (before?.state === now.state && before.openTickets === now.openTickets) return
    this.#seen.set(id, now)
    this.stream.publish('asset', { id, ...now })
  }

  /** Looks at the next share of all assets; called each second, so that the cost does not grow with the town. */
  sweep(): void {
    const assets = this.#registry.assets()
    const count = Math.min(assets.length, assetsPerSweepMax)
    for (let done = 0; done < count; done++) {
      const asset = assets[(this.#sweptTo + done) % assets.length]
      if (asset !== undefined) this.assetTouched(asset.id)
    }
    this.#sweptTo = assets.length === 0 ? 0 : (this.#sweptTo + count) % assets.length
  }

  close(): void {
    this.#unlisten()
    this.stream.close()
  }

  #forgetRemoved(): void {
    for (const id of this.#seen.keys()) if (this.#registry.asset(id) === undefined) this.#seen.delete(id)
  }

  #look(id: AssetId): Seen {
    return {
      state: assetStateOf(this.#engine.stirringOf(id)),
      openTickets: this.#tickets.openByAsset().get(id) ?? 0,
    }
  }
}
