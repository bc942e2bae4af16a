import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { post } from '../data/client.ts'
import type { HistoryEntryView, TicketView } from '../data/types.ts'
import { Field } from '../design/field.tsx'
import { Icon } from '../design/icon.tsx'
import { Shape } from '../design/shape.tsx'
import { toastFailed } from '../design/toast.tsx'
import { Moment } from '../design/when.tsx'
import { ticketLooks } from '../words/states.ts'

/** Who did what when; lines are only ever added. The newest stands first, under the place to add one. */
export function History(props: { ticket: TicketView; onChanged: (ticket: TicketView) => void }): JSX.Element {
  const { ticket } = props
  const entries = [...ticket.history].reverse()
  return (
    <section class="card" aria-labelledby="history-heading">
      <header>
        <h2 id="history-heading">History</h2>
      </header>
      <div class="body stack loose">
        {ticket.allowed.includes('comment') ? <Comment {...props} /> : null}
        <ol class="timeline">
          {entries.map((entry) => (
            <Entry key={`${entry.at} ${entry.action} ${entry.by}`} entry={entry} />
          ))}
        </ol>
      </div>
    </section>
  )
}

const saidBy = (by: string) => (by === 'lengthsman' ? 'Lengthsman' : by)

function Entry({ entry }: { entry: HistoryEntryView }): JSX.Element {
  const moved = entry.to !== null && entry.to !== entry.from
  return (
    <li>
      <span class="timeline-mark">
        {moved && entry.to ? <Shape look={ticketLooks[entry.to]} /> : <Icon name="note" size={14} class="quiet" />}
      </span>
      <div>
        <p>
          <strong>{saidBy(entry.by)}</strong> <span class="soft">{actionSaid(entry)}</span>{' '}
          <span class="quiet small">
            <Moment at={entry.at} />
          </span>
        </p>
        {entry.note ? <p class="timeline-note">{entry.note}</p> : null}
      </div>
    </li>
  )
}

const said: Readonly<Record<string, string>> = {
  raise: 'raised it',
  update: 'noted',
  note: 'noted',
  acknowledge: 'acknowledged it',
  assign: 'assigned it',
  start: 'started work',
  hold: 'put it on hold',
  resume: 'went on with the work',
  finish: 'finished the work',
  watch: 'watches the readings',
  verify: 'verified the repair',
  relapse: 'reopened it: the trouble came back',
  close: 'closed it',
  cancel: 'cancelled it',
  reopen: 'reopened it',
  comment: 'wrote',
}

function actionSaid(entry: HistoryEntryView): string {
  return said[entry.action] ?? entry.action
}

function Comment({ ticket, onChanged }: { ticket: TicketView; onChanged: (ticket: TicketView) => void }): JSX.Element {
  const [text, setText] = useState('')
  const [busy, setBusy] = useState(false)
  const send = async (event: Event) => {
    event.preventDefault()
    if (text.trim() === '') return
    setBusy(true)
    try {
      onChanged(await post<TicketView>(`/api/v1/tickets/${ticket.number}/comment`, { note: text.trim() }))
      setText('')
    } catch (error) {
      toastFailed(error)
    } finally {
      setBusy(false)
    }
  }
  return (
    <form class="comment" onSubmit={(event) => void send(event)}>
      <Field label="Add a comment">
        {(wiring) => (
          <textarea
            {...wiring}
            class="input"
            rows={2}
            maxLength={4_000}
            value={text}
            onInput={(event) => setText(event.currentTarget.value)}
          />
        )}
      </Field>
      <button type="submit" class="button" disabled={busy || text.trim() === ''}>
        Add comment
      </button>
    </form>
  )
}
