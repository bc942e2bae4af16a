import type { JSX } from 'preact'
import { className } from '../data/town.ts'
import type { TicketSummary } from '../data/types.ts'
import { Badge, Shape } from '../design/shape.tsx'
import { Age, Due } from '../design/when.tsx'
import { navigate } from '../routing/router.ts'
import { bandLooks, ticketLooks } from '../words/states.ts'
import { isOpen } from './filter.ts'

/** A table at a desk, cards on a phone: the same elements, laid out anew. */
export function TicketTable({ tickets }: { tickets: readonly TicketSummary[] }): JSX.Element {
  return (
    <div class="card tickets-card">
      <table class="table tickets-table">
        <thead>
          <tr>
            <th scope="col">Priority</th>
            <th scope="col">Ticket</th>
            <th scope="col">State</th>
            <th scope="col">Crew</th>
            <th scope="col">Due</th>
            <th scope="col">Seen since</th>
          </tr>
        </thead>
        <tbody>
          {tickets.map((ticket) => (
            <Row key={ticket.number} ticket={ticket} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Row({ ticket }: { ticket: TicketSummary }): JSX.Element {
  const { band, score } = ticket.priority
  const open = isOpen(ticket.state)
  const follow = (event: MouseEvent) => {
    const text = getSelection()?.toString() ?? ''
    if (event.button === 0 && text === '' && !(event.target instanceof Element && event.target.closest('a')))
      navigate(`/tickets/${ticket.number}`)
  }
  return (
    <tr onClick={follow}>
      <td class="cell-priority">
        <span class={`band ${open ? bandLooks[band].tone : 'none'}`}>
          <Shape look={open ? bandLooks[band] : { ...bandLooks[band], tone: 'none' }} />
          {bandLooks[band].word}
          <span class="quiet">{score}</span>
        </span>
      </td>
      <td class="cell-title">
        <a href={`/tickets/${ticket.number}`}>{ticket.title}</a>
        <span class="cell-under">
          #{ticket.number} · {className(ticket.class)}
          {ticket.district ? ` · ${ticket.district}` : ''}
          {ticket.relapses > 0 ? ` · came back ${ticket.relapses === 1 ? 'once' : `${ticket.relapses} times`}` : ''}
        </span>
      </td>
      <td class="cell-state">
        <Badge look={ticketLooks[ticket.state]} bare />
      </td>
      <td class="cell-crew soft">{ticket.crewName ?? <span class="quiet">Nobody yet</span>}</td>
      <td class="cell-due">
        {ticket.state === 'verifying' || ticket.state === 'work-done' ? (
          <span class="quiet">work is done</span>
        ) : (
          <Due at={ticket.dueAt} settled={!open} />
        )}
      </td>
      <td class="cell-since quiet">
        <Age at={ticket.startedAt} />
      </td>
    </tr>
  )
}
