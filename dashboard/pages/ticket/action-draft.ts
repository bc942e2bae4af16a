import type { TicketView } from '../data/types.ts'
import type { ActionNeeds } from './actions.ts'

/** A value that no list of causes contains. */
export const somethingElse = '\u0000something else'

export type ActionDraft = {
  readonly crew: string
  readonly holdReason: NonNullable<TicketView['holdReason']> | undefined
  readonly closing: NonNullable<TicketView['closing']> | undefined
  readonly foundCause: string | undefined
  readonly otherCause: string
  readonly remedy: string | undefined
  readonly otherRemedy: string
  readonly note: string
  readonly verdict: NonNullable<TicketView['verdict']> | undefined
}

export const emptyDraft: ActionDraft = {
  crew: '',
  holdReason: undefined,
  closing: undefined,
  foundCause: undefined,
  otherCause: '',
  remedy: undefined,
  otherRemedy: '',
  note: '',
  verdict: undefined,
}

export type ActionFaults = Partial<Record<keyof ActionDraft, string>>

const blank = (text: string) => text.trim() === ''

function finishFaults(draft: ActionDraft): ActionFaults {
  return {
    ...(draft.foundCause === undefined ? { foundCause: 'Say what the cause was' } : {}),
    ...(draft.foundCause === somethingElse && blank(draft.otherCause) ? { otherCause: 'Name the cause' } : {}),
    ...(draft.remedy === undefined ? { remedy: 'Say what was done' } : {}),
    ...(draft.remedy === somethingElse && blank(draft.otherRemedy) ? { otherRemedy: 'Name what was done' } : {}),
  }
}

/** What is still missing, by field; the server decides again. */
export function actionFaults(needs: ActionNeeds, draft: ActionDraft): ActionFaults {
  switch (needs) {
    case 'assign':
      return draft.crew === '' ? { crew: 'Pick a crew' } : {}
    case 'hold':
      return draft.holdReason === undefined ? { holdReason: 'Say what it waits for' } : {}
    case 'finish':
      return finishFaults(draft)
    case 'close':
      return {
        ...(draft.closing === undefined ? { closing: 'Say how it ended' } : {}),
        ...(blank(draft.note) ? { note: 'Say why' } : {}),
      }
    case 'note':
    case 'comment':
      return blank(draft.note) ? { note: 'Say why' } : {}
    case 'verdict':
      return draft.verdict === undefined ? { verdict: 'Say whether it was right' } : {}
    case 'none':
      return {}
  }
}

const picked = (pick: string | undefined, other: string) => (pick === somethingElse ? other.trim() : pick)

/** The body to send: only what the action needs, and the note when there is one. */
export function bodyOf(needs: ActionNeeds, draft: ActionDraft): Readonly<Record<string, string>> {
  const note = draft.note.trim()
  const fields: Record<string, string | undefined> = {
    note: note === '' ? undefined : note,
    crew: needs === 'assign' ? draft.crew : undefined,
    holdReason: needs === 'hold' ? draft.holdReason : undefined,
    closing: needs === 'close' ? draft.closing : undefined,
    foundCause: needs === 'finish' ? picked(draft.foundCause, draft.otherCause) : undefined,
    verdict: draft.verdict,
    remedy: needs === 'finish' ? picked(draft.remedy, draft.otherRemedy) : undefined,
  }
  return Object.fromEntries(Object.entries(fields).filter((entry): entry is [string, string] => entry[1] !== undefined))
}
