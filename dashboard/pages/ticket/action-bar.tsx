import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { post } from '../data/client.ts'
import type { TicketActionName, TicketView } from '../data/types.ts'
import { Dialog } from '../design/dialog.tsx'
import { Icon } from '../design/icon.tsx'
import { toastDone, toastFailed } from '../design/toast.tsx'
import { actionWords, ticketLooks } from '../words/states.ts'
import { ActionDialog } from './action-dialog.tsx'
import { actionNeeds, offer } from './actions.ts'

/**
 * What may be done now, the likely next step largest. At a desk a card; on a phone a bar at the foot of the screen, where
 * a gloved thumb reaches it.
 */
export function ActionBar(props: { ticket: TicketView; onChanged: (ticket: TicketView) => void }): JSX.Element | null {
  const { ticket, onChanged } = props
  const [busy, setBusy] = useState(false)
  const [asking, setAsking] = useState<TicketActionName>()
  const [more, setMore] = useState(false)
  const { main, next, rest } = offer(ticket.state, ticket.allowed)
  // On a phone there is room for two; the others are one tap further.
  const folded = [...next.slice(1), ...rest]
  if (!main && next.length === 0 && rest.length === 0) return null

  const changed = (after: TicketView) => {
    onChanged(after)
    toastDone(ticketLooks[after.state].word, `Ticket ${after.number}`)
  }
  const begin = async (action: TicketActionName) => {
    setMore(false)
    if (actionNeeds[action] !== 'none') return setAsking(action)
    setBusy(true)
    try {
      changed(await post<TicketView>(`/api/v1/tickets/${ticket.number}/${action}`))
    } catch (error) {
      toastFailed(error)
    } finally {
      setBusy(false)
    }
  }
  const button = (action: TicketActionName, kind: string) => (
    <button key={action} type="button" class={`button ${kind}`} disabled={busy} onClick={() => void begin(action)}>
      {actionWords[action]}
    </button>
  )

  return (
    <section class="action-bar" aria-label="Actions">
      {main ? button(main, 'primary') : null}
      {next.map((action, index) => button(action, index === 0 ? '' : 'desk-only'))}
      <div class="action-rest">{rest.map((action) => button(action, 'plain'))}</div>
      {folded.length > 0 ? (
        <button type="button" class="button icon action-more" aria-label="More actions" onClick={() => setMore(true)}>
          <Icon name="more" size={18} />
        </button>
      ) : null}
      {more ? (
        <Dialog title="More actions" onClose={() => setMore(false)}>
          {folded.map((action) => button(action, 'tall'))}
        </Dialog>
      ) : null}
      {asking ? (
        <ActionDialog ticket={ticket} action={asking} onClose={() => setAsking(undefined)} onChanged={changed} />
      ) : null}
    </section>
  )
}
