import type { JSX } from 'preact'
import { useEffect } from 'preact/hooks'
import { getAll } from '../data/client.ts'
import { useResource } from '../data/resource.ts'
import { className } from '../data/town.ts'
import type { BudgetView, RuleSummary } from '../data/types.ts'
import { SearchBox, Select } from '../design/field.tsx'
import { Empty, Show, SkeletonRows } from '../design/states.tsx'
import { query, setQuery } from '../routing/router.ts'
import { capital, plural } from '../words/units.ts'
import { ClassRules } from './class-rules.tsx'
import './rules.css'

type Watched = { readonly rules: readonly RuleSummary[]; readonly budgets: readonly BudgetView[] }

/** Everything that is watched, by class, with what it cost and what crews found of it. */
export function RulesPage(): JSX.Element {
  const watched = useResource<Watched>('rules', async (signal) => {
    const [rules, budgets] = await Promise.all([
      getAll<RuleSummary>('/api/v1/rules?limit=1000', signal),
      getAll<BudgetView>('/api/v1/budgets', signal),
    ])
    return { rules, budgets }
  })
  useEffect(() => {
    document.title = 'Rules · Lengthsman'
  }, [])

  return (
    <main class="page" id="content">
      <div class="page-head">
        <h1 tabIndex={-1}>Rules</h1>
      </div>
      <Show of={watched.state.value} retry={watched.reload} waiting={<SkeletonRows rows={4} height="180px" />}>
        {(all) => <Classes watched={all} reload={watched.reload} />}
      </Show>
    </main>
  )
}

function Classes({ watched, reload }: { watched: Watched; reload: () => void }): JSX.Element {
  const chosen = query.value.get('class') ?? ''
  const text = query.value.get('q') ?? ''
  const ids = [...new Set(watched.rules.map((rule) => rule.class))].sort((one, other) =>
    className(one).localeCompare(className(other)),
  )
  // What the town has none of is watched by nobody: it comes last.
  const has = new Set(watched.budgets.filter(({ assets }) => assets > 0).map((budget) => budget.class))
  const fitting = watched.rules.filter(
    (rule) => (chosen === '' || rule.class === chosen) && fits(rule, text.trim().toLowerCase()),
  )
  const shown = ids
    .map((id) => ({ id, rules: fitting.filter((rule) => rule.class === id) }))
    .filter(({ rules }) => rules.length > 0)
    .sort((one, other) => Number(has.has(other.id)) - Number(has.has(one.id)))
  return (
    <>
      <div class="row wrap rules-filters">
        <Select
          label="Class"
          value={chosen}
          options={[{ value: '', text: 'All classes' }, ...ids.map((id) => ({ value: id, text: className(id) }))]}
          onChange={(id) => setQuery({ class: id })}
        />
        <SearchBox label="Find a rule" value={text} onInput={(q) => setQuery({ q }, { replace: true })} />
        <p class="small quiet" role="status">
          {capital(plural(fitting.length, 'rule'))}
        </p>
      </div>
      {shown.length === 0 ? (
        <Empty
          icon="search"
          title="No rule fits"
          action={
            <button type="button" class="button small" onClick={() => setQuery({ class: undefined, q: undefined })}>
              Show all rules
            </button>
          }
        />
      ) : (
        <div class="stack rules-classes">
          {shown.map(({ id, rules }) => (
            <ClassRules
              key={id}
              title={className(id)}
              rules={rules}
              budget={watched.budgets.find((budget) => budget.class === id)}
              onChanged={reload}
            />
          ))}
        </div>
      )}
    </>
  )
}

function fits(rule: RuleSummary, text: string): boolean {
  return [rule.id, rule.title, rule.quantity, rule.failureMode].some((each) => each.toLowerCase().includes(text))
}
