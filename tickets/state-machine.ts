import type { HistoryEntry, TicketState } from './ticket.ts'

/** What a person can do with a ticket. */
export const ticketActions = [
  'acknowledge',
  'assign',
  'start',
  'hold',
  'resume',
  'finish',
  'close',
  'cancel',
  'reopen',
  'judge',
  'comment',
] as const
export type TicketActionName = (typeof ticketActions)[number]

/**
 * What the program does by itself: `watch` the readings after the work, `verify` the repair by them, or see it `relapse`.
 */
export type ProgramMove = 'watch' | 'verify' | 'relapse'
export type TicketMove = TicketActionName | ProgramMove

/**
 * Every move there is; what is not here is refused. Where a person has latitude:
 * - `start` works from `open`: whoever stands at the pump has seen the ticket, and one tap less matters with gloves on.
 * - `hold` needs started work: before that a ticket waits anyway, and says so by its state.
 * - `finish` ends at `work-done`; the program then moves on to `verifying` where readings can tell (`watch`).
 * - `close` from `in-progress` is for a fault that was looked for and not found.
 * - `judge` says whether the ticket was right, from when somebody has looked; it may be said again, also afterwards.
 * - `cancel` is for work nobody began to prove: once work is done a ticket is closed or reopened, so that what was done
 *   stays on record. `cancelled` is final; the next alarm raises a new ticket.
 */
const moves: { readonly [state in TicketState]: { readonly [move in TicketMove]?: TicketState } } = {
  open: {
    acknowledge: 'acknowledged',
    assign: 'open',
    start: 'in-progress',
    cancel: 'cancelled',
    comment: 'open',
  },
  acknowledged: {
    assign: 'acknowledged',
    start: 'in-progress',
    cancel: 'cancelled',
    comment: 'acknowledged',
  },
  'in-progress': {
    assign: 'in-progress',
    hold: 'on-hold',
    finish: 'work-done',
    close: 'closed',
    cancel: 'cancelled',
    judge: 'in-progress',
    comment: 'in-progress',
  },
  'on-hold': {
    assign: 'on-hold',
    resume: 'in-progress',
    cancel: 'cancelled',
    judge: 'on-hold',
    comment: 'on-hold',
  },
  'work-done': {
    assign: 'work-done',
    close: 'closed',
    reopen: 'open',
    judge: 'work-done',
    comment: 'work-done',
    watch: 'verifying',
    relapse: 'open',
  },
  verifying: {
    assign: 'verifying',
    close: 'closed',
    reopen: 'open',
    judge: 'verifying',
    comment: 'verifying',
    verify: 'closed',
    relapse: 'open',
  },
  closed: { reopen: 'open', judge: 'closed', comment: 'closed' },
  cancelled: { judge: 'cancelled', comment: 'cancelled' },
}

/** Where a move leads, or `undefined` when the table has no such move. */
export function stateAfter(state: TicketState, move: TicketMove): TicketState | undefined {
  return moves[state][move]
}

/** What a person may do with a ticket in this state, in the order in which people do it. */
export function actionsIn(state: TicketState): readonly TicketActionName[] {
  return ticketActions.filter((action) => moves[state][action] !== undefined)
}

/** A finished ticket no longer stands in the way of a new one for the same trouble. */
export const finishedStates = ['closed', 'cancelled'] as const satisfies readonly TicketState[]

export function isFinished(state: TicketState): boolean {
  return state === 'closed' || state === 'cancelled'
}

/** What the history adds up to: the state it ends in, or the first line that does not follow from those before it. */
export type Replayed =
  | { readonly kind: 'state'; readonly state: TicketState }
  | { readonly kind: 'broken'; readonly line: number; readonly reason: string }

export function replayHistory(history: readonly HistoryEntry[]): Replayed {
  let state: TicketState | undefined
  for (const [line, entry] of history.entries()) {
    if (entry.to === undefined) continue
    if (entry.from !== state)
      return { kind: 'broken', line, reason: `leaves ${entry.from}, but the state was ${state}` }
    const expected = state === undefined ? 'open' : stateAfter(state, entry.action as TicketMove)
    if (expected !== entry.to)
      return { kind: 'broken', line, reason: `${entry.action} leads from ${state} to ${expected}, not to ${entry.to}` }
    state = entry.to
  }
  if (state === undefined) return { kind: 'broken', line: 0, reason: 'never raised' }
  return { kind: 'state', state }
}
