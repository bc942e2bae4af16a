import type { JSX } from 'preact'
import type { TicketView } from '../data/types.ts'
import { Badge } from '../design/shape.tsx'
import { Due } from '../design/when.tsx'
import { isOpen } from '../tickets/filter.ts'
import { bandLooks, closingWords, holdWords, ticketLooks, verdictSays } from '../words/states.ts'

export function TicketHead({ ticket }: { ticket: TicketView }): JSX.Element {
  const open = isOpen(ticket.state)
  const waits = ticket.state !== 'verifying' && ticket.state !== 'work-done'
  const band = bandLooks[ticket.priority.band]
  return (
    <header class="ticket-head">
      <h1 tabIndex={-1}>{ticket.title}</h1>
      <div class="row wrap ticket-meta">
        <Badge look={open ? band : { ...band, tone: 'none' }} />
        <Badge look={ticketLooks[ticket.state]} />
        {ticket.state === 'on-hold' && ticket.holdReason ? (
          <span class="small soft">{holdWords[ticket.holdReason]}</span>
        ) : null}
        {ticket.state === 'closed' && ticket.closing ? (
          <span class="small soft">{closingWords[ticket.closing]}</span>
        ) : null}
        {ticket.verdict ? <span class="small soft">{verdictSays[ticket.verdict]}</span> : null}
        <span class="small soft">
          <a href={`/assets/${ticket.asset}`}>{ticket.assetName}</a>
          {ticket.district ? ` · ${ticket.district}` : ''}
        </span>
        {ticket.incident ? (
          <span class="small soft">
            Part of <a href={`/incidents/${ticket.incident.number}`}>{ticket.incident.title}</a>
          </span>
        ) : null}
        {open && waits ? (
          <span class="small soft">
            <Due at={ticket.dueAt} />
          </span>
        ) : null}
        {ticket.relapses > 0 ? (
          <span class="small relapsed">
            Came back {ticket.relapses === 1 ? 'once' : `${ticket.relapses} times`} after it was mended
          </span>
        ) : null}
      </div>
    </header>
  )
}
