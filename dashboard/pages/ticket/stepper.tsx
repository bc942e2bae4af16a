import type { JSX } from 'preact'
import type { TicketView } from '../data/types.ts'
import { Icon } from '../design/icon.tsx'
import { holdWords } from '../words/states.ts'
import { stepOf, steps } from './actions.ts'

/** Where the work stands on its way. */
export function Stepper(props: { state: TicketView['state']; holdReason: TicketView['holdReason'] }): JSX.Element {
  const at = stepOf(props.state)
  if (at < 0)
    return (
      <div class="notice ticket-cancelled">
        <Icon name="close" />
        <p>This ticket was cancelled. The reason is in its history.</p>
      </div>
    )
  return (
    <>
      <ol class="stepper" aria-label="Progress of the work">
        {steps.map((step, index) => {
          const held = props.state === 'on-hold' && index === at
          const passed = index < at || (index === at && props.state === 'closed')
          return (
            <li
              key={step.state}
              class={`${passed ? 'done' : ''} ${index === at ? 'here' : ''} ${held ? 'held' : ''}`}
              aria-current={index === at ? 'step' : undefined}
            >
              <span class="step-mark" aria-hidden="true">
                {passed ? <Icon name="check" size={12} /> : held ? <Icon name="pause" size={12} /> : null}
              </span>
              <span class="step-word">
                {held ? 'On hold' : step.word}
                {passed ? <span class="visually-hidden"> (done)</span> : null}
                {held && props.holdReason ? <span class="visually-hidden">: {holdWords[props.holdReason]}</span> : null}
              </span>
            </li>
          )
        })}
      </ol>
      <p class="step-now" aria-hidden="true">
        <strong>{props.state === 'on-hold' ? 'On hold' : steps[at]?.word}</strong> · step {at + 1} of {steps.length}
      </p>
    </>
  )
}
