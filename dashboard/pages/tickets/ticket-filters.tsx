import type { JSX } from 'preact'
import { crews } from '../data/town.ts'
import type { TicketSummary } from '../data/types.ts'
import { SearchBox, Segmented, Select } from '../design/field.tsx'
import { Shape } from '../design/shape.tsx'
import { setQuery } from '../routing/router.ts'
import { bandLooks, bands, openTicketStates, ticketLooks } from '../words/states.ts'
import { arrangeTickets, type TicketFilter } from './filter.ts'

type BandChoice = TicketSummary['priority']['band'] | 'all'

/** All filters stand in the address: a filtered list can be sent to a colleague. */
export function TicketFilters({ filter, open }: { filter: TicketFilter; open: readonly TicketSummary[] }): JSX.Element {
  const others = arrangeTickets(open, { ...filter, band: undefined })
  const count = (band: BandChoice) =>
    band === 'all' ? others.length : others.filter((ticket) => ticket.priority.band === band).length
  const change = (name: string) => (value: string) => setQuery({ [name]: value }, { replace: true })
  return (
    <div class="ticket-filters">
      <Segmented<BandChoice>
        label="Priority"
        value={filter.band ?? 'all'}
        options={(['all', ...bands] as const).map((band) => ({
          value: band,
          text: (
            <>
              {band === 'all' ? null : (
                <Shape look={count(band) === 0 ? { ...bandLooks[band], tone: 'none' } : bandLooks[band]} size={13} />
              )}
              <span>{band === 'all' ? 'All' : bandLooks[band].word}</span>
              <span class="option-count">{count(band)}</span>
            </>
          ),
        }))}
        onChange={(band) => setQuery({ band: band === 'all' ? undefined : band }, { replace: true })}
      />
      <Select
        label="State"
        value={filter.state === 'unfinished' ? '' : filter.state}
        options={[
          { value: '', text: 'All unfinished' },
          ...openTicketStates.map((state) => ({ value: state, text: ticketLooks[state].word })),
          { value: 'closed', text: 'Closed' },
          { value: 'cancelled', text: 'Cancelled' },
        ]}
        onChange={change('state')}
      />
      <Select
        label="Crew"
        value={filter.crew ?? 'all'}
        options={[
          { value: 'all', text: 'All crews' },
          { value: 'none', text: 'Nobody yet' },
          ...crews.value.map((crew) => ({ value: crew.id, text: crew.name })),
        ]}
        onChange={change('crew')}
      />
      <SearchBox
        label="Filter by title, asset or number"
        placeholder="Title, asset, number"
        value={filter.text}
        onInput={change('q')}
      />
    </div>
  )
}
