import type { JSX } from 'preact'
import type { TicketView } from '../data/types.ts'
import { Due, Moment } from '../design/when.tsx'
import { isOpen } from '../tickets/filter.ts'

export function Particulars({ ticket }: { ticket: TicketView }): JSX.Element {
  const { place } = ticket
  return (
    <section class="card" aria-labelledby="particulars-heading">
      <header>
        <h2 id="particulars-heading">Particulars</h2>
      </header>
      <div class="body">
        <dl class="facts">
          <dt>Crew</dt>
          <dd>{ticket.crewName ?? 'Nobody yet'}</dd>
          <dt>Due</dt>
          <dd>
            <Moment at={ticket.dueAt} />
            {isOpen(ticket.state) && ticket.state !== 'verifying' ? (
              <>
                {' · '}
                <Due at={ticket.dueAt} />
              </>
            ) : null}
          </dd>
          {ticket.cause?.forecast ? <Foreseen forecast={ticket.cause.forecast} /> : null}
          <dt>Asset</dt>
          <dd>
            <a href={`/assets/${ticket.asset}`}>{ticket.assetName}</a>
          </dd>
          <dt>Place</dt>
          <dd>
            {place.address ? `${place.address} · ` : ''}
            <a href={`/?view=map&asset=${ticket.asset}`}>Map</a>
            {' · '}
            <a href={`geo:${place.latitude},${place.longitude}`} class="nowrap">
              Navigate
            </a>
          </dd>
          <dt>Severity</dt>
          <dd>{ticket.severity}</dd>
          <dt>Raised</dt>
          <dd>
            <Moment at={ticket.raisedAt} />
          </dd>
        </dl>
      </div>
    </section>
  )
}

function Foreseen({ forecast }: { forecast: { at: string; from: string; to: string | null } }): JSX.Element {
  return (
    <>
      <dt>Foreseen</dt>
      <dd>
        <Moment at={forecast.at} />
        {forecast.to === null ? ', 90 % sure not before ' : ', 80 % sure between '}
        <Moment at={forecast.from} />
        {forecast.to === null ? null : (
          <>
            {' and '}
            <Moment at={forecast.to} />
          </>
        )}
      </dd>
    </>
  )
}
