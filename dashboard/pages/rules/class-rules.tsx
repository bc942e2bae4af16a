import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { may } from '../data/session.ts'
import type { BudgetView, RuleSummary } from '../data/types.ts'
import { Badge } from '../design/shape.tsx'
import { navigate } from '../routing/router.ts'
import { plural } from '../words/units.ts'
import { BudgetBar } from './budget-bar.tsx'
import { BudgetDialog } from './budget-dialog.tsx'
import { kindWord, originWords, precisionWords, quantityName, ticketWords } from './rule-words.ts'

/** As loud as the worst of those that call somebody. */
const firingLooks = {
  action: { shape: 'octagon', tone: 'red' },
  warning: { shape: 'triangle', tone: 'amber' },
  hidden: { shape: 'ring', tone: 'none' },
} as const

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
          {grouped(rules).map((group) => (
            <Row key={group[0].id} group={group} />
          ))}
        </tbody>
      </table>
      {setting && budget ? (
        <BudgetDialog budget={budget} onClose={() => setSetting(false)} onSaved={props.onChanged} />
      ) : null}
    </section>
  )
}

function Row({ group }: { group: Group }): JSX.Element {
  const [first] = group
  const figures = summed(group)
  const firing = group.reduce((sum, { alarmsFiring }) => sum + alarmsFiring, 0)
  const failed = group.reduce((sum, { failedOn }) => sum + failedOn, 0)
  const follow = (event: MouseEvent) => {
    const text = getSelection()?.toString() ?? ''
    if (event.button === 0 && text === '' && !(event.target instanceof Element && event.target.closest('a')))
      navigate(`/rules/${first.id}`)
  }
  return (
    <tr onClick={follow}>
      <td class="rule-title">
        <a href={`/rules/${first.id}`}>{first.title}</a>
        <span class="cell-under small">
          {first.failureMode.replaceAll('-', ' ')}
          {first.origin === 'library' ? '' : ` · ${originWords[first.origin].toLowerCase()}`}
        </span>
      </td>
      <td class="rule-watches">
        {group.map((rule, index) => (
          <span key={rule.id}>
            {index > 0 ? ', ' : ''}
            {group.length > 1 ? <a href={`/rules/${rule.id}`}>{quantityName(rule)}</a> : quantityName(rule)}
          </span>
        ))}{' '}
        <span class="quiet">· {kindWord(first.kind)}</span>
      </td>
      <td class="rule-firing">
        {firing > 0 ? <Badge look={{ ...firingLooks[loudest(group)], word: `${firing} firing` }} bare /> : null}
        {failed > 0 ? <Badge look={{ shape: 'cross', tone: 'amber', word: `failed on ${failed}` }} bare /> : null}
        {firing + failed === 0 ? <span class="quiet">no</span> : null}
      </td>
      <td class="rule-tickets">
        {figures.tickets === 0 ? <span class="quiet">no tickets</span> : ticketWords(figures)}
      </td>
      <td class="rule-precision">
        {figures.judged === 0 ? <span class="quiet">not judged yet</span> : foundWords(group, figures)}
      </td>
    </tr>
  )
}

function loudest(group: Group): keyof typeof firingLooks {
  const levels = group.map(({ firingLevel }) => firingLevel)
  return levels.includes('action') ? 'action' : levels.includes('warning') ? 'warning' : 'hidden'
}

/** Rules that one text makes, one for each quantity, have one row. */
type Group = readonly [RuleSummary, ...RuleSummary[]]

/** Those about the asset first, then those about its sensors. */
function grouped(rules: readonly RuleSummary[]): readonly Group[] {
  const groups = new Map<string, [RuleSummary, ...RuleSummary[]]>()
  for (const rule of rules) {
    const key = [rule.title, rule.failureMode, rule.kind, rule.origin].join('|')
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [rule])
    else group.push(rule)
  }
  const isAboutSensor = ([{ failureMode }]: Group) => Number(failureMode === 'sensor-fault')
  return [...groups.values()].sort((one, other) => isAboutSensor(one) - isAboutSensor(other))
}

type Summed = { readonly tickets: number; readonly right: number; readonly judged: number }

function summed(group: Group): Summed {
  let [tickets, right, judged] = [0, 0, 0]
  for (const { figures } of group) {
    tickets += figures.tickets
    right += figures.right + figures.tooLate
    judged += figures.right + figures.tooLate + figures.false
  }
  return { tickets, right, judged }
}

function foundWords(group: Group, { right, judged }: Summed): string {
  return group.length === 1 ? precisionWords(group[0].figures) : `${right} of ${judged} right`
}
