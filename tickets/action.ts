import { type Verdict, verdicts } from '../rules/index.ts'
import { type TicketActionName, ticketActions } from './state-machine.ts'
import { type Closing, closings, type HoldReason, holdReasons } from './ticket.ts'

/** What a person asks for. Which fields are needed depends on the action; what is missing is said by `faultsOf`. */
export type TicketAction = {
  readonly name: TicketActionName
  readonly note?: string | undefined
  readonly crew?: string | undefined
  readonly holdReason?: HoldReason | undefined
  readonly closing?: Closing | undefined
  /** Cause and remedy, as picked from the failure mode's lists or written. */
  readonly foundCause?: string | undefined
  readonly remedy?: string | undefined
  /** Whether the ticket was right; with `judge`, and where one likes with `finish`, `close` and `cancel`. */
  readonly verdict?: Verdict | undefined
}

/** One field that is missing or cannot be; `path` names it. */
export type ActionFault = { readonly path: string; readonly message: string }

// A page of handwriting; longer texts belong into a document, and history lines are read on phones.
const noteCharactersMax = 4_000
const pickCharactersMax = 200

/** `verified` is said by readings alone. */
const personsClosings = closings.filter((closing) => closing !== 'verified')

const needsNote: { readonly [name in TicketActionName]?: string } = {
  close: 'say what was found, or why the readings cannot show it',
  cancel: 'say why no work is needed',
  reopen: 'say what is still wrong',
  comment: 'write something',
}

/** All that is missing or wrong, at once. */
export function faultsOf(action: TicketAction, isCrew: (id: string) => boolean): readonly ActionFault[] {
  const faults: ActionFault[] = []
  const fault = (path: string, message: string) => faults.push({ path, message })
  if (!ticketActions.includes(action.name)) fault('name', `expected one of ${ticketActions.join(', ')}`)

  const noteWanted = needsNote[action.name]
  if (noteWanted !== undefined && isBlank(action.note)) fault('note', noteWanted)
  if ((action.note ?? '').length > noteCharactersMax) fault('note', `at most ${noteCharactersMax} characters`)

  if (action.name === 'assign') {
    if (isBlank(action.crew)) fault('crew', 'say which crew')
    else if (!isCrew(action.crew ?? '')) fault('crew', `there is no crew "${action.crew}"`)
  }
  if (action.name === 'hold' && !holdReasons.some((reason) => reason === action.holdReason))
    fault('holdReason', `say what the work waits for: ${holdReasons.join(', ')}`)
  if (action.name === 'close' && !personsClosings.some((closing) => closing === action.closing))
    fault('closing', `say how it ended: ${personsClosings.join(' or ')}`)
  if (action.name === 'judge' ? !isVerdict(action.verdict) : action.verdict !== undefined && !isVerdict(action.verdict))
    fault('verdict', `say whether it was right: ${verdicts.join(', ')}`)
  if (action.name === 'finish') {
    for (const path of ['foundCause', 'remedy'] as const)
      if ((action[path] ?? '').length > pickCharactersMax) fault(path, `at most ${pickCharactersMax} characters`)
  }
  return faults
}

function isVerdict(verdict: Verdict | undefined): boolean {
  return verdicts.some((each) => each === verdict)
}

export function isBlank(text: string | undefined): boolean {
  return text === undefined || text.trim() === ''
}
