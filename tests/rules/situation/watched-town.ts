import pino from 'pino'
import {
  type Asset,
  type AssetClass,
  type CityDescription,
  type Crew,
  cityMigrations,
  type Database,
  type FailureMode,
  type Instant,
  libraryClasses,
  mergeMigrations,
  openDatabase,
  Registry,
  type Relation,
  sensorId,
} from '../../../city/index.ts'
import { CrewMessages } from '../../../commands/crew-messages.ts'
import { OnSite } from '../../../commands/on-site.ts'
import type { Reading } from '../../../ingest/index.ts'
import { AlarmBook, type AlarmEvent, Incidents, type Rule, RuleEngine, ruleMigrations } from '../../../rules/index.ts'
import { type CrewMessage, Tickets, ticketMigrations } from '../../../tickets/index.ts'

export const second = 1_000
export const minute = 60 * second
export const hour = 60 * minute
/** Monday, noon. */
export const noon: Instant = Date.UTC(2026, 4, 4, 12)

const mode = (id: string, title: string, more: Partial<FailureMode> = {}): FailureMode => ({
  id,
  title,
  skill: 'electrical',
  jobPlan: ['Look at it.'],
  causes: ['unknown'],
  remedies: ['mended'],
  ...more,
})

const quantity = (id: string, title: string, unit: string, expectedIntervalMs: number, max = 1_000) => ({
  id,
  title,
  unit,
  range: { min: -max, max },
  expectedIntervalMs,
  decimals: 1,
})

/** A meter that reports every minute, and a feeder whose outage explains everything behind it. */
export const meterClass: AssetClass = {
  id: 'meter',
  title: 'Meter',
  plural: 'Meters',
  quantities: [quantity('voltage', 'Voltage', 'V', minute)],
  failureModes: [mode('low-voltage', 'Low voltage'), mode('sensor-fault', 'Sensor fault')],
}
export const feederClass: AssetClass = {
  id: 'feeder',
  title: 'Feeder',
  plural: 'Feeders',
  quantities: [quantity('voltage', 'Voltage', 'V', minute)],
  failureModes: [mode('outage', 'Outage', { explains: 'all' }), mode('sensor-fault', 'Sensor fault')],
}
/** The shipped gateway, reporting every five minutes and missed after 45. */
export const gatewayClass = libraryClasses().find(({ id }) => id === 'gateway') as AssetClass

function ruleOf(changes: Pick<Rule, 'id' | 'class' | 'failureMode' | 'condition'> & Partial<Rule>): Rule {
  return {
    version: 'aaaaaaaaaaaa',
    title: changes.id,
    severity: { warning: 'moderate', action: 'major' },
    forMs: 0,
    recoverMs: 0,
    watchMs: hour,
    advice: 'Look at it.',
    source: 'experience',
    text: '',
    ...changes,
  }
}

export const silentAfter = (id: string, of: string, quantityId: string, intervals: number, more: Partial<Rule> = {}) =>
  ruleOf({
    id,
    class: of,
    failureMode: of === 'gateway' ? 'radio-fault' : 'sensor-fault',
    condition: { kind: 'silence', quantity: quantityId, intervals: { warning: intervals } },
    ...more,
  })

export const meterSilent = silentAfter('MeterSilent', 'meter', 'voltage', 20)
export const gatewaySilent = silentAfter('GatewaySilent', 'gateway', 'signal', 9, { recoverMs: 15 * minute })

export const below = (id: string, of: string, failureMode: string, limit: number, more: Partial<Rule> = {}) =>
  ruleOf({
    id,
    class: of,
    failureMode,
    condition: {
      kind: 'threshold',
      quantity: 'voltage',
      direction: 'below',
      limits: { warning: limit },
      hysteresis: 1,
    },
    ...more,
  })

export const voltageLow = below('VoltageLow', 'meter', 'low-voltage', 200)
export const feederOut = below('FeederOut', 'feeder', 'outage', 50)

const crews: readonly Crew[] = [{ id: 'electric', name: 'Electric crew', skills: ['electrical'], area: [] }]

export function assetOf(id: string, classId: string, relations: readonly Relation[] = [], metresEast = 0): Asset {
  return {
    id,
    name: `The ${id}`,
    class: classId,
    criticality: 3,
    place: { latitude: 48.2, longitude: 16.4 + metresEast / 74_000 },
    district: 'Old Town',
    relations,
  }
}

export const through = (asset: string): Relation => ({ kind: 'reports through', asset })
export const fedBy = (asset: string): Relation => ({ kind: 'fed by', asset })
export const partOf = (asset: string): Relation => ({ kind: 'part of', asset })

/** Engine, tickets, incidents and crew messages, joined as the program joins them, on a clock of the test's own. */
export class WatchedTown {
  at: Instant = noon
  readonly database: Database
  readonly registry: Registry
  readonly #rules: readonly Rule[]
  engine: RuleEngine
  tickets: Tickets
  incidents: Incidents
  onSite: OnSite
  readonly messages: CrewMessage[] = []
  readonly events: AlarmEvent[] = []

  private constructor(parts: { database: Database; registry: Registry; rules: readonly Rule[] } & Joined) {
    this.database = parts.database
    this.registry = parts.registry
    this.#rules = parts.rules
    this.engine = parts.engine
    this.tickets = parts.tickets
    this.incidents = parts.incidents
    this.onSite = new OnSite(this.engine, fail)
    this.#listen()
  }

  static async of(assets: readonly Asset[], rules: readonly Rule[]): Promise<WatchedTown> {
    const migrations = mergeMigrations(cityMigrations, ruleMigrations, ticketMigrations)
    const database = await openDatabase(':memory:', migrations)
    const registry = await Registry.open(database, () => noon)
    const classes = [meterClass, feederClass, gatewayClass]
    const city: CityDescription = { name: 'Testham', timeZone: 'UTC', classes, assets, crews, mapLayers: [] }
    await registry.importCity(city)
    const joined = await join(database, registry, rules, noon)
    return new WatchedTown({ database, registry, rules, ...joined })
  }

  #listen(): void {
    const messages = new CrewMessages({
      incidents: this.incidents,
      send: (_crew, message) => this.messages.push(message),
      failed: fail,
    })
    this.tickets.onChange((ticket, entry) => {
      this.onSite.follow(ticket, entry)
      messages.tell(ticket, entry)
    })
  }

  /** As after `kill -9` right behind a checkpoint, or without one. */
  async restart(withCheckpoint = true): Promise<void> {
    if (withCheckpoint) await this.engine.checkpoint(this.at)
    this.engine.close()
    const joined = await join(this.database, this.registry, this.#rules, this.at)
    this.engine = joined.engine
    this.tickets = joined.tickets
    this.incidents = joined.incidents
    this.onSite = new OnSite(this.engine, fail)
    this.#listen()
    await this.onSite.catchUp(this.tickets, this.at)
  }

  async hear(readings: readonly Reading[]): Promise<void> {
    await this.follow(this.engine.judge(readings, this.at))
  }

  /** Lets time pass; `each` gives what arrives at each step. */
  async pass(ms: number, each: (at: Instant) => readonly Reading[] = () => [], stepMs = minute): Promise<void> {
    const end = this.at + ms
    while (this.at < end) {
      this.at = Math.min(end, this.at + stepMs)
      const arriving = each(this.at)
      if (arriving.length > 0) await this.hear(arriving)
      await this.follow(this.engine.tick(this.at))
    }
  }

  async follow(events: readonly AlarmEvent[]): Promise<void> {
    this.events.push(...events)
    await this.engine.record(events)
    await this.incidents.consider(events, this.at)
    for (const event of events) await this.tickets.consider(event, this.at)
    await this.onSite.settled()
    await new Promise((resolve) => setImmediate(resolve))
  }

  openTickets(): string[] {
    return this.tickets
      .unfinished()
      .map(({ asset, failureMode }) => `${asset} ${failureMode}`)
      .sort()
  }

  hidden(): string[] {
    return this.engine
      .alarms()
      .filter(({ hiddenBy }) => hiddenBy !== undefined)
      .map(({ id }) => id)
      .sort()
  }

  async close(): Promise<void> {
    this.engine.close()
    await this.database.close()
  }
}

type Joined = { engine: RuleEngine; tickets: Tickets; incidents: Incidents }

async function join(database: Database, registry: Registry, rules: readonly Rule[], at: Instant): Promise<Joined> {
  const log = pino({ level: 'silent' })
  const engine = new RuleEngine({ registry, rules, states: new AlarmBook(database), log })
  const incidents = await Incidents.open({ database, registry }, at)
  await engine.restore(at)
  incidents.seed(engine.alarms())
  const tickets = await Tickets.open({ database, registry, evidence: async () => [], log })
  return { engine, tickets, incidents }
}

function fail(error: unknown): void {
  throw error
}

export function readingOf(asset: string, quantityId: string, value: number, at: Instant, receivedAt = at): Reading {
  return { sensor: sensorId(asset, quantityId), observedAt: at, receivedAt, value, quality: 'good' }
}
