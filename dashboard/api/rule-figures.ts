import type { DurationMs, Instant, Registry } from '../../city/index.ts'
import type { ReadingStore } from '../../ingest/index.ts'
import { countVerdicts, precisionOf, yearMs } from '../../rules/index.ts'
import type { CountedTicket } from '../../tickets/index.ts'
import type { Parts } from './parts.ts'
import type { RuleFigures } from './schema.ts'

/** Figures are of so long a past, or of as much of it as there is. */
export const figuresOfMs: DurationMs = yearMs
// When a class was first heard of does not change; whether it was heard at all may.
const sinceKeptMs: DurationMs = 600_000
/** So many sensors of a class are asked when they were first heard. */
const sensorsAsked = 3
const pointsAsked = 100

/** What the tickets of the last year say of each rule and each class. */
export class RuleFiguresBook {
  readonly #parts: Pick<Parts, 'registry' | 'store' | 'tickets' | 'now'>
  readonly #since = new Map<string, { readonly since: Instant | undefined; readonly askedAt: Instant }>()

  constructor(parts: Pick<Parts, 'registry' | 'store' | 'tickets' | 'now'>) {
    this.#parts = parts
  }

  async read(): Promise<FiguresNow> {
    const { tickets, registry, now } = this.#parts
    const counted = await tickets.counted(now() - figuresOfMs)
    const assets = new Map<string, number>()
    for (const asset of registry.assets()) assets.set(asset.class, (assets.get(asset.class) ?? 0) + 1)
    const years = new Map<string, number>()
    for (const [classId, count] of assets) years.set(classId, (count * (await this.#watchedMs(classId))) / yearMs)
    return new FiguresNow(counted, registry, assets, years)
  }

  /** How long the class has been watched, within the last year. */
  async #watchedMs(classId: string): Promise<DurationMs> {
    const { now, registry, store } = this.#parts
    const at = now()
    const known = this.#since.get(classId)
    const since =
      known !== undefined && at - known.askedAt < sinceKeptMs
        ? known.since
        : await firstHeard(registry, store, classId, at - figuresOfMs, at).catch(() => undefined)
    if (since !== known?.since || known === undefined) this.#since.set(classId, { since, askedAt: at })
    return since === undefined ? 0 : at - since
  }
}

/** As of one moment. */
export class FiguresNow {
  readonly #byRule = new Map<string, CountedTicket[]>()
  readonly #byClass = new Map<string, CountedTicket[]>()
  readonly assets: ReadonlyMap<string, number>
  readonly #years: ReadonlyMap<string, number>

  constructor(
    counted: readonly CountedTicket[],
    registry: Pick<Registry, 'asset'>,
    assets: ReadonlyMap<string, number>,
    years: ReadonlyMap<string, number>,
  ) {
    this.assets = assets
    this.#years = years
    for (const ticket of counted) {
      put(this.#byRule, ticket.rule, ticket)
      const classId = registry.asset(ticket.asset)?.class
      if (classId !== undefined) put(this.#byClass, classId, ticket)
    }
  }

  ofRule(rule: string, classId: string): RuleFigures {
    return figuresOf(this.#byRule.get(rule) ?? [], this.#years.get(classId) ?? 0)
  }

  ofClass(classId: string): RuleFigures {
    return figuresOf(this.#byClass.get(classId) ?? [], this.#years.get(classId) ?? 0)
  }
}

function put(lists: Map<string, CountedTicket[]>, key: string, ticket: CountedTicket): void {
  const list = lists.get(key)
  if (list === undefined) lists.set(key, [ticket])
  else list.push(ticket)
}

function figuresOf(tickets: readonly CountedTicket[], assetYears: number): RuleFigures {
  const counts = countVerdicts(tickets.map(({ verdict }) => verdict))
  const precision = precisionOf(counts)
  const per = (count: number) => (assetYears === 0 ? null : count / assetYears)
  return {
    tickets: tickets.length,
    right: counts.true,
    tooLate: counts['too-late'],
    false: counts.false,
    unjudged: counts.unjudged,
    precision: precision === undefined ? null : { share: precision.share, low: precision.low, high: precision.high },
    assetYears,
    ticketsPerAssetYear: per(tickets.length),
    falsePerAssetYear: per(counts.false),
  }
}

async function firstHeard(
  registry: Pick<Registry, 'assets' | 'sensorsOf'>,
  store: Pick<ReadingStore, 'series'>,
  classId: string,
  from: Instant,
  to: Instant,
): Promise<Instant | undefined> {
  const sensors = registry
    .assets()
    .filter((asset) => asset.class === classId)
    .slice(0, sensorsAsked)
    .flatMap(({ id }) => registry.sensorsOf(id).slice(0, 1))
  const found: Instant[] = []
  for (const { id } of sensors) {
    const { at } = await store.series({ sensor: id, from, to, points: pointsAsked })
    if (at[0] !== undefined) found.push(Math.max(from, at[0]))
  }
  return found.length === 0 ? undefined : Math.min(...found)
}
