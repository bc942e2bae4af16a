import type { AssetId, DurationMs, Instant, SensorId } from '../../city/index.ts'
import type { ReadingStore } from '../../ingest/index.ts'
import { type BacktestSurroundings, runBacktest } from '../backtest/backtest.ts'
import { compare, type RaisedTicket } from '../backtest/comparison.ts'
import type { Rule } from '../rule.ts'
import { limitsToTry, movable, movedLimits, textWithLimit, withLimit } from './other-limits.ts'

export const yearMs: DurationMs = 365.25 * 86_400_000

/** What one limit would have come to. */
export type LimitTried = {
  readonly limit: number
  /** The action limit that goes with it. */
  readonly action: number | undefined
  readonly isCurrent: boolean
  readonly tickets: number
  readonly ticketsPerAssetYear: number
  /** Tickets that no crew has found to be right: at most so many are false. */
  readonly unconfirmed: number
  readonly unconfirmedPerAssetYear: number
  /** Tickets that crews found to be right: that would have been raised too, and that would not. */
  readonly found: number
  readonly lost: number
  /** The rule's text with this limit. */
  readonly text: string | undefined
}

export type Suggestion = {
  readonly tried: readonly LimitTried[]
  /** Place in `tried` of the sharpest limit that keeps to the target; `undefined` when none does. */
  readonly suggested: number | undefined
  readonly target: number
  readonly assets: number
  readonly assetYears: number
  readonly readings: number
  readonly tookMs: DurationMs
}

export type SuggestionWanted = {
  readonly rule: Rule
  readonly inForce: readonly Rule[]
  readonly from: Instant
  readonly to: Instant
  readonly assets?: readonly AssetId[] | undefined
  /** False tickets per asset and year that this rule may cost. */
  readonly target: number
  readonly raised: readonly RaisedTicket[]
}

/**
 * Tries a rule with many limits at once, in one pass over history, and says which is the sharpest that keeps to its
 * share of false tickets. `undefined` for a rule without a limit to move.
 */
export async function suggestLimit(
  { rule, inForce, from, to, assets, target, raised }: SuggestionWanted,
  surroundings: BacktestSurroundings,
): Promise<Suggestion | undefined> {
  const found = movable(rule)
  const quantity = quantityOf(rule, surroundings)
  if (found === undefined || quantity === undefined) return undefined
  const isPlain = rule.condition.kind === 'threshold'
  const usual = isPlain ? await usualValue(rule, surroundings, from, to) : 0
  const limits = limitsToTry(found, usual ?? found.limit, quantity, isPlain)
  const rules = limits.map((limit) => withLimit(rule, limit))
  const outcome = await runBacktest({ rules, inForce, from, to, assets, isBrief: true }, surroundings)
  const [observed = { assets: 0, assetMs: 0 }] = outcome.observed
  const assetYears = observed.assetMs / yearMs
  const right = raised.filter(({ verdict }) => verdict === 'true' || verdict === 'too-late')
  const tried = limits.map((limit, place): LimitTried => {
    const own = outcome.bouts.filter((bout) => bout.rule === place)
    const { wouldBe } = compare(rules, own, raised, { from, to })
    const met = new Set(wouldBe.flatMap((ticket) => ticket.raised))
    const confirmed = wouldBe.filter((ticket) => ticket.raised.some((each) => right.includes(each))).length
    const unconfirmed = wouldBe.length - confirmed
    return {
      limit,
      action: movedLimits(found, limit).action,
      isCurrent: limit === found.limit,
      tickets: wouldBe.length,
      ticketsPerAssetYear: perAssetYear(wouldBe.length, assetYears),
      unconfirmed,
      unconfirmedPerAssetYear: perAssetYear(unconfirmed, assetYears),
      found: right.filter((ticket) => met.has(ticket)).length,
      lost: right.filter((ticket) => !met.has(ticket) && isOf(ticket, rule)).length,
      text: textWithLimit(rule, limit),
    }
  })
  const suggested = tried.findIndex(({ unconfirmedPerAssetYear }) => unconfirmedPerAssetYear <= target)
  const { readings, tookMs } = outcome
  return {
    tried,
    suggested: suggested < 0 || assetYears === 0 ? undefined : suggested,
    target,
    assets: observed.assets,
    assetYears,
    readings,
    tookMs,
  }
}

function perAssetYear(count: number, assetYears: number): number {
  return assetYears === 0 ? 0 : count / assetYears
}

function isOf({ occurrences }: RaisedTicket, { id }: Rule): boolean {
  return occurrences.some((occurrence) => occurrence.startsWith(`${id}@`))
}

function quantityOf(rule: Rule, { registry }: BacktestSurroundings) {
  for (const asset of registry.assets()) {
    if (asset.class !== rule.class) continue
    const sensor = registry.sensorsOf(asset.id).find(({ quantity }) => quantity.id === rule.condition.quantity)
    if (sensor !== undefined) return sensor.quantity
  }
  return undefined
}

// A handful of sensors say what is usual of a class; a point a day or so is enough for that.
const sensorsAsked = 12
const pointsAsked = 300

/** The median of what the sensors of the class have shown. */
async function usualValue(
  rule: Rule,
  { registry, store }: { readonly registry: BacktestSurroundings['registry']; readonly store: ReadingStore },
  from: Instant,
  to: Instant,
): Promise<number | undefined> {
  const sensors: SensorId[] = registry
    .assets()
    .filter((asset) => asset.class === rule.class)
    .flatMap((asset) => registry.sensorsOf(asset.id).filter(({ quantity }) => quantity.id === rule.condition.quantity))
    .slice(0, sensorsAsked)
    .map(({ id }) => id)
  const values: number[] = []
  for (const sensor of sensors) {
    const series = await store.series({ sensor, from, to, points: pointsAsked })
    values.push(...(series.kind === 'raw' ? series.value : series.mean))
  }
  values.sort((one, other) => one - other)
  return values[Math.floor(values.length / 2)]
}
