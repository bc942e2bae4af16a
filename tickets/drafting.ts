import type { Instant } from '../city/index.ts'
import type { Severity } from '../rules/index.ts'
import { type ActionFault, isBlank } from './action.ts'
import { type Desk, programLine } from './desk.ts'
import { blankTicket } from './fresh-start.ts'
import type { Ticket } from './ticket.ts'
import type { TicketPage } from './ticket-page.ts'
import { reportTitle } from './words.ts'

/** A person's own ticket, for what no sensor sees. */
export type TicketDraft = {
  readonly asset: string
  readonly failureMode: string
  readonly severity: Severity
  /** What was seen; its first line becomes the title. */
  readonly note: string
}

export type DraftOutcome =
  | { readonly kind: 'opened'; readonly ticket: Ticket }
  /** There is one about this trouble; the note was written into its history. */
  | { readonly kind: 'already open'; readonly ticket: Ticket }
  | { readonly kind: 'incomplete'; readonly faults: readonly ActionFault[] }

/** Opens a person's ticket, or adds their words to the one that is open about the same trouble. */
export async function draftTicket(
  page: TicketPage,
  desk: Desk,
  draft: TicketDraft,
  by: string,
  at: Instant,
): Promise<DraftOutcome> {
  const faults = faultsOfDraft(desk, draft)
  if (faults.length > 0) return { kind: 'incomplete', faults }
  const { asset, failureMode, severity } = draft
  const note = draft.note.trim()
  const open = await page.unfinishedAbout(asset, failureMode)
  if (open !== undefined) {
    const line = { at, by, action: 'comment', from: undefined, to: undefined, note: `Reported as well: ${note}` }
    return { kind: 'already open', ticket: await page.update(open, { ...open, updatedAt: at }, [line]) }
  }
  const mode = desk.failureMode(asset, failureMode)
  const choice = desk.crewFor(asset, mode)
  const ticket = desk.priced(
    {
      ...blankTicket(at),
      asset,
      failureMode,
      title: reportTitle(desk.assetName(asset), mode?.title ?? failureMode, note),
      severity,
      level: undefined,
      startedAt: at,
      crew: choice.crew?.id,
      cause: undefined,
      advice: '',
      jobPlan: mode?.jobPlan ?? [],
      watchMs: undefined,
    },
    at,
  )
  const raised = { at, by, action: 'raise', from: undefined, to: 'open' as const, note }
  return { kind: 'opened', ticket: await page.insert(ticket, [raised, programLine(at, 'assign', choice.because)]) }
}

function faultsOfDraft(desk: Desk, { asset, failureMode, note }: TicketDraft): readonly ActionFault[] {
  const faults: ActionFault[] = []
  if (desk.registry.asset(asset) === undefined) faults.push({ path: 'asset', message: `there is no asset "${asset}"` })
  else if (desk.failureMode(asset, failureMode) === undefined)
    faults.push({ path: 'failureMode', message: `${desk.assetName(asset)} has no failure mode "${failureMode}"` })
  if (isBlank(note)) faults.push({ path: 'note', message: 'say what was seen' })
  return faults
}
