import type { Instant } from '../city/index.ts'
import { type Desk, programLine } from './desk.ts'
import { dueAfter } from './priority.ts'
import type { HistoryEntry, Ticket } from './ticket.ts'

/** A ticket whose repair did not hold: open again, to be done as if raised now. */
export function reopened(
  desk: Desk,
  before: Ticket,
  after: Ticket,
  why: string,
  at: Instant,
): [Ticket, HistoryEntry[]] {
  const open = desk.priced(
    { ...after, ...workForgotten, state: 'open', relapses: before.relapses + 1, updatedAt: at },
    at,
  )
  const ticket = { ...open, dueAt: dueAfter(open.priority.band, at) }
  const done = before.workDoneAt === undefined ? '' : ` Work was done on ${desk.time(before.workDoneAt)}.`
  return [
    ticket,
    [programLine(at, 'relapse', `${why}${done}${desk.bandChange(before, ticket)}`, { from: before.state, to: 'open' })],
  ]
}

/** What a ticket no longer says once its work has to be done again. */
export const workForgotten = {
  workDoneAt: undefined,
  watchUntil: undefined,
  quietSince: undefined,
  undecided: undefined,
  holdReason: undefined,
  closing: undefined,
} as const

/** A ticket of which nothing is known yet but when it was raised. */
export function blankTicket(at: Instant) {
  return {
    ...workForgotten,
    state: 'open',
    // Not reckoned yet: `Desk.priced` does it, and then moves the due date closer than never.
    priority: { score: 0, band: 'low', factors: [] },
    dueAt: Number.POSITIVE_INFINITY,
    raisedAt: at,
    updatedAt: at,
    foundCause: undefined,
    remedy: undefined,
    verdict: undefined,
    earlier: 0,
    relapses: 0,
    recurrences: 0,
  } as const
}
