import type { JSX } from 'preact'
import { useEffect } from 'preact/hooks'
import { get } from '../data/client.ts'
import { useResource } from '../data/resource.ts'
import { onStream } from '../data/stream.ts'
import { changeTicket } from '../data/town.ts'
import type { TicketView } from '../data/types.ts'
import { Crumbs, Show, Skeleton, SkeletonRows } from '../design/states.tsx'
import { isOpen } from '../tickets/filter.ts'
import { ActionBar } from './action-bar.tsx'
import { Evidence } from './evidence.tsx'
import { History } from './history.tsx'
import { Particulars } from './particulars.tsx'
import { Stepper } from './stepper.tsx'
import './ticket.css'
import { TicketHead } from './ticket-head.tsx'
import { Urgency } from './urgency.tsx'
import { Verification } from './verification.tsx'
import { First, WhatToDo } from './what-to-do.tsx'
import { Why } from './why.tsx'

/** One work order: what, why, how urgent, what to do, and what was done. */
export function TicketPage({ parameters }: { parameters: Readonly<Record<string, string>> }): JSX.Element {
  const number = Number(parameters['number'])
  const loaded = useResource<TicketView>(`ticket ${number}`, (signal) =>
    get<TicketView>(`/api/v1/tickets/${number}`, signal),
  )

  // Somebody else, or the program, has done something with it: the frozen parts stay, the rest is asked for anew.
  useEffect(
    () =>
      onStream('ticket', (changed) => {
        const shown = loaded.state.peek().data
        if (changed.number === number && changed.updatedAt !== shown?.updatedAt) loaded.reload()
      }),
    [number],
  )

  const title = loaded.state.value.data?.title
  useEffect(() => {
    document.title = `#${number}${title ? ` ${title}` : ''} · Lengthsman`
  }, [number, title])

  const onChanged = (ticket: TicketView) => {
    loaded.put(ticket)
    changeTicket(ticket)
  }

  return (
    <main class="page ticket-page" id="content">
      <Crumbs
        trail={[
          { href: '/tickets', text: 'Tickets' },
          { href: `/tickets/${number}`, text: `#${number}` },
        ]}
      />
      {title === undefined ? (
        <h1 class="visually-hidden" tabIndex={-1}>
          Ticket {number}
        </h1>
      ) : null}
      <Show of={loaded.state.value} retry={loaded.reload} waiting={<Waiting />}>
        {(ticket) => <TicketBody ticket={ticket} onChanged={onChanged} />}
      </Show>
    </main>
  )
}

function Waiting(): JSX.Element {
  return (
    <div class="stack loose" aria-busy="true">
      <Skeleton width="60%" height="34px" />
      <Skeleton height="56px" />
      <SkeletonRows rows={3} height="180px" />
    </div>
  )
}

function TicketBody({
  ticket,
  onChanged,
}: {
  ticket: TicketView
  onChanged: (ticket: TicketView) => void
}): JSX.Element {
  return (
    <>
      <TicketHead ticket={ticket} />
      <Stepper state={ticket.state} holdReason={ticket.holdReason} />
      <div class="ticket-columns">
        <div class="ticket-main">
          <Verification ticket={ticket} />
          {ticket.advice && isOpen(ticket.state) ? <First advice={ticket.advice} /> : null}
          <Why ticket={ticket} />
          <Evidence ticket={ticket} />
          <WhatToDo ticket={ticket} />
          <History ticket={ticket} onChanged={onChanged} />
        </div>
        <aside class="ticket-side" aria-label="Actions, urgency and particulars">
          <ActionBar ticket={ticket} onChanged={onChanged} />
          <Urgency ticket={ticket} />
          <Particulars ticket={ticket} />
        </aside>
      </div>
    </>
  )
}
