import type { TicketActionName, TicketSummary } from '../data/types.ts'

/** What an action asks of the person before it is sent. `none`: one tap does it. */
export type ActionNeeds = 'none' | 'assign' | 'hold' | 'finish' | 'close' | 'note' | 'verdict' | 'comment'

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
  judge: 'verdict',
  comment: 'comment',
}

type NextSteps = { readonly main?: TicketActionName; readonly next: readonly TicketActionName[] }

/** What most people will want next: `main` gets the large button. While the readings are watched nothing is wanted. */
const nextSteps: Readonly<Record<TicketSummary['state'], NextSteps>> = {
  open: { main: 'acknowledge', next: ['start', 'assign'] },
  acknowledged: { main: 'start', next: ['assign'] },
  'in-progress': { main: 'finish', next: ['hold'] },
  'on-hold': { main: 'resume', next: [] },
  'work-done': { main: 'close', next: ['reopen'] },
  verifying: { next: ['reopen'] },
  closed: { next: ['reopen'] },
  cancelled: { next: ['reopen'] },
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
  const steps = nextSteps[state]
  const main = steps.main && possible.includes(steps.main) ? steps.main : undefined
  const next = steps.next.filter((action) => possible.includes(action))
  return { main, next, rest: possible.filter((action) => action !== main && !next.includes(action)) }
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
