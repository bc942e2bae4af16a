import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { may } from '../data/session.ts'
import type { BudgetView, RuleSummary } from '../data/types.ts'
import { Badge } from '../design/shape.tsx'
import { navigate } from '../routing/router.ts'
import { plural } from '../words/units.ts'
import { BudgetBar } from './budget-bar.tsx'
import { BudgetDialog } from './budget-dialog.tsx'
import { kindWord, originWords, precisionWords, ticketWords } from './rule-words.ts'

const firingLook = { word: '', shape: 'octagon', tone: 'red' } as const

/** The rules of one class, and what they may cost together. */
export function ClassRules(props: {
  title: string
  rules: readonly RuleSummary[]
  budget: BudgetView | undefined
  onChanged: () => void
}): JSX.Element {
  const { rules, budget } = props
  const [setting, setSetting] = useState(false)
  const id = `class-${rules[0]?.class}`
  return (
    <section class="card class-rules" aria-labelledby={id}>
      <header>
        <h2 id={id}>
          {props.title} <span class="quiet small">{plural(rules.length, 'rule')}</span>
        </h2>
        {budget && may('operate') ? (
          <button
            type="button"
            class="button small plain"
            aria-label={`Set the budget of ${props.title}`}
            onClick={() => setSetting(true)}
          >
            Set budget
          </button>
        ) : null}
      </header>
      {budget ? (
        <div class="class-budget">
          <BudgetBar figures={budget.figures} budget={budget.falsePerAssetYear} />
        </div>
      ) : null}
      <table class="table rules-table">
        <thead>
          <tr>
            <th scope="col">Rule</th>
            <th scope="col">Watches</th>
            <th scope="col">Firing</th>
            <th scope="col">Last year</th>
            <th scope="col">Crews found</th>
          </tr>
        </thead>
        <tbody>
          {rules.map((rule) => (
            <Row key={rule.id} rule={rule} />
          ))}
        </tbody>
      </table>
      {setting && budget ? (
        <BudgetDialog budget={budget} onClose={() => setSetting(false)} onSaved={props.onChanged} />
      ) : null}
    </section>
  )
}

function Row({ rule }: { rule: RuleSummary }): JSX.Element {
  const { figures } = rule
  const follow = (event: MouseEvent) => {
    const text = getSelection()?.toString() ?? ''
    if (event.button === 0 && text === '' && !(event.target instanceof Element && event.target.closest('a')))
      navigate(`/rules/${rule.id}`)
  }
  return (
    <tr onClick={follow}>
      <td class="rule-title">
        <a href={`/rules/${rule.id}`}>{rule.title}</a>
        <span class="cell-under small">
          {rule.failureMode.replaceAll('-', ' ')}
          {rule.origin === 'library' ? '' : ` · ${originWords[rule.origin].toLowerCase()}`}
        </span>
      </td>
      <td class="rule-watches">
        {rule.quantity.replaceAll('-', ' ')} <span class="quiet">· {kindWord(rule.kind)}</span>
      </td>
      <td class="rule-firing">
        {rule.alarmsFiring > 0 ? (
          <Badge look={{ ...firingLook, word: `${rule.alarmsFiring} firing` }} bare />
        ) : (
          <span class="quiet">no</span>
        )}
      </td>
      <td class="rule-tickets">
        {figures.tickets === 0 ? <span class="quiet">no tickets</span> : ticketWords(figures)}
      </td>
      <td class="rule-precision">
        {figures.precision === null ? <span class="quiet">not judged yet</span> : precisionWords(figures)}
      </td>
    </tr>
  )
}
