import { endOf, type Incident, type IncidentMember, isOpenAt, type ServiceWindow } from '../../../rules/index.ts'
import type { Parts } from '../parts.ts'
import type { IncidentMemberView, IncidentSummary, ServiceWindowView } from '../schema.ts'
import { hidingViewOf } from './alarm-view.ts'
import { isoOf, isoOrNull } from './iso.ts'

export function windowViewOf(window: ServiceWindow, { registry, engine, now }: Parts): ServiceWindowView {
  const { id, kind, assets, alarm, reach, reason, by, from, ticket } = window
  return {
    id,
    kind,
    assets: assets.map((asset) => ({ id: asset, name: registry.asset(asset)?.name ?? asset })),
    alarm: alarm ?? null,
    reach,
    covers: alarm === undefined ? engine.windows.coveredBy(window).size : 0,
    reason,
    by,
    from: isoOf(from),
    until: isoOf(endOf(window)),
    ticket: ticket ?? null,
    open: isOpenAt(window, now()),
  }
}

type Known = Pick<Parts, 'registry' | 'tickets' | 'incidents'>

/** The unfinished tickets of each incident, by its number. */
export function ticketsByIncident({ tickets, incidents }: Known): ReadonlyMap<number, readonly number[]> {
  const found = new Map<number, number[]>()
  for (const { number, cause } of tickets.unfinished()) {
    const incident = incidents.numberOf(cause?.occurrence)
    if (incident === undefined) continue
    const some = found.get(incident)
    if (some === undefined) found.set(incident, [number])
    else some.push(number)
  }
  return found
}

export function incidentSummaryOf(
  incident: Incident,
  tickets: readonly number[],
  { registry }: Pick<Known, 'registry'>,
): IncidentSummary {
  const { number, state, title, root, reasons, assets, alarms, mergedInto } = incident
  return {
    number,
    state,
    title,
    root: root === undefined ? null : { asset: root, name: registry.asset(root)?.name ?? root },
    reasons: [...reasons],
    assets,
    alarms,
    startedAt: isoOf(incident.startedAt),
    lastAt: isoOf(incident.lastAt),
    openedAt: isoOf(incident.openedAt),
    overAt: isoOrNull(incident.overAt),
    mergedInto: mergedInto ?? null,
    tickets: [...tickets].sort((one, other) => one - other),
  }
}

export function incidentMemberOf(
  member: IncidentMember,
  ticket: number | undefined,
  { registry, engine }: Pick<Parts, 'registry' | 'engine'>,
): IncidentMemberView {
  const { alarm: id, asset, ruleTitle, failureMode, from, overAt, occurrence } = member
  const alarm = engine.alarm(id)
  // A later bout of the same alarm is not this one.
  const isCurrent = alarm?.occurrence === occurrence || (alarm !== undefined && overAt === undefined)
  return {
    alarm: id,
    asset,
    assetName: registry.asset(asset)?.name ?? asset,
    ruleTitle,
    failureMode,
    at: isoOf(from),
    overAt: isoOrNull(overAt),
    state: isCurrent ? alarm.state : 'inactive',
    hiddenBy: isCurrent && alarm.hiddenBy !== undefined ? hidingViewOf(alarm.hiddenBy) : null,
    ticket: ticket ?? null,
  }
}
