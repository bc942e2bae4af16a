import type { Logger } from 'pino'
import { type Broker, startBrokerThread } from '../broker/index.ts'
import { type DeviceAuthentication, type Instant, openDatabase, parseDuration, Registry } from '../city/index.ts'
import { type Dashboard, startDashboard } from '../dashboard/index.ts'
import {
  Clocks,
  Discovered,
  Ingest,
  openDuckDbStore,
  openSpooledInflux,
  Presences,
  Quarantine,
  type ReadingStore,
} from '../ingest/index.ts'
import { AlarmBook, type AlarmEvent, awakeBoundsFor, Incidents, RuleEngine } from '../rules/index.ts'
import { Tickets } from '../tickets/index.ts'
import type { Configuration } from './configuration.ts'
import { CrewMessages } from './crew-messages.ts'
import type { DataFolder } from './data-folder.ts'
import { evidenceFrom } from './evidence.ts'
import { allMigrations } from './migrations.ts'
import { OnSite } from './on-site.ts'
import { openRuleBook } from './rule-book.ts'
import { Watch } from './watch.ts'

/** The command line may change the registry beside us (a device revoked): looked for this often, and at each log-in. */
const reloadEveryMs = 250
/** Old readings are forgotten this often. */
const retentionEveryMs = 3_600_000

export type Surroundings = {
  readonly now: () => Instant
  readonly log: Logger
  readonly version: string
  /** Where the built pages lie. */
  readonly pagesFolder: string
  /** Called with the registry before anything listens: an empty one may be filled. */
  readonly prepare: (registry: Registry) => Promise<{ demo: boolean }>
}

/** Everything, running. */
export type Program = {
  readonly registry: Registry
  readonly broker: Broker
  readonly dashboard: Dashboard
  readonly store: ReadingStore
  readonly ruleCount: number
  /** Readings that were kept before the last stop and judged only now. */
  readonly caughtUp: number
  close(): Promise<void>
}

/**
 * Builds the parts and joins them: broker → ingest → store → rules → tickets → dashboard. Opened in that order from the
 * stores outwards, so that nothing listens before what it needs is ready; closed the other way round.
 */
export async function startProgram(
  configuration: Configuration,
  folder: DataFolder,
  { now, log, version, pagesFolder, prepare }: Surroundings,
): Promise<Program> {
  const closings: (() => unknown)[] = []
  const close = async () => {
    for (const closing of closings.splice(0).reverse()) await closing()
  }
  try {
    const database = await openDatabase(folder.database, allMigrations)
    closings.push(() => database.close())
    const registry = await Registry.open(database, now)
    const { demo } = await prepare(registry)
    const quarantine = new Quarantine(database)
    const store = await openStore({ configuration, folder, quarantine, now, log })
    closings.push(() => store.close())

    const clocks = new Clocks()
    const presences = new Presences()
    const discovered = await Discovered.open({ database, log })
    closings.push(() => discovered.close())
    const ingest = new Ingest({ registry, store, quarantine, discovered, clocks, presences, now, log })
    const ruleBook = openRuleBook(configuration, folder, registry, database)
    const rules = ruleBook.rules()
    const awake = awakeBoundsFor(configuration.rulesMemoryMb)
    const engine = new RuleEngine({ registry, rules, states: new AlarmBook(database), log, awake })
    const tickets = await Tickets.open({ database, registry, evidence: evidenceFrom({ store, registry, engine }), log })

    const outgoing: { broker?: Broker; dashboard?: Dashboard } = {}
    const tell = (event: AlarmEvent) => {
      outgoing.dashboard?.feed.alarm(event)
      outgoing.broker?.publish(`alarms/${event.alarm.asset}`, JSON.stringify(alarmMessage(event)))
    }
    const incidents = await Incidents.open({ database, registry }, now())
    const watch = new Watch({ engine, incidents, tickets, store, tell, now, log })
    const caughtUp = await watch.catchUp()
    const onSite = new OnSite(engine, (error) => log.error({ error }, 'a crew on site could not be written down'))
    await onSite.catchUp(tickets, now())
    watch.start()
    closings.push(() => watch.stop())

    const broker = await startBrokerThread({
      host: configuration.host,
      port: configuration.mqttPort,
      ...tlsOf(configuration),
      authenticate: async (device, secret) => {
        await reload(registry, log)
        return registry.authenticate(device, secret)
      },
      certified: async (device) => {
        await reload(registry, log)
        return certifiedBy(registry, device)
      },
      anonymous: configuration.mqttAnonymous,
      onConnected: (device, isConnected) => {
        presences.connected(device, isConnected, now())
        if (!isConnected) ingest.forget(device)
      },
      onStatus: (device, status) => presences.said(device, status, now()),
      onRefused: ({ device, address, reason, at }) => {
        if (reason === 'unknown device') discovered.noteDevice({ device, address, at })
      },
      receiveParcel: ingest.receiveParcel,
      log,
    })
    outgoing.broker = broker
    closings.push(async () => {
      await broker.close()
      await ingest.drain()
    })

    ingest.onKept((readings) => {
      watch.judge(readings, now())
      outgoing.dashboard?.feed.readings(readings)
    })
    ingest.onReply(({ topic, payload }) => broker.publish(topic, payload))
    ingest.onRefused((refused) => broker.publish(`errors/${refused.device}`, JSON.stringify(refused)))
    const crewMessages = new CrewMessages({
      incidents,
      send: (crew, message) => broker.publish(`tickets/${crew}`, JSON.stringify(message)),
      failed: (error) => log.error({ error }, 'a crew could not be told of an incident'),
    })
    tickets.onChange((ticket, entry) => {
      outgoing.dashboard?.feed.ticket(ticket)
      onSite.follow(ticket, entry)
      crewMessages.tell(ticket, entry)
    })
    incidents.onChange((incident) => outgoing.dashboard?.feed.incident(incident))

    const dashboard = await startDashboard({
      host: configuration.host,
      port: configuration.httpPort,
      database,
      registry,
      store,
      ingest,
      quarantine,
      discovered,
      engine,
      incidents,
      ruleBook,
      tickets,
      broker,
      clocks,
      presences,
      pagesFolder,
      secureCookies: configuration.secureCookies === 'on',
      ...(configuration.adminPassword === undefined ? {} : { adminPassword: configuration.adminPassword }),
      demo,
      version,
      now,
      log,
    })
    outgoing.dashboard = dashboard
    closings.push(() => dashboard.close())
    closings.push(registry.onChange(() => ingest.renew()))
    closings.push(...housekeeping({ configuration, registry, broker, store, now, log }))

    return { registry, broker, dashboard, store, ruleCount: rules.length, caughtUp, close }
  } catch (error) {
    await close()
    throw error
  }
}

type StoreParts = {
  readonly configuration: Configuration
  readonly folder: DataFolder
  readonly quarantine: Quarantine
  readonly now: () => Instant
  readonly log: Logger
}

function openStore({ configuration, folder, quarantine, now, log }: StoreParts): Promise<ReadingStore> {
  const {
    influxUrl,
    influxToken,
    influxOrg,
    influxBucket,
    influxUser,
    influxPassword,
    influxDatabase,
    duckdbMemoryMb,
    spoolMb,
  } = configuration
  if (influxUrl === undefined) return openDuckDbStore({ path: folder.readings, memoryLimitMb: duckdbMemoryMb, log })
  return openSpooledInflux({
    url: influxUrl,
    ...(influxToken === undefined ? {} : { token: influxToken }),
    ...(influxOrg === undefined ? {} : { org: influxOrg }),
    ...(influxBucket === undefined ? {} : { bucket: influxBucket }),
    ...(influxUser === undefined ? {} : { user: influxUser }),
    ...(influxPassword === undefined ? {} : { password: influxPassword }),
    ...(influxDatabase === undefined ? {} : { database: influxDatabase }),
    spool: {
      path: folder.spool,
      bytesMax: spoolMb * 1e6,
      onRefused: (readings, detail) => quarantine.addRefusedByStore(readings, detail, now()),
      now,
    },
    log,
  })
}

/** Takes over what the command line has changed; where that cannot be read now, what is known stands until it can. */
async function reload(registry: Registry, log: Logger): Promise<void> {
  try {
    await registry.reloadIfChanged()
  } catch (error) {
    log.error({ error }, 'the registry could not be read again')
  }
}

/** The device that a client certificate names. */
function certifiedBy(registry: Registry, id: string): DeviceAuthentication {
  const device = registry.device(id)
  if (device === undefined) return { kind: 'refused', reason: 'unknown device' }
  return device.revokedAt === undefined ? { kind: 'accepted', device } : { kind: 'refused', reason: 'revoked' }
}

function tlsOf({ mqttTlsPort, mqttTlsCert, mqttTlsKey, mqttTlsCa, mqttTlsClients }: Configuration) {
  if (mqttTlsPort === undefined || mqttTlsCert === undefined || mqttTlsKey === undefined) return {}
  const caFile = mqttTlsCa === undefined ? {} : { caFile: mqttTlsCa }
  return { tls: { port: mqttTlsPort, certFile: mqttTlsCert, keyFile: mqttTlsKey, ...caFile, clients: mqttTlsClients } }
}

/** What devices and other programs learn of an alarm by MQTT. */
function alarmMessage({ alarm, before, at, reason }: AlarmEvent) {
  return {
    alarm: alarm.id,
    asset: alarm.asset,
    sensor: alarm.sensor,
    failureMode: alarm.rule.failureMode,
    state: alarm.state,
    before: before.state,
    level: alarm.level ?? null,
    hiddenBy: alarm.hiddenBy?.kind ?? null,
    at: new Date(at).toISOString(),
    reason,
  }
}

type Housekeeping = {
  readonly configuration: Configuration
  readonly registry: Registry
  readonly broker: Broker
  readonly store: ReadingStore
  readonly now: () => Instant
  readonly log: Logger
}

/** Starts what is done now and then; returns how each is stopped. */
function housekeeping({ configuration, registry, broker, store, now, log }: Housekeeping): (() => void)[] {
  // Revoked, given a new secret or other topics, by whichever process: a connection keeps what it logged in with.
  const shutOut = registry.onCredentialChange((device) => broker.disconnect(device))
  const trouble = (what: string) => (error: unknown) => log.error({ error }, what)
  const reloading = setInterval(() => void reload(registry, log), reloadEveryMs)
  const keepMs = parseDuration(configuration.retention) ?? Number.POSITIVE_INFINITY
  const retention = setInterval(() => {
    store.forgetBefore(now() - keepMs).catch(trouble('old readings could not be forgotten'))
  }, retentionEveryMs)
  return [shutOut, () => clearInterval(reloading), () => clearInterval(retention)]
}
