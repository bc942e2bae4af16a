import type { JSX } from 'preact'
import type { TicketView } from '../data/types.ts'
import { Icon } from '../design/icon.tsx'
import { instantOf, Moment } from '../design/when.tsx'
import { formatSpanFully } from '../words/time.ts'
import { plural, sentence } from '../words/units.ts'

// Less than this between beginning and raising is the rule's own patience, not worth a sentence.
const lagWorthSayingMs = 60_000

/** The cause as a sentence, the rule behind it with its version, and its text for whoever doubts it. */
export function Why({ ticket }: { ticket: TicketView }): JSX.Element {
  const { cause } = ticket
  const lag = instantOf(ticket.raisedAt) - instantOf(ticket.startedAt)
  return (
    <section class="card" aria-labelledby="why-heading">
      <header>
        <h2 id="why-heading">Why</h2>
      </header>
      <div class="body stack">
        {cause ? (
          <p class="lead">{sentence(cause.reason)}</p>
        ) : (
          <p class="lead">Raised by a person; see the history.</p>
        )}
        <p class="soft">
          Seen since <Moment at={ticket.startedAt} />
          {lag > lagWorthSayingMs ? `, ${formatSpanFully(lag)} before the ticket was raised` : ''}.
          {ticket.recurrences > 0
            ? ` ${ticket.recurrences === 1 ? 'One further alarm' : `${ticket.recurrences} further alarms`} joined it since.`
            : ''}
        </p>
        {cause ? (
          <details>
            <summary>
              <Icon name="chevron-right" size={14} class="chevron" />
              Rule: {cause.ruleTitle}
              <span class="quiet mono micro">{cause.ruleVersion}</span>
            </summary>
            {ticket.evidence ? (
              <>
                <pre class="code-block">{ticket.evidence.ruleText}</pre>
                <p class="small rule-foot">
                  <a href={`/rules/${cause.rule}`}>The rule as it is now</a>
                </p>
                <p class="micro quiet rule-foot">
                  As it stood when the ticket was raised. {plural(ticket.evidence.series.length, 'series')} of readings
                  are frozen with it; SHA-256 <span class="mono">{ticket.evidence.hash.slice(0, 16)}…</span>
                </p>
              </>
            ) : (
              <p class="small quiet">The text of the rule was not kept with this ticket.</p>
            )}
          </details>
        ) : null}
      </div>
    </section>
  )
}
