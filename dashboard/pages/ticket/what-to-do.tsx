import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import type { TicketView } from '../data/types.ts'
import { Icon } from '../design/icon.tsx'
import { readTicked, writeTicked } from './ticked.ts'

/** What to do before anything else; it stands above all the reasons. */
export function First({ advice }: { advice: string }): JSX.Element {
  return (
    <section class="first" aria-labelledby="first-heading">
      <h2 id="first-heading">Do first</h2>
      <p>{advice}</p>
    </section>
  )
}

/** The job plan to tick off, then what it usually is and what usually helps. */
export function WhatToDo({ ticket }: { ticket: TicketView }): JSX.Element | null {
  if (ticket.jobPlan.length + ticket.causes.length + ticket.remedies.length === 0) return null
  return (
    <section class="card" aria-labelledby="todo-heading">
      <header>
        <h2 id="todo-heading">Job plan</h2>
      </header>
      <div class="body stack">
        {ticket.jobPlan.length > 0 ? <JobPlan number={ticket.number} plan={ticket.jobPlan} /> : null}
        {ticket.causes.length > 0 || ticket.remedies.length > 0 ? (
          <details>
            <summary>
              <Icon name="chevron-right" size={14} class="chevron" /> Usual causes and remedies
            </summary>
            <div class="usual">
              <Usual title="Causes" items={ticket.causes} />
              <Usual title="Remedies" items={ticket.remedies} />
            </div>
          </details>
        ) : null}
      </div>
    </section>
  )
}

function Usual({ title, items }: { title: string; items: readonly string[] }): JSX.Element {
  return (
    <div>
      <h3>{title}</h3>
      <ul class="soft">
        {items.map((item) => (
          <li key={item}>{item}</li>
        ))}
      </ul>
    </div>
  )
}

function JobPlan({ number, plan }: { number: number; plan: readonly string[] }): JSX.Element {
  const [ticked, setTicked] = useState(() => readTicked(number))
  const turn = (step: string) => {
    const next = ticked.includes(step) ? ticked.filter((each) => each !== step) : [...ticked, step]
    setTicked(next)
    writeTicked(number, next)
  }
  const done = plan.filter((step) => ticked.includes(step)).length
  return (
    <fieldset class="job-plan">
      <legend class="quiet small">
        {done} of {plan.length} done
      </legend>
      {plan.map((step, index) => (
        <label key={step} class={ticked.includes(step) ? 'ticked' : ''}>
          <input type="checkbox" checked={ticked.includes(step)} onChange={() => turn(step)} />
          <span class="quiet step-number">{index + 1}</span>
          <span>{step}</span>
        </label>
      ))}
      <p class="micro quiet">Ticks are kept on this device.</p>
    </fieldset>
  )
}
