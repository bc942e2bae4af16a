import type { Registry } from '../../../city/index.ts'
import { type Evidence, type HistoryEntry, type Ticket, verdictOf } from '../../../tickets/index.ts'
import type { EvidenceView, HistoryEntryView, TicketActionName, TicketSummary, TicketView } from '../schema.ts'
import { forecastViewOf, isoOf, isoOrNull } from './iso.ts'

export function ticketSummaryOf(ticket: Ticket, registry: Registry): TicketSummary {
  const asset = registry.asset(ticket.asset)
  return {
    number: ticket.number,
    asset: ticket.asset,
    assetName: asset?.name ?? ticket.asset,
    class: asset?.class ?? '',
    district: asset?.district ?? null,
    failureMode: ticket.failureMode,
    title: ticket.title,
    state: ticket.state,
    severity: ticket.severity,
    priority: { score: ticket.priority.score, band: ticket.priority.band },
    crew: ticket.crew ?? null,
    crewName: ticket.crew === undefined ? null : (registry.crew(ticket.crew)?.name ?? ticket.crew),
    startedAt: isoOf(ticket.startedAt),
    raisedAt: isoOf(ticket.raisedAt),
    dueAt: isoOf(ticket.dueAt),
    updatedAt: isoOf(ticket.updatedAt),
    relapses: ticket.relapses,
  }
}

/** All that is known of a ticket, and what the one who asks may do with it. */
export function ticketViewOf(
  ticket: Ticket,
  more: {
    readonly history: readonly HistoryEntry[]
    readonly evidence: Evidence | undefined
    readonly incident: TicketView['incident']
    readonly allowed: readonly TicketActionName[]
  },
  registry: Registry,
): TicketView {
  const asset = registry.asset(ticket.asset)
  const mode = registry.class(asset?.class ?? '')?.failureModes.find(({ id }) => id === ticket.failureMode)
  return {
    ...ticketSummaryOf(ticket, registry),
    priority: {
      score: ticket.priority.score,
      band: ticket.priority.band,
      factors: ticket.priority.factors.map((factor) => ({ ...factor })),
    },
    cause: causeViewOf(ticket),
    advice: ticket.advice,
    jobPlan: [...ticket.jobPlan],
    causes: [...(mode?.causes ?? [])],
    remedies: [...(mode?.remedies ?? [])],
    holdReason: ticket.holdReason ?? null,
    closing: ticket.closing ?? null,
    verdict: verdictOf(ticket) ?? null,
    recurrences: ticket.recurrences,
    incident: more.incident,
    workDoneAt: isoOrNull(ticket.workDoneAt),
    watchUntil: isoOrNull(ticket.watchUntil),
    place: asset === undefined ? { latitude: 0, longitude: 0 } : placeOf(asset.place),
    history: more.history.map(historyViewOf),
    evidence: more.evidence === undefined ? null : evidenceViewOf(more.evidence),
    allowed: [...more.allowed],
  }
}

function placeOf({ latitude, longitude, address }: TicketView['place']): TicketView['place'] {
  return { latitude, longitude, ...(address === undefined ? {} : { address }) }
}

function causeViewOf({ cause }: Ticket): TicketView['cause'] {
  if (cause === undefined) return null
  const { rule, ruleVersion, ruleTitle, sensor, level, reason } = cause
  return {
    rule,
    ruleVersion,
    ruleTitle,
    sensor,
    level,
    measured: cause.measured ?? null,
    limit: cause.limit ?? null,
    forecast: forecastViewOf(cause.forecast),
    reason,
  }
}

function historyViewOf(entry: HistoryEntry): HistoryEntryView {
  const { by, action, note } = entry
  return { at: isoOf(entry.at), by, action, from: entry.from ?? null, to: entry.to ?? null, note }
}

function evidenceViewOf(evidence: Evidence): EvidenceView {
  return {
    from: isoOf(evidence.from),
    to: isoOf(evidence.to),
    series: evidence.series.map((series) => ({
      sensor: series.sensor,
      title: series.title,
      unit: series.unit,
      at: [...series.at],
      min: [...series.min],
      max: [...series.max],
      mean: [...series.mean],
      limits: series.limits.map((limit) => ({ ...limit })),
    })),
    ruleText: evidence.ruleText,
    ruleVersion: evidence.ruleVersion,
    hash: evidence.hash,
  }
}
