import type { JSX } from 'preact'
import type { IncidentSummary, TicketSummary } from '../data/types.ts'
import { IncidentRow } from '../incidents/incident-list.tsx'
import { TicketTable } from './ticket-table.tsx'

/** Tickets of one event stand together under what it probably is; all others by themselves. */
export function TicketsByIncident(props: {
  tickets: readonly TicketSummary[]
  incidents: readonly IncidentSummary[]
}): JSX.Element {
  const groups = props.incidents.flatMap((incident) => {
    const tickets = props.tickets.filter(({ number }) => incident.tickets.includes(number))
    return tickets.length > 1 ? [{ incident, tickets }] : []
  })
  const grouped = new Set(groups.flatMap(({ tickets }) => tickets.map(({ number }) => number)))
  const others = props.tickets.filter(({ number }) => !grouped.has(number))
  return (
    <>
      {groups.map(({ incident, tickets }) => (
        <section key={incident.number} class="incident-group" aria-label={`Incident ${incident.number}`}>
          <ul>
            <IncidentRow incident={incident} />
          </ul>
          <TicketTable tickets={tickets} />
        </section>
      ))}
      {others.length > 0 ? <TicketTable tickets={others} /> : null}
    </>
  )
}
