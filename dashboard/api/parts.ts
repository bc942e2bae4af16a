import type { Logger } from 'pino'
import type { Instant, Registry } from '../../city/index.ts'
import type { Clocks, Discovered, Ingest, Presences, Quarantine, ReadingStore } from '../../ingest/index.ts'
import type { Incidents, RuleBook, RuleEngine } from '../../rules/index.ts'
import type { Tickets } from '../../tickets/index.ts'
import type { LoginLimit } from '../access/login-limit.ts'
import type { Sessions } from '../access/sessions.ts'
import type { ApiTokens } from '../access/tokens.ts'
import type { Users } from '../access/users.ts'
import type { BrokerView } from '../broker-view.ts'
import type { LiveFeed } from '../live/live-feed.ts'
import type { Rates } from './schema.ts'

/** What the routes work with; handed to each of them, so that none reaches for anything else. */
export type Parts = {
  readonly registry: Registry
  readonly store: ReadingStore
  readonly ingest: Ingest
  readonly quarantine: Quarantine
  readonly discovered: Discovered
  readonly engine: RuleEngine
  readonly incidents: Incidents
  /** Where rules are changed; absent where they come from files only. */
  readonly ruleBook?: RuleBook | undefined
  readonly tickets: Tickets
  readonly broker: BrokerView
  readonly clocks?: Pick<Clocks, 'of' | 'flaggedCount'>
  readonly presences?: Pick<Presences, 'of'>
  readonly feed: LiveFeed
  readonly users: Users
  readonly sessions: Sessions
  readonly tokens: ApiTokens
  readonly loginLimit: LoginLimit
  readonly cookieName: string
  readonly secureCookies: boolean
  readonly demo: boolean
  readonly version: string
  readonly startedAt: Instant
  readonly now: () => Instant
  /** The newest; measured once a second. */
  readonly rates: () => Rates
  readonly log: Logger
}
