import type { JSX } from 'preact'
import { now } from '../data/clock.ts'
import { asset as assetOf } from '../data/town.ts'
import type { TicketView } from '../data/types.ts'
import { instantOf, Moment } from '../design/when.tsx'
import { formatSpanFully } from '../words/time.ts'
import { watchProgress } from './actions.ts'

/** Fixed means measured: how long the asset has been healthy of the time it must be. */
export function Verification({ ticket }: { ticket: TicketView }): JSX.Element | null {
  if (ticket.workDoneAt === null || ticket.watchUntil === null) return null
  if (ticket.state !== 'verifying' && ticket.state !== 'work-done') return null
  const progress = watchProgress(instantOf(ticket.workDoneAt), instantOf(ticket.watchUntil), now.value)
  const done = progress.share >= 1
  const state = assetOf(ticket.asset)?.state
  const ailing = state === 'action' || state === 'warning'
  return (
    <section class="card verification" aria-labelledby="verification-heading">
      <header>
        <h2 id="verification-heading">Is it mended?</h2>
      </header>
      <div class="body stack">
        <p class="lead">
          {ailing
            ? 'Not yet: an alarm of this asset still stands'
            : `Healthy for ${formatSpanFully(progress.healthyMs)} of ${formatSpanFully(progress.wholeMs)}`}
        </p>
        <progress value={progress.share} max={1} aria-label="Time watched" />
        <p class="soft small">
          {done ? (
            'The watch is over; the ticket closes with the next readings.'
          ) : (
            <>
              The readings are watched until <Moment at={ticket.watchUntil} />. If they stay healthy, the ticket closes
              as verified; if the trouble comes back, it opens again by itself.
            </>
          )}
        </p>
      </div>
    </section>
  )
}
