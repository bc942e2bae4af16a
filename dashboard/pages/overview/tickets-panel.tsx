import type { JSX } from 'preact'
import type { TicketSummary } from '../data/types.ts'
import { Shape } from '../design/shape.tsx'
import { Empty } from '../design/states.tsx'
import { Due } from '../design/when.tsx'
import { mostUrgentFirst } from '../tickets/filter.ts'
import { bandLooks, bands, ticketLooks } from '../words/states.ts'

const shownMax = 12

/** Open work by urgency: counts that lead to the list, and the jobs at its head. */
export function TicketsPanel({ tickets }: { tickets: readonly TicketSummary[] }): JSX.Element {
  const first = [...tickets].sort(mostUrgentFirst).slice(0, shownMax)
  return (
    <>
      <header class="panel-head">
        <h2 id="tickets-heading">Open tickets</h2>
        <a href="/tickets" class="small">
          All {tickets.length}
        </a>
      </header>
      <ul class="band-counts">
        {bands.map((band) => {
          const count = tickets.filter((ticket) => ticket.priority.band === band).length
          return (
            <li key={band}>
              <a href={`/tickets?band=${band}`} class={count === 0 ? 'none' : ''}>
                <span class="band-count">{count}</span>
                <span class="band-word">
                  <Shape look={count === 0 ? { ...bandLooks[band], tone: 'none' } : bandLooks[band]} size={13} />
                  {bandLooks[band].word}
                </span>
              </a>
            </li>
          )
        })}
      </ul>
      {first.length === 0 ? (
        <Empty icon="check" title="Nothing is waiting">
          When a rule fires, its ticket appears here with the evidence and what to do first.
        </Empty>
      ) : (
        <ol class="ticket-stubs">
          {first.map((ticket) => (
            <li key={ticket.number}>
              <a href={`/tickets/${ticket.number}`}>
                <Shape look={bandLooks[ticket.priority.band]} />
                <span class="stub-title">
                  <span class="visually-hidden">{bandLooks[ticket.priority.band].word}: </span>
                  {ticket.title}
                </span>
                <span class="stub-detail">
                  {ticketLooks[ticket.state].word}
                  {ticket.state === 'verifying' || ticket.state === 'work-done' ? null : (
                    <>
                      {' · '}
                      <Due at={ticket.dueAt} />
                    </>
                  )}
                </span>
              </a>
            </li>
          ))}
        </ol>
      )}
    </>
  )
}
