import type { TicketSummary } from '../data/types.ts'
import { score } from '../shell/finding.ts'
import { bands, openTicketStates, ticketLooks } from '../words/states.ts'

type State = TicketSummary['state']
export type TicketFilter = {
  /** One state, or `unfinished` for all that still need something. */
  readonly state: State | 'unfinished'
  readonly band: TicketSummary['priority']['band'] | undefined
  readonly crew: string | undefined
  readonly text: string
}

const isState = (text: string): text is State => Object.hasOwn(ticketLooks, text)

/** From the address; what it does not know it ignores. Who belongs to a crew sees its work unless all is asked for. */
export function ticketFilter(query: URLSearchParams, ownCrew: string | null = null): TicketFilter {
  const state = query.get('state') ?? ''
  const band = query.get('band')
  const crew = query.get('crew') ?? ownCrew ?? 'all'
  return {
    state: isState(state) ? state : 'unfinished',
    band: bands.find((each) => each === band),
    crew: crew === 'all' ? undefined : crew,
    text: query.get('q') ?? '',
  }
}

/** Highest priority first, then soonest due, then oldest. */
export function mostUrgentFirst(a: TicketSummary, b: TicketSummary): number {
  return b.priority.score - a.priority.score || Date.parse(a.dueAt) - Date.parse(b.dueAt) || a.number - b.number
}

const newestFirst = (a: TicketSummary, b: TicketSummary) => Date.parse(b.updatedAt) - Date.parse(a.updatedAt)

export function isOpen(state: State): boolean {
  return openTicketStates.includes(state)
}

function matches(ticket: TicketSummary, filter: TicketFilter): boolean {
  if (filter.band !== undefined && ticket.priority.band !== filter.band) return false
  if (filter.crew === 'none' ? ticket.crew !== null : filter.crew !== undefined && ticket.crew !== filter.crew)
    return false
  const text = filter.text.trim().toLowerCase().replace(/^#/, '')
  return text === '' || score(text, [String(ticket.number), ticket.title, ticket.assetName, ticket.asset]) > 0
}

export function arrangeTickets(tickets: readonly TicketSummary[], filter: TicketFilter): readonly TicketSummary[] {
  const inState = tickets.filter((ticket) =>
    filter.state === 'unfinished' ? isOpen(ticket.state) : ticket.state === filter.state,
  )
  const order = filter.state === 'unfinished' || isOpen(filter.state) ? mostUrgentFirst : newestFirst
  return inState.filter((ticket) => matches(ticket, filter)).sort(order)
}
