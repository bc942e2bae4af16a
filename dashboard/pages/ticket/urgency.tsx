import type { JSX } from 'preact'
import type { TicketView } from '../data/types.ts'
import { Shape } from '../design/shape.tsx'
import { bandLooks } from '../words/states.ts'

/** The score and every factor that made it, in points and in words: nobody has to believe a number. */
export function Urgency({ ticket }: { ticket: TicketView }): JSX.Element {
  const { score, band, factors } = ticket.priority
  const most = Math.max(1, ...factors.map((factor) => factor.points))
  return (
    <section class="card" aria-labelledby="urgency-heading">
      <header>
        <h2 id="urgency-heading">How urgent</h2>
        <span class={`band ${bandLooks[band].tone}`}>
          <Shape look={bandLooks[band]} /> {bandLooks[band].word}
        </span>
      </header>
      <div class="body">
        <p class="score">
          <span class="score-number">{score}</span> <span class="quiet">of 100</span>
        </p>
        <ul class="factors">
          {factors.map((factor) => (
            <li key={factor.name}>
              <div class="row apart">
                <span class="factor-name">{factor.name}</span>
                <span class="soft">{factor.points}</span>
              </div>
              <div class="factor-bar" aria-hidden="true">
                <span style={{ width: `${(Math.max(0, factor.points) / most) * 100}%` }} />
              </div>
              <p class="small quiet">{factor.because}</p>
            </li>
          ))}
        </ul>
      </div>
    </section>
  )
}
