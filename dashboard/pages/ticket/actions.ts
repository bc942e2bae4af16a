import type { TicketActionName, TicketSummary } from '../data/types.ts'

/** What an action asks of the person before it is sent. `none`: one tap does it. */
export type ActionNeeds = 'none' | 'assign' | 'hold' | 'finish' | 'close' | 'note' | 'comment'

export const actionNeeds: Readonly<Record<TicketActionName, ActionNeeds>> = {
  acknowledge: 'none',
  assign: 'assign',
  start: 'none',
  hold: 'hold',
  resume: 'none',
  finish: 'finish',
  close: 'close',
  cancel: 'note',
  reopen: 'note',
  comment: 'comment',
}

/** What most people will want next, in this order; it gets the large button. */
const nextSteps: Readonly<Record<TicketSummary['state'], readonly TicketActionName[]>> = {
  open: ['acknowledge', 'start', 'assign'],
  acknowledged: ['start', 'assign'],
  'in-progress': ['finish', 'hold'],
  'on-hold': ['resume'],
  'work-done': ['close'],
  verifying: ['reopen'],
  closed: ['reopen'],
  cancelled: ['reopen'],
}

export type OfferedActions = {
  readonly main: TicketActionName | undefined
  /** Worth a button of their own beside it. */
  readonly next: readonly TicketActionName[]
  readonly rest: readonly TicketActionName[]
}

/** Only what is allowed now, the likely first. A comment has its own place and is no button. */
export function offer(state: TicketSummary['state'], allowed: readonly TicketActionName[]): OfferedActions {
  const possible: readonly TicketActionName[] = allowed.filter((action) => action !== 'comment')
  const likely = nextSteps[state].filter((action) => possible.includes(action))
  return {
    main: likely[0],
    next: likely.slice(1),
    rest: possible.filter((action) => !likely.includes(action)),
  }
}

/** The way of a ticket as a person sees it; being on hold is part of being in progress. */
export const steps: readonly { readonly state: TicketSummary['state']; readonly word: string }[] = [
  { state: 'open', word: 'Open' },
  { state: 'acknowledged', word: 'Acknowledged' },
  { state: 'in-progress', word: 'In progress' },
  { state: 'work-done', word: 'Work done' },
  { state: 'verifying', word: 'Verifying' },
  { state: 'closed', word: 'Closed' },
]

/** Index into `steps`; −1 for a cancelled ticket, which left the way. */
export function stepOf(state: TicketSummary['state']): number {
  const shown = state === 'on-hold' ? 'in-progress' : state
  return steps.findIndex((step) => step.state === shown)
}

/** How far the watch after the repair has come: both in ms, and never more than the whole. */
export function watchProgress(
  workDoneAt: number,
  watchUntil: number,
  now: number,
): { readonly healthyMs: number; readonly wholeMs: number; readonly share: number } {
  const wholeMs = Math.max(1, watchUntil - workDoneAt)
  const healthyMs = Math.min(wholeMs, Math.max(0, now - workDoneAt))
  return { healthyMs, wholeMs, share: healthyMs / wholeMs }
}
