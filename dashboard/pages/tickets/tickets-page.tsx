import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { get, getAll } from '../data/client.ts'
import { useResource } from '../data/resource.ts'
import { may, session } from '../data/session.ts'
import { onStream } from '../data/stream.ts'
import { openTickets, reloadTickets } from '../data/town.ts'
import type { IncidentSummary, TicketSummary } from '../data/types.ts'
import { Icon } from '../design/icon.tsx'
import { Empty, Show, SkeletonRows } from '../design/states.tsx'
import { query, setQuery } from '../routing/router.ts'
import { capital, plural } from '../words/units.ts'
import { TicketsByIncident } from './by-incident.tsx'
import { arrangeTickets, isOpen, type TicketFilter, ticketFilter } from './filter.ts'
import { NewTicket } from './new-ticket.tsx'
import { TicketFilters } from './ticket-filters.tsx'
import './tickets.css'

type Page = { readonly items: readonly TicketSummary[]; readonly next: string | null }
const finishedShownMax = 200

/** All the work there is: the open in full and live, the finished as far back as one cares to look. */
export function TicketsPage(): JSX.Element {
  const [writing, setWriting] = useState(false)
  const filter = ticketFilter(query.value, session.value?.crew)
  const live = filter.state === 'unfinished' || isOpen(filter.state)
  const finished = useResource<Page>(live ? null : `tickets ${filter.state}`, (signal) =>
    get<Page>(`/api/v1/tickets?state=${filter.state}&limit=${finishedShownMax}`, signal),
  )

  const incidents = useResource<readonly IncidentSummary[]>(live ? 'open incidents' : null, (signal) =>
    getAll<IncidentSummary>('/api/v1/incidents?limit=200', signal),
  )

  useEffect(() => {
    document.title = 'Tickets · Lengthsman'
    return onStream('incident', incidents.reload)
  }, [])

  return (
    <main class="page" id="content">
      <div class="page-head">
        <h1 tabIndex={-1}>Tickets</h1>
        {may('operate') ? (
          <button type="button" class="button" onClick={() => setWriting(true)}>
            <Icon name="plus" /> New ticket
          </button>
        ) : null}
      </div>
      <TicketFilters filter={filter} open={openTickets.value.data ?? []} />
      {live ? (
        <Show of={openTickets.value} retry={reloadTickets} waiting={<SkeletonRows rows={8} height="56px" />}>
          {(tickets) => <Tickets tickets={tickets} filter={filter} incidents={incidents.state.value.data ?? []} />}
        </Show>
      ) : (
        <Show of={finished.state.value} retry={finished.reload} waiting={<SkeletonRows rows={8} height="56px" />}>
          {(page) => (
            <>
              <Tickets tickets={page.items} filter={filter} incidents={[]} />
              {page.next === null ? null : (
                <p class="small quiet">The newest {finishedShownMax} are shown. Older ones can be had from the API.</p>
              )}
            </>
          )}
        </Show>
      )}
      {writing ? <NewTicket onClose={() => setWriting(false)} /> : null}
    </main>
  )
}

const clearFilters = () => setQuery({ state: undefined, band: undefined, crew: 'all', q: undefined })

function Tickets({
  tickets,
  filter,
  incidents,
}: {
  tickets: readonly TicketSummary[]
  filter: TicketFilter
  incidents: readonly IncidentSummary[]
}): JSX.Element {
  const shown = arrangeTickets(tickets, filter)
  const filtered =
    filter.band !== undefined || filter.crew !== undefined || filter.text !== '' || filter.state !== 'unfinished'
  if (shown.length === 0)
    return filtered ? (
      <Empty
        icon="search"
        title="No ticket fits these filters"
        action={
          <button type="button" class="button small" onClick={clearFilters}>
            Clear the filters
          </button>
        }
      />
    ) : (
      <Empty icon="check" title="No open tickets">
        When a rule fires, its ticket appears here with the readings that raised it, how urgent it is and what to do
        first. A person can raise one too.
      </Empty>
    )
  return (
    <>
      <p class="small quiet tickets-count" role="status">
        {capital(plural(shown.length, 'ticket'))}
      </p>
      <TicketsByIncident tickets={shown} incidents={incidents} />
    </>
  )
}
