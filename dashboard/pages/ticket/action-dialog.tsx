import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { post } from '../data/client.ts'
import { type ApiProblem, asProblem } from '../data/problem.ts'
import { crews } from '../data/town.ts'
import type { TicketActionName, TicketView } from '../data/types.ts'
import { Dialog } from '../design/dialog.tsx'
import { Choices, Field } from '../design/field.tsx'
import { Failure } from '../design/states.tsx'
import { actionWords, closingWords, holdWords, verdictWords } from '../words/states.ts'
import { type ActionDraft, actionFaults, bodyOf, emptyDraft, somethingElse } from './action-draft.ts'
import { actionNeeds } from './actions.ts'

const explained: Partial<Record<TicketActionName, string>> = {
  finish: 'What you found and did. The readings are then watched; if they stay healthy, the ticket closes by itself.',
  close: 'Closing by hand is for what the readings cannot prove. Say why.',
  cancel: 'The work will not be done. The reason stays in the history.',
  judge: 'Your word decides how sharp the rule is: what is called false makes it quieter.',
  reopen: 'The work is not done after all. Say what was seen.',
}

const entries = <T extends string>(words: Readonly<Record<T, string>>) =>
  (Object.keys(words) as T[]).map((value) => ({ value, label: words[value] }))

const picks = (items: readonly string[]) => [
  ...items.map((item) => ({ value: item, label: item })),
  { value: somethingElse, label: 'Something else' },
]

/** Asks for what an action needs, and for nothing else. */
export function ActionDialog(props: {
  ticket: TicketView
  action: TicketActionName
  onClose: () => void
  onChanged: (ticket: TicketView) => void
}): JSX.Element {
  const { ticket, action } = props
  const needs = actionNeeds[action]
  const [draft, setDraft] = useState<ActionDraft>({
    ...emptyDraft,
    crew: ticket.crew ?? '',
    verdict: ticket.verdict ?? undefined,
  })
  const [tried, setTried] = useState(false)
  const [problem, setProblem] = useState<ApiProblem>()
  const [busy, setBusy] = useState(false)
  const faults = tried ? actionFaults(needs, draft) : {}
  const change = (part: Partial<ActionDraft>) => setDraft({ ...draft, ...part })

  const send = async () => {
    setTried(true)
    if (busy || Object.keys(actionFaults(needs, draft)).length > 0) return
    setBusy(true)
    try {
      props.onChanged(await post<TicketView>(`/api/v1/tickets/${ticket.number}/${action}`, bodyOf(needs, draft)))
      props.onClose()
    } catch (error) {
      setProblem(asProblem(error))
    } finally {
      setBusy(false)
    }
  }

  return (
    <Dialog
      title={actionWords[action]}
      onClose={props.onClose}
      onSubmit={() => void send()}
      footer={
        <>
          <button type="button" class="button" onClick={props.onClose}>
            Not now
          </button>
          <button type="submit" class="button primary" aria-busy={busy}>
            {actionWords[action]}
          </button>
        </>
      }
    >
      {explained[action] ? <p class="soft">{explained[action]}</p> : null}
      {problem ? <Failure problem={problem} /> : null}
      {needs === 'assign' ? (
        <Choices
          legend="Crew"
          name="crew"
          value={draft.crew}
          options={crews.value.map((crew) => ({ value: crew.id, label: crew.name }))}
          onChange={(crew) => change({ crew })}
          fault={faults.crew}
        />
      ) : null}
      {needs === 'hold' ? (
        <Choices
          legend="What does the work wait for?"
          name="hold-reason"
          value={draft.holdReason}
          options={entries(holdWords)}
          onChange={(holdReason) => change({ holdReason })}
          fault={faults.holdReason}
        />
      ) : null}
      {needs === 'close' ? (
        <Choices
          legend="How did it end?"
          name="closing"
          value={draft.closing}
          options={entries(closingWords).filter((option) => option.value !== 'verified')}
          onChange={(closing) => change({ closing, verdict: closing === 'no-fault-found' ? 'false' : draft.verdict })}
          fault={faults.closing}
        />
      ) : null}
      {needs === 'finish' ? <Found ticket={ticket} draft={draft} faults={faults} change={change} /> : null}
      {asksVerdict(ticket, action) ? (
        <Choices
          legend={action === 'judge' ? 'Was the warning right?' : 'Was the warning right? (if you can tell)'}
          name="verdict"
          value={draft.verdict}
          options={entries(verdictWords)}
          onChange={(verdict) => change({ verdict })}
          fault={faults.verdict}
        />
      ) : null}
      <Field label={noteLabel(needs)} fault={faults.note}>
        {(wiring) => (
          <textarea
            {...wiring}
            class="input"
            maxLength={4_000}
            value={draft.note}
            onInput={(event) => change({ note: event.currentTarget.value })}
          />
        )}
      </Field>
    </Dialog>
  )
}

/** Of what a person reported there is no rule to learn from it. */
function asksVerdict(ticket: TicketView, action: TicketActionName): boolean {
  return action === 'judge' || (ticket.cause !== null && ['finish', 'close', 'cancel'].includes(action))
}

function noteLabel(needs: ReturnType<() => (typeof actionNeeds)[TicketActionName]>): string {
  return needs === 'note' || needs === 'close' ? 'Why' : 'Note (if there is more to say)'
}

function Found(props: {
  ticket: TicketView
  draft: ActionDraft
  faults: ReturnType<typeof actionFaults>
  change: (part: Partial<ActionDraft>) => void
}): JSX.Element {
  const { ticket, draft, faults, change } = props
  return (
    <>
      <Choices
        legend="What was the cause?"
        name="found-cause"
        value={draft.foundCause}
        options={picks(ticket.causes)}
        onChange={(foundCause) => change({ foundCause })}
        fault={faults.foundCause}
      />
      {draft.foundCause === somethingElse ? (
        <Field label="The cause, in a few words" fault={faults.otherCause}>
          {(wiring) => (
            <input
              {...wiring}
              class="input"
              maxLength={200}
              value={draft.otherCause}
              onInput={(event) => change({ otherCause: event.currentTarget.value })}
            />
          )}
        </Field>
      ) : null}
      <Choices
        legend="What was done?"
        name="remedy"
        value={draft.remedy}
        options={picks(ticket.remedies)}
        onChange={(remedy) => change({ remedy })}
        fault={faults.remedy}
      />
      {draft.remedy === somethingElse ? (
        <Field label="What was done, in a few words" fault={faults.otherRemedy}>
          {(wiring) => (
            <input
              {...wiring}
              class="input"
              maxLength={200}
              value={draft.otherRemedy}
              onInput={(event) => change({ otherRemedy: event.currentTarget.value })}
            />
          )}
        </Field>
      ) : null}
    </>
  )
}
