import type { AddressInfo } from 'node:net'
import type { Logger } from 'pino'
import { type Database, type Instant, Refusal, type Registry } from '../city/index.ts'
import type { Clocks, Discovered, Ingest, Presences, Quarantine, ReadingStore } from '../ingest/index.ts'
import type { Incidents, RuleBook, RuleEngine } from '../rules/index.ts'
import type { Tickets } from '../tickets/index.ts'
import { LoginLimit } from './access/login-limit.ts'
import { type ScryptCost, scryptCost } from './access/passwords.ts'
import { Sessions } from './access/sessions.ts'
import { ApiTokens } from './access/tokens.ts'
import { Users } from './access/users.ts'
import { registerOpenApi } from './api/openapi.ts'
import type { Parts } from './api/parts.ts'
import { registerRoutes } from './api/routes/index.ts'
import type { BrokerView } from './broker-view.ts'
import type { StreamLimits } from './live/event-stream.ts'
import { LiveFeed } from './live/live-feed.ts'
import { startRates } from './live/rates.ts'
import { createHttpServer, type HttpServer } from './server/http-server.ts'
import { metricsRoute } from './server/metrics.ts'
import { registerPages } from './server/pages.ts'
import { forwardUpgrades } from './server/upgrades.ts'

/** Longer than any request of ours takes, shorter than what runs us waits before it kills. */
const closeGraceMs = 3_000

export type DashboardOptions = {
  readonly host: string
  /** 0 takes any free port; `Dashboard.port` says which. */
  readonly port: number
  readonly database: Database
  readonly registry: Registry
  readonly store: ReadingStore
  readonly ingest: Ingest
  readonly quarantine: Quarantine
  readonly discovered: Discovered
  readonly engine: RuleEngine
  readonly incidents: Incidents
  /** Where rules are changed; absent where they come from files only. */
  readonly ruleBook?: RuleBook
  readonly tickets: Tickets
  readonly broker: BrokerView
  /** How far devices' clocks are off; not shown when absent. */
  readonly clocks?: Pick<Clocks, 'of' | 'flaggedCount'>
  /** Whether devices are there, as they say and as is said of them; not shown when absent. */
  readonly presences?: Pick<Presences, 'of'>
  /** The built pages; where there are none, a page says so. */
  readonly pagesFolder: string
  /** The pages are served over HTTPS: cookies only there. */
  readonly secureCookies: boolean
  /** Of the first user; made up when absent. Counts only while there is no user. */
  readonly adminPassword?: string | undefined
  /** The town is simulated; the pages say so. */
  readonly demo: boolean
  readonly version: string
  now(): Instant
  readonly log: Logger
  /** For tests: cheaper passwords, shorter times. */
  readonly limits?: { readonly scrypt?: ScryptCost; readonly stream?: Partial<StreamLimits> }
}

export type Dashboard = {
  readonly url: string
  readonly port: number
  /** Made up just now: print it once. */
  readonly firstAdminPassword: string | undefined
  readonly feed: LiveFeed
  close(): Promise<void>
}

/**
 * Starts the HTTP server: API, live stream, pages.
 * @throws Refusal HTTP_PORT_TAKEN, HTTP_HOST_UNKNOWN, HTTP_PORT_FORBIDDEN
 */
export async function startDashboard(options: DashboardOptions): Promise<Dashboard> {
  const { database, now } = options
  const log = options.log.child({ part: 'dashboard' })
  const users = new Users(database, now, options.limits?.scrypt ?? scryptCost)
  const sessions = new Sessions(database)
  const tokens = new ApiTokens(database)
  // The prefix makes browsers refuse the cookie from anything but this very host over HTTPS.
  const cookieName = options.secureCookies ? '__Host-lengthsman_session' : 'lengthsman_session'
  const { registry, engine, incidents, tickets } = options
  const feed = new LiveFeed({ registry, engine, incidents, tickets, now, limits: options.limits?.stream })
  const rates = startRates({ ...options, feed })
  const parts: Parts = {
    ...options,
    log,
    feed,
    users,
    sessions,
    tokens,
    loginLimit: new LoginLimit(),
    cookieName,
    startedAt: now(),
    rates: rates.newest,
    now,
  }
  const server = await createHttpServer({
    door: { sessions, tokens, cookieName, now },
    secureCookies: options.secureCookies,
    log,
  })
  await registerOpenApi(server, options.version, cookieName)
  registerRoutes(server, parts, database)
  metricsRoute(server, parts)
  await registerPages(server, options.pagesFolder)
  const endUpgraded = forwardUpgrades(server.server, options.broker)

  const close = async () => {
    rates.stop()
    feed.close()
    endUpgraded()
    // What was begun may end: a reading that is being kept gets its answer. A far end that dawdles does not hold us up.
    const ending = setTimeout(() => server.server.closeAllConnections(), closeGraceMs)
    await server.close()
    clearTimeout(ending)
  }
  try {
    await listen(server, options)
    const firstAdminPassword = await users.makeFirstAdmin(options.adminPassword)
    const { port } = server.server.address() as AddressInfo
    return { url: urlOf(options.host, port), port, firstAdminPassword, feed, close }
  } catch (error) {
    await close()
    throw error
  }
}

async function listen(server: HttpServer, { host, port }: DashboardOptions): Promise<void> {
  try {
    await server.listen({ host, port })
  } catch (error) {
    const { code } = error as { code?: string }
    const where = `${host}:${port}`
    if (code === 'EADDRINUSE')
      throw new Refusal(
        'HTTP_PORT_TAKEN',
        `port ${where} for pages and API is taken by another program; stop that, or set LENGTHSMAN_HTTP_PORT to a free port`,
        error,
      )
    if (code === 'EACCES')
      throw new Refusal(
        'HTTP_PORT_FORBIDDEN',
        `port ${where} may not be opened by this user; set LENGTHSMAN_HTTP_PORT to one above 1023`,
        error,
      )
    if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
      throw new Refusal(
        'HTTP_HOST_UNKNOWN',
        `${host} is not an address of this machine; set LENGTHSMAN_HOST to one that is (127.0.0.1, 0.0.0.0)`,
        error,
      )
    throw error
  }
}

/** An address that can be opened: nobody can go to 0.0.0.0. */
function urlOf(host: string, port: number): string {
  const shown = host === '0.0.0.0' || host === '::' ? 'localhost' : host.includes(':') ? `[${host}]` : host
  return `http://${shown}:${port}`
}
