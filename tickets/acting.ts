import type { Instant } from '../city/index.ts'
import type { Verdict } from '../rules/index.ts'
import { type ActionFault, faultsOf, isBlank, type TicketAction } from './action.ts'
import { type Desk, programLine } from './desk.ts'
import { workForgotten } from './fresh-start.ts'
import { dueAfter } from './priority.ts'
import { actionsIn, isFinished, stateAfter, type TicketActionName } from './state-machine.ts'
import type { HistoryEntry, Ticket, TicketState } from './ticket.ts'
import type { TicketPage } from './ticket-page.ts'
import { spokenDuration } from './words.ts'

/** What became of what a person asked for. */
export type ActOutcome =
  | { readonly kind: 'done'; readonly ticket: Ticket }
  | { readonly kind: 'refused'; readonly reason: string; readonly allowed: readonly TicketActionName[] }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'incomplete'; readonly faults: readonly ActionFault[] }

type Act = { readonly action: TicketAction; readonly by: string; readonly at: Instant }

/** Does what a person asks for, where the state machine allows it, or says why not. */
export async function actOn(page: TicketPage, desk: Desk, number: number, act: Act): Promise<ActOutcome> {
  const { action, by, at } = act
  const before = await page.find(number)
  if (before === undefined) return { kind: 'unknown' }
  const possible = actionsIn(before.state)
  const to = stateAfter(before.state, action.name)
  if (to === undefined) return refused(`"${action.name}" is not possible while a ticket is ${before.state}`, possible)
  const faults = faultsOf(action, (crew) => desk.registry.crew(crew) !== undefined)
  if (faults.length > 0) return { kind: 'incomplete', faults }
  if (isFinished(before.state) && !isFinished(to)) {
    const other = await page.unfinishedAbout(before.asset, before.failureMode)
    if (other !== undefined)
      return refused(
        `ticket ${other.number} is open about the same trouble`,
        possible.filter((name) => name !== 'reopen'),
      )
  }

  const after = applied(desk, before, to, act)
  const move = to === before.state ? undefined : { from: before.state, to }
  const entries: HistoryEntry[] = [
    { at, by, action: action.name, from: move?.from, to: move?.to, note: noteOf(desk, before, action) },
  ]
  if (action.name !== 'finish') return { kind: 'done', ticket: await page.update(before, after, entries) }
  const [watched, line] = watching(desk, after, at)
  return { kind: 'done', ticket: await page.update(before, watched, [...entries, line]) }
}

function refused(reason: string, allowed: readonly TicketActionName[]): ActOutcome {
  return { kind: 'refused', reason, allowed }
}

/** The ticket after the move; what the state brings with it is set here and nowhere else. */
function applied(desk: Desk, before: Ticket, state: TicketState, { action, at }: Act): Ticket {
  const moved: Ticket = { ...before, state, updatedAt: at }
  switch (action.name) {
    case 'judge':
      return { ...moved, verdict: action.verdict }
    case 'assign':
      return { ...moved, crew: action.crew ?? before.crew }
    case 'hold':
      return { ...moved, holdReason: action.holdReason }
    case 'resume':
      return { ...moved, holdReason: undefined }
    case 'cancel':
      return { ...moved, holdReason: undefined, verdict: action.verdict ?? before.verdict }
    case 'finish':
      return {
        ...moved,
        workDoneAt: at,
        foundCause: filled(action.foundCause),
        remedy: filled(action.remedy),
        verdict: action.verdict ?? before.verdict,
      }
    case 'close':
      return {
        ...moved,
        closing: action.closing,
        verdict: action.verdict ?? before.verdict,
        watchUntil: undefined,
        undecided: undefined,
      }
    case 'reopen': {
      // A person who finds it undone counts as much as a sensor that does.
      const open = desk.priced({ ...moved, ...workForgotten, relapses: before.relapses + 1 }, at)
      return { ...open, dueAt: dueAfter(open.priority.band, at) }
    }
    case 'acknowledge':
    case 'start':
    case 'comment':
      return moved
  }
}

/** Where readings can tell whether the repair holds they are watched; else the ticket waits for a person's word. */
function watching(desk: Desk, done: Ticket, at: Instant): [Ticket, HistoryEntry] {
  const { cause, watchMs } = done
  if (cause === undefined || watchMs === undefined) {
    const undecided = 'No sensor sees this trouble: a person must say how it ended.'
    return [{ ...done, undecided }, programLine(at, 'note', undecided)]
  }
  const watchUntil = at + watchMs
  const note = `${cause.sensor} is watched: healthy for ${spokenDuration(watchMs)}, until ${desk.time(watchUntil)}, and the ticket closes by itself.`
  return [
    { ...done, state: 'verifying', watchUntil },
    programLine(at, 'watch', note, { from: 'work-done', to: 'verifying' }),
  ]
}

const verdictSentences: Readonly<Record<Verdict, string>> = {
  true: 'The warning was right, and in time.',
  false: 'The warning was false: there was no trouble.',
  'too-late': 'The warning was right, but came too late.',
}

/** What the person did, then what they wrote. */
function noteOf(desk: Desk, before: Ticket, action: TicketAction): string {
  const said: string[] = []
  if (action.name === 'assign') said.push(`Assigned to ${desk.crewName(action.crew ?? '')}.`)
  if (action.name === 'start' && before.state === 'open') said.push('Acknowledged by starting.')
  if (action.name === 'hold') said.push(`Waits for ${action.holdReason?.replace('-', ' ')}.`)
  if (action.name === 'close')
    said.push(action.closing === 'no-fault-found' ? 'No fault found.' : 'Closed without proof by readings.')
  if (action.name === 'finish') {
    if (!isBlank(action.foundCause)) said.push(`Cause: ${action.foundCause?.trim()}.`)
    if (!isBlank(action.remedy)) said.push(`Remedy: ${action.remedy?.trim()}.`)
  }
  const saysVerdict = ['judge', 'finish', 'close', 'cancel'].includes(action.name)
  if (saysVerdict && action.verdict !== undefined && action.verdict !== before.verdict)
    said.push(verdictSentences[action.verdict])
  if (!isBlank(action.note)) said.push(action.note?.trim() ?? '')
  return said.join(' ')
}

function filled(text: string | undefined): string | undefined {
  return isBlank(text) ? undefined : text?.trim()
}
