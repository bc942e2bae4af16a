import type { Registry } from '../../../city/index.ts'
import {
  type Bout,
  type RaisedTicket,
  type Rule,
  type Suggestion,
  type WouldBeTicket,
  yearMs,
} from '../../../rules/index.ts'
import type { Trial } from '../../../tickets/index.ts'
import type { SuggestionView, TrialView } from '../schema.ts'
import { isoOf, isoOrNull } from './iso.ts'

// More than these nobody reads on a page; the counts tell of all.
const ticketsShownMax = 2_000
const boutsShownMax = 5_000

type Names = Pick<Registry, 'asset'>

/** What a trial found, for the API and the command line alike. */
export function trialViewOf({ wanted, outcome, comparison }: Trial, registry: Names): TrialView {
  const { rules } = wanted
  const { wouldBe, missing } = comparison
  const isNew = wouldBe.filter(({ raised }) => raised.length === 0).length
  const assetYears = Math.max(0, ...outcome.observed.map(({ assetMs }) => assetMs)) / yearMs
  return {
    from: isoOf(wanted.from),
    to: isoOf(wanted.to),
    rules: rules.map((rule, place) => ({
      id: rule.id,
      version: rule.version,
      title: rule.title,
      class: rule.class,
      failureMode: rule.failureMode,
      assets: outcome.observed[place]?.assets ?? 0,
      assetYears: (outcome.observed[place]?.assetMs ?? 0) / yearMs,
    })),
    readings: outcome.readings,
    tookMs: outcome.tookMs,
    counts: {
      wouldBe: wouldBe.length,
      new: isNew,
      raisedToo: wouldBe.length - isNew,
      missing: missing.length,
      missingRight: missing.filter(({ verdict }) => verdict === 'true' || verdict === 'too-late').length,
      perAssetYear: assetYears === 0 ? null : wouldBe.length / assetYears,
      bouts: outcome.bouts.length + outcome.unlisted,
    },
    tickets: wouldBe.slice(0, ticketsShownMax).map((ticket) => wouldBeView(ticket, rules, registry)),
    missing: missing.slice(0, ticketsShownMax).map((ticket) => ({
      ...raisedView(ticket),
      asset: ticket.asset,
      assetName: registry.asset(ticket.asset)?.name ?? ticket.asset,
    })),
    bouts: outcome.bouts.slice(0, boutsShownMax).map((bout) => boutView(bout, rules)),
    troubles: outcome.troubles.map(({ rule, asset, error }) => ({ rule: idOf(rules, rule), asset, error })),
  }
}

function wouldBeView(ticket: WouldBeTicket, rules: readonly Rule[], registry: Names): TrialView['tickets'][number] {
  return {
    category: ticket.raised.length === 0 ? 'new' : 'raised-too',
    asset: ticket.asset,
    assetName: registry.asset(ticket.asset)?.name ?? ticket.asset,
    sensor: ticket.sensor,
    failureMode: ticket.failureMode,
    rules: ticket.rules.map((place) => idOf(rules, place)),
    startedAt: isoOf(ticket.startedAt),
    raisedAt: isoOf(ticket.raisedAt),
    endedAt: isoOrNull(ticket.endedAt),
    level: ticket.level,
    bouts: ticket.bouts,
    reason: ticket.reason,
    raised: ticket.raised.map(raisedView),
  }
}

function raisedView({ number, title, startedAt, verdict }: RaisedTicket) {
  return { number, title, startedAt: isoOf(startedAt), verdict: verdict ?? null }
}

function boutView(bout: Bout, rules: readonly Rule[]): TrialView['bouts'][number] {
  const rule = idOf(rules, bout.rule)
  return {
    rule,
    occurrence: `${rule}@${bout.asset}@${bout.startedAt}`,
    asset: bout.asset,
    sensor: bout.sensor,
    startedAt: isoOf(bout.startedAt),
    firedAt: isoOf(bout.firedAt),
    endedAt: isoOrNull(bout.endedAt),
    level: bout.level,
    measured: bout.measured ?? null,
    worst: bout.worst ?? null,
    limit: bout.limit ?? null,
    reason: bout.reason,
  }
}

function idOf(rules: readonly Rule[], place: number): string {
  return rules[place]?.id ?? ''
}

export function suggestionViewOf(
  suggestion: Suggestion,
  { from, to, unit }: { readonly from: number; readonly to: number; readonly unit: string },
): SuggestionView {
  return {
    ...suggestion,
    from: isoOf(from),
    to: isoOf(to),
    unit,
    suggested: suggestion.suggested ?? null,
    tried: suggestion.tried.map((each) => ({ ...each, action: each.action ?? null, text: each.text ?? null })),
  }
}
