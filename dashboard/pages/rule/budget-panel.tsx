import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { now } from '../data/clock.ts'
import type { RuleView, SuggestionView } from '../data/types.ts'
import { BudgetBar } from '../rules/budget-bar.tsx'
import { pastWords, perAssetYear, precisionWords } from '../rules/rule-words.ts'
import { formatValue, plural } from '../words/units.ts'
import { decimalsOf, LimitCurve } from './limit-curve.tsx'
import { Running } from './running.tsx'
import { SpanChoice, type SpanDays, spanOf } from './span.tsx'
import { useRun } from './trial-run.ts'

/** What the rule cost, what it may, and the limit that keeps to it: shown before anything is taken over. */
export function BudgetPanel(props: { rule: RuleView; mayTry: boolean; onTake: (text: string) => void }): JSX.Element {
  const { rule } = props
  const [days, setDays] = useState<SpanDays>('90')
  const run = useRun<SuggestionView>()
  const state = run.state.value
  const { figures, budget } = rule
  return (
    <section class="card" aria-labelledby="budget-heading">
      <header>
        <h2 id="budget-heading">Budget of false tickets</h2>
      </header>
      <div class="body stack">
        <dl class="facts">
          <dt>Last year</dt>
          <dd>
            {plural(figures.tickets, 'ticket')}
            {figures.ticketsPerAssetYear === null
              ? ''
              : `, ${perAssetYear(figures.ticketsPerAssetYear)} per asset and year`}
          </dd>
          <dt>Crews found</dt>
          <dd>
            {precisionWords(figures)}
            {figures.tooLate > 0 ? `, ${figures.tooLate} of them too late` : ''}
            {figures.unjudged > 0 ? ` · ${figures.unjudged} not judged` : ''}
          </dd>
          <dt>False</dt>
          <dd>
            <BudgetBar figures={figures} budget={budget.share} />
          </dd>
        </dl>
        <p class="small quiet">
          The class may cost {perAssetYear(budget.falsePerAssetYear)} false tickets per asset and year; this rule's
          share is {perAssetYear(budget.share)}.
        </p>
        {rule.hasLimit && props.mayTry ? (
          <>
            <div class="row wrap trial-controls">
              <SpanChoice value={days} onChange={setDays} />
              <button
                type="button"
                class="button"
                disabled={state.kind === 'running'}
                onClick={() => run.start(`/api/v1/rules/${rule.id}/suggest`, spanOf(days, now.peek()), rule.version)}
              >
                Find a limit
              </button>
            </div>
            <Running run={state} cancel={run.cancel} />
            {state.kind === 'done' ? <Suggestion found={state.result} onTake={props.onTake} /> : null}
          </>
        ) : null}
      </div>
    </section>
  )
}

function Suggestion({ found, onTake }: { found: SuggestionView; onTake: (text: string) => void }): JSX.Element {
  const [chosen, setChosen] = useState<number | undefined>(found.suggested ?? undefined)
  const { tried, unit } = found
  const decimals = decimalsOf(tried)
  const current = tried.findIndex(({ isCurrent }) => isCurrent)
  const pick = chosen === undefined ? undefined : tried[chosen]
  if (found.assets === 0) return <p class="soft small">No readings in this past: try a longer one.</p>
  return (
    <div class="stack">
      <p role="status">{verdictOn(found, current, decimals)}</p>
      {found.assetYears * found.target < 1 ? (
        <p class="small trial-loses">
          Seen were {pastWords(found.assetYears)} only: in so short a past a single ticket is over the budget. Take it
          as a hint, and look again when there is more.
        </p>
      ) : null}
      <LimitCurve found={found} chosen={chosen} onChoose={setChosen} />
      <div class="limit-scroll">
        <table class="table limit-table">
          <thead>
            <tr>
              <th scope="col">Limit</th>
              <th scope="col" class="number">
                Tickets
              </th>
              <th scope="col" class="number">
                Unconfirmed per asset and year
              </th>
              <th scope="col" class="number">
                Right kept
              </th>
              <th scope="col" class="number">
                Right lost
              </th>
            </tr>
          </thead>
          <tbody>
            {tried.map((each, place) => (
              <tr key={each.limit} class={place === chosen ? 'chosen' : ''} onClick={() => setChosen(place)}>
                <td>
                  <button
                    type="button"
                    class="limit-pick"
                    aria-pressed={place === chosen}
                    onClick={() => setChosen(place)}
                  >
                    {formatValue(each.limit, unit, decimals)}
                  </button>{' '}
                  {each.isCurrent ? <span class="quiet small">now</span> : null}
                  {place === found.suggested ? <span class="small limit-suggested">suggested</span> : null}
                </td>
                <td class="number">{each.tickets}</td>
                <td class={`number ${each.unconfirmedPerAssetYear > found.target ? 'limit-over' : ''}`}>
                  {perAssetYear(each.unconfirmedPerAssetYear)}
                </td>
                <td class="number">{each.found}</td>
                <td class={`number ${each.lost > 0 ? 'limit-over' : ''}`}>{each.lost}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p class="small quiet">
        Unconfirmed: tickets that no crew has found to be right. At most so many are false; the more crews say, the
        truer this is.
      </p>
      {pick && !pick.isCurrent && pick.text !== null ? (
        <div>
          <button type="button" class="button" onClick={() => onTake(pick.text ?? '')}>
            Put {formatValue(pick.limit, unit, decimals)} into the text
          </button>
        </div>
      ) : null}
    </div>
  )
}

function verdictOn({ tried, suggested, target, unit }: SuggestionView, current: number, decimals: number): string {
  const best = suggested === null ? undefined : tried[suggested]
  if (best === undefined) return `No limit that was tried keeps to ${perAssetYear(target)} a year.`
  const limit = formatValue(best.limit, unit, decimals)
  if (suggested === current) return `The limit of ${limit} is the sharpest that keeps to the budget: leave it.`
  const sharper = suggested !== null && suggested < current
  return sharper
    ? `There is room: ${limit} would see more and still keep to the budget.`
    : `${limit} is the sharpest limit that keeps to the budget.`
}
