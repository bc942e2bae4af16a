import { afterAll } from '@jest/globals'
import { pino } from 'pino'
import { startBroker } from '../../broker/index.ts'
import {
  type AssetClass,
  type CityDescription,
  cityMigrations,
  type Instant,
  mergeMigrations,
  openDatabase,
  Registry,
} from '../../city/index.ts'
import { type DashboardOptions, dashboardMigrations, type Role, startDashboard, Users } from '../../dashboard/index.ts'
import { Discovered, Ingest, ingestMigrations, openDuckDbStore, Quarantine } from '../../ingest/index.ts'
import { AlarmBook, Incidents, type Rule, RuleEngine, ruleMigrations } from '../../rules/index.ts'
import { Tickets, ticketMigrations } from '../../tickets/index.ts'
import { ApiSession } from './api-session.ts'

const minuteMs = 60_000
/** One guess costs nothing in tests; what it costs in earnest is tested apart. */
export const cheapScrypt = { N: 16, r: 1, p: 1 }
export const passwordOf = (user: string) => `password of ${user}`

const pumpClass: AssetClass = {
  id: 'test-pump',
  title: 'Pump',
  plural: 'Pumps',
  quantities: [
    {
      id: 'vibration',
      title: 'Vibration',
      unit: 'mm/s',
      range: { min: 0, max: 50 },
      expectedIntervalMs: minuteMs,
      decimals: 1,
    },
    {
      id: 'pressure',
      title: 'Pressure',
      unit: 'bar',
      range: { min: 0, max: 25 },
      expectedIntervalMs: minuteMs,
      decimals: 2,
    },
  ],
  failureModes: [
    {
      id: 'bearing-wear',
      title: 'Bearing wear',
      skill: 'mechanical',
      jobPlan: ['Lock out', 'Check the drive-end bearing'],
      causes: ['Lack of grease', 'Misalignment'],
      remedies: ['Greased', 'Bearing replaced'],
    },
    { id: 'sensor-fault', title: 'Sensor fault', skill: 'electrical', jobPlan: [], causes: [], remedies: [] },
  ],
}

const ruleBase = {
  version: '0123456789ab',
  class: 'test-pump',
  forMs: 0,
  recoverMs: 0,
  watchMs: 10 * minuteMs,
  advice: 'Check the drive-end bearing.',
  source: 'ISO 20816-7',
}
const vibrationHigh: Rule = {
  ...ruleBase,
  id: 'VibrationHigh',
  title: 'Vibration high',
  failureMode: 'bearing-wear',
  severity: { warning: 'moderate', action: 'major' },
  condition: {
    kind: 'threshold',
    quantity: 'vibration',
    direction: 'above',
    limits: { warning: 4.5, action: 7.1 },
    hysteresis: 0.2,
  },
  text: 'id: VibrationHigh\nabove: 7.1 mm/s\n',
}

/** Three pumps, one fed by another, a crew, a river. */
export const smallTown: CityDescription = {
  name: 'Testham',
  timeZone: 'Europe/Vienna',
  classes: [pumpClass],
  assets: [1, 2, 3].map((n) => ({
    id: `pump-0${n}`,
    name: `Pump ${n}`,
    class: 'test-pump',
    criticality: n === 1 ? 4 : 2,
    place: { latitude: 48.2 + n / 100, longitude: 16.3, address: `Mill Lane ${n}` },
    district: n === 3 ? 'North' : 'Old Town',
    relations: n === 2 ? [{ kind: 'fed by', asset: 'pump-01' }] : [],
  })),
  crews: [{ id: 'water', name: 'Water crew', skills: ['mechanical', 'electrical'], area: [] }],
  mapLayers: [
    {
      name: 'water',
      features: {
        type: 'FeatureCollection',
        features: [
          {
            type: 'Feature',
            properties: { name: 'River' },
            geometry: {
              type: 'LineString',
              coordinates: [
                [16.3, 48.2],
                [16.4, 48.3],
              ],
            },
          },
        ],
      },
    },
  ],
}

/** A clock that stands still until it is told. */
export type Clock = { at: Instant }

/** Registered here, because a hook can not be added once tests run. */
const closings: (() => Promise<void>)[] = []
afterAll(async () => {
  for (const close of closings.splice(0).reverse()) await close()
})

/** The real parts, joined as the program joins them, with a clock of the test's own. Stops by itself. */
export async function startedDashboard(changes: Partial<DashboardOptions> = {}) {
  const clock: Clock = { at: Date.UTC(2026, 4, 4, 10) }
  const now = () => clock.at
  const log = pino({ level: 'silent' })
  const database = await openDatabase(
    ':memory:',
    mergeMigrations(cityMigrations, ingestMigrations, ruleMigrations, ticketMigrations, dashboardMigrations),
  )
  const registry = await Registry.open(database, now)
  await registry.importCity(smallTown)
  const store = await openDuckDbStore({ path: ':memory:', log })
  const quarantine = new Quarantine(database)
  const discovered = await Discovered.open({ database, log, every: () => () => undefined })
  const ingest = new Ingest({ registry, store, quarantine, discovered, now, log })
  const engine = new RuleEngine({ registry, rules: [vibrationHigh], states: new AlarmBook(database), log })
  await engine.restore()
  const tickets = await Tickets.open({ database, registry, evidence: async () => [], log })
  const incidents = await Incidents.open({ database, registry }, now())
  let following: Promise<unknown> = Promise.resolve()
  const authenticate = (device: string, secret: string) => registry.authenticate(device, secret)
  const broker = await startBroker({ host: '127.0.0.1', port: 0, authenticate, receive: ingest.receive, now, log })
  closings.push(async () => {
    await broker.close()
    await ingest.drain()
    await following
    await store.close()
    await database.close()
  })
  const users = new Users(database, now, cheapScrypt)
  for (const role of ['admin', 'engineer', 'crew', 'viewer'] as const)
    await users.add({ name: role, role, password: passwordOf(role) })
  const dashboard = await startDashboard({
    host: '127.0.0.1',
    port: 0,
    database,
    registry,
    store,
    ingest,
    quarantine,
    discovered,
    engine,
    incidents,
    tickets,
    broker,
    pagesFolder: '/nowhere',
    secureCookies: false,
    demo: false,
    version: '0.0.0-test',
    now,
    log,
    limits: { scrypt: cheapScrypt },
    ...changes,
  })

  closings.push(() => dashboard.close())
  ingest.onKept((readings) => {
    dashboard.feed.readings(readings)
    const events = engine.judge(readings, now())
    following = following.then(async () => {
      await engine.record(events)
      await incidents.consider(events, now())
      for (const event of events) {
        await tickets.consider(event, now())
        dashboard.feed.alarm(event)
      }
    })
  })
  tickets.onChange((ticket) => dashboard.feed.ticket(ticket))
  incidents.onChange((incident) => dashboard.feed.incident(incident))

  return {
    ...{ clock, registry, store, ingest, engine, incidents, tickets, broker, users, database, dashboard, discovered },
    url: dashboard.url,
    /** A session of the user that is named like the role. */
    as: (role: Role) => ApiSession.login(dashboard.url, role, passwordOf(role)),
    /** Nobody. */
    anonymous: new ApiSession(dashboard.url),
    /** Readings a minute apart, ending now; resolves when alarms and tickets have followed. */
    async observe(sensor: string, values: readonly number[]): Promise<void> {
      const drafts = values.map((value, n) => ({
        sensor,
        value,
        observedAt: clock.at - (values.length - 1 - n) * minuteMs,
      }))
      await ingest.submit(drafts)
      await following
    },
  }
}
