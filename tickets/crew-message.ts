import type { HistoryEntry, PriorityBand, Ticket, TicketState } from './ticket.ts'

/** Of an incident, what a crew has to know before it leaves. */
export type CrewIncident = {
  readonly number: number
  readonly title: string
  readonly assets: number
  readonly reasons: readonly string[]
}

/** What a crew's devices learn of a ticket by MQTT, on `tickets/{crew}`. */
export type CrewMessage = {
  /** What it is part of, where several troubles are one event: said once to each crew. */
  readonly incident?: CrewIncident
  readonly number: number
  readonly asset: string
  readonly failureMode: string
  readonly title: string
  readonly state: TicketState
  readonly priority: { readonly score: number; readonly band: PriorityBand }
  readonly dueAt: string
  /** What has just happened. */
  readonly change: { readonly at: string; readonly by: string; readonly action: string; readonly note: string }
}

export function crewMessage(ticket: Ticket, entry: HistoryEntry, incident?: CrewIncident): CrewMessage {
  const { number, asset, failureMode, title, state, priority, dueAt } = ticket
  return {
    number,
    asset,
    failureMode,
    title,
    state,
    priority: { score: priority.score, band: priority.band },
    dueAt: new Date(dueAt).toISOString(),
    change: { at: new Date(entry.at).toISOString(), by: entry.by, action: entry.action, note: entry.note },
    ...(incident === undefined ? {} : { incident: pick(incident) }),
  }
}

function pick({ number, title, assets, reasons }: CrewIncident): CrewIncident {
  return { number, title, assets, reasons }
}
