import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { now } from '../data/clock.ts'
import type { RuleView, TrialView } from '../data/types.ts'
import { Running } from './running.tsx'
import { SpanChoice, type SpanDays, spanOf } from './span.tsx'
import { TrialResults } from './trial-results.tsx'
import type { useRun } from './trial-run.ts'

/** "Try on history": what the text as it stands would have raised. */
export function TrialPanel(props: {
  rule: RuleView
  text: string
  run: ReturnType<typeof useRun<TrialView>>
}): JSX.Element {
  const { rule, text, run } = props
  const [days, setDays] = useState<SpanDays>('30')
  const state = run.state.value
  const isChanged = text !== rule.text
  const start = () =>
    run.start(
      '/api/v1/rules/backtest',
      { ...(isChanged ? { text } : { rule: rule.id }), ...spanOf(days, now.peek()) },
      text,
    )
  return (
    <section class="card" aria-labelledby="trial-heading">
      <header>
        <h2 id="trial-heading">Try on history</h2>
      </header>
      <div class="body stack">
        <p class="small soft">
          What {isChanged ? 'the text as it is now' : 'the rule'} would have raised, beside what was raised and what
          crews found. Nothing is changed.
        </p>
        <div class="row wrap trial-controls">
          <SpanChoice value={days} onChange={setDays} />
          <button type="button" class="button" disabled={state.kind === 'running'} onClick={start}>
            Try it
          </button>
        </div>
        <Running run={state} cancel={run.cancel} />
        {state.kind === 'done' ? (
          <>
            {state.of === text ? null : (
              <p class="small trial-loses" role="status">
                The text has changed since: try again.
              </p>
            )}
            <TrialResults found={state.result} />
          </>
        ) : null}
      </div>
    </section>
  )
}
