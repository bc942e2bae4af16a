import { openDatabase, Refusal, Registry } from '../../city/index.ts'
import { ApiTokens, type TrialView, trialViewOf } from '../../dashboard/index.ts'
import { openDuckDbStore, openInfluxStore, type ReadingStore } from '../../ingest/index.ts'
import { type Rule, rulesFromText } from '../../rules/index.ts'
import { Tickets, tryRules } from '../../tickets/index.ts'
import type { Configuration } from '../configuration.ts'
import type { DataFolder } from '../data-folder.ts'
import { openLog } from '../log.ts'
import { allMigrations } from '../migrations.ts'
import { openRuleBook } from '../rule-book.ts'
import type { Asked, Watching } from './backtest.ts'
import { tryOverHttp } from './over-http.ts'

/** Tries rules on this machine: on the data folder, or through the program that has it open. */
export async function tryHere(
  configuration: Configuration,
  folder: DataFolder,
  asked: Asked,
  watching: Watching,
): Promise<TrialView> {
  const log = openLog(configuration.logLevel)
  const database = await openDatabase(folder.database, allMigrations)
  try {
    const registry = await Registry.open(database, Date.now)
    const inForce = openRuleBook(configuration, folder, registry, database).rules()
    const rules = rulesOf(asked, inForce, registry)
    for (const asset of asked.assets ?? [])
      if (registry.asset(asset) === undefined)
        throw new Refusal('ASSET_UNKNOWN', `--assets: there is no asset "${asset}"`)
    const store = await openStore(configuration, folder, log)
    if (store === undefined) {
      // Who may write the data folder may do anything with it already: the token only opens the door of the API, and goes again.
      const tokens = new ApiTokens(database)
      const { token, secret } = await tokens.add('backtest on the command line', 'engineer', 'command line', Date.now())
      try {
        return await tryOverHttp(urlOf(configuration), secret, asked, watching)
      } finally {
        await tokens.remove(token.id)
      }
    }
    try {
      const tickets = await Tickets.open({ database, registry, evidence: async () => [], log })
      const { from, to, assets } = asked
      return trialViewOf(
        await tryRules({ rules, inForce, from, to, assets }, { store, registry, tickets, ...watching }),
        registry,
      )
    } finally {
      await store.close()
    }
  } finally {
    await database.close()
  }
}

function rulesOf({ what }: Asked, inForce: readonly Rule[], registry: Registry): readonly Rule[] {
  if ('text' in what) return rulesFromText(what.file, what.text, registry.classes())
  const rules = inForce.filter(({ id }) => id === what.rule)
  if (rules.length === 0)
    throw new Refusal('RULE_UNKNOWN', `"${what.rule}" is neither a file nor the id of a rule in force`)
  return rules
}

/** `undefined` while the program runs and has the readings open. */
async function openStore(
  configuration: Configuration,
  folder: DataFolder,
  log: ReturnType<typeof openLog>,
): Promise<ReadingStore | undefined> {
  const { influxUrl, influxToken, influxOrg, influxBucket, influxUser, influxPassword, influxDatabase } = configuration
  if (influxUrl !== undefined)
    return openInfluxStore({
      url: influxUrl,
      ...(influxToken === undefined ? {} : { token: influxToken }),
      ...(influxOrg === undefined ? {} : { org: influxOrg }),
      ...(influxBucket === undefined ? {} : { bucket: influxBucket }),
      ...(influxUser === undefined ? {} : { user: influxUser }),
      ...(influxPassword === undefined ? {} : { password: influxPassword }),
      ...(influxDatabase === undefined ? {} : { database: influxDatabase }),
      log,
    })
  try {
    return await openDuckDbStore({ path: folder.readings, memoryLimitMb: configuration.duckdbMemoryMb, log })
  } catch (error) {
    if (error instanceof Refusal && error.code === 'STORE_LOCKED') return undefined
    throw error
  }
}

/** Where the program's pages and API are, seen from this machine. */
export function urlOf({ host, httpPort }: Configuration): string {
  const own = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host
  return `http://${own.includes(':') ? `[${own}]` : own}:${httpPort}`
}
