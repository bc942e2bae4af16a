import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { get, put, remove } from '../data/client.ts'
import { type ApiProblem, asProblem } from '../data/problem.ts'
import { useResource } from '../data/resource.ts'
import { may } from '../data/session.ts'
import { className } from '../data/town.ts'
import type { RuleView, TrialView } from '../data/types.ts'
import { Icon } from '../design/icon.tsx'
import { Crumbs, Failure, Show, SkeletonRows } from '../design/states.tsx'
import { toastDone, toastFailed } from '../design/toast.tsx'
import { kindWord, originWords, quantityName } from '../rules/rule-words.ts'
import '../rules/rules.css'
import { plural } from '../words/units.ts'
import { BudgetPanel } from './budget-panel.tsx'
import { draftOf, keepDraft } from './draft.ts'
import { Editor } from './editor.tsx'
import './rule.css'
import { SaveDialog } from './save-dialog.tsx'
import { TrialPanel } from './trial-panel.tsx'
import { useRun } from './trial-run.ts'
import { Versions } from './versions.tsx'

/** One rule: what it says, what it would have raised, what it cost. */
export function RulePage({ parameters }: { parameters: Readonly<Record<string, string>> }): JSX.Element {
  const id = parameters['id'] ?? ''
  const rule = useResource<RuleView>(`rule ${id}`, (signal) =>
    get<RuleView>(`/api/v1/rules/${encodeURIComponent(id)}`, signal),
  )
  const title = rule.state.value.data?.title
  useEffect(() => {
    document.title = `${title ?? 'Rule'} · Lengthsman`
  }, [title])
  return (
    <main class="page" id="content">
      <Crumbs trail={[{ href: '/rules', text: 'Rules' }]} />
      <Show of={rule.state.value} retry={rule.reload} waiting={<SkeletonRows rows={3} height="160px" />}>
        {(view) => <Whole key={view.id} rule={view} put={rule.put} />}
      </Show>
    </main>
  )
}

function Whole({ rule, put: show }: { rule: RuleView; put: (rule: RuleView) => void }): JSX.Element {
  const [text, setText] = useState(() => draftOf(rule) ?? rule.text)
  const [problem, setProblem] = useState<ApiProblem>()
  const [saving, setSaving] = useState(false)
  const run = useRun<TrialView>()
  const mayEdit = may('operate')
  const isChanged = text !== rule.text
  const trialProblem = run.state.value.kind === 'failed' ? run.state.value.problem : undefined
  const said = problem ?? (trialProblem?.code === 'RULE_INVALID' ? trialProblem : undefined)
  const edit = (next: string) => {
    setText(next)
    keepDraft(rule, next === rule.text ? undefined : next)
    setProblem(undefined)
  }
  const save = async (note: string) => {
    setSaving(false)
    try {
      const saved = await put<RuleView>(`/api/v1/rules/${rule.id}`, { text, note })
      keepDraft(rule, undefined)
      show(saved)
      setText(saved.text)
      setProblem(undefined)
      toastDone('Saved', 'The readings of the last day are judged by it now')
    } catch (error) {
      setProblem(asProblem(error))
    }
  }
  const back = async () => {
    try {
      await remove(`/api/v1/rules/${rule.id}`)
      const given = await get<RuleView>(`/api/v1/rules/${rule.id}`)
      keepDraft(rule, undefined)
      show(given)
      setText(given.text)
      toastDone('Taken back', `${given.title} is as its file has it`)
    } catch (error) {
      toastFailed(error)
    }
  }
  return (
    <>
      <Head rule={rule} />
      <Failures rule={rule} />
      <div class="rule-columns">
        <div class="stack rule-main">
          <section class="card" aria-labelledby="text-heading">
            <header>
              <h2 id="text-heading">What it says</h2>
              <span class="small quiet">{originWords[rule.origin]}</span>
            </header>
            <div class="body stack">
              {said && said.faults.length === 0 ? <Failure problem={said} /> : null}
              <Editor text={text} readOnly={!mayEdit} faults={said?.faults ?? []} onInput={edit} />
              {rule.siblings.length > 0 ? (
                <p class="small quiet">This text is also that of {rule.siblings.join(', ')}.</p>
              ) : null}
              {mayEdit ? (
                <div class="row wrap rule-actions">
                  <button type="button" class="button primary" disabled={!isChanged} onClick={() => setSaving(true)}>
                    Save
                  </button>
                  <button type="button" class="button" disabled={!isChanged} onClick={() => edit(rule.text)}>
                    Undo changes
                  </button>
                  {isChanged ? <span class="small quiet">Not saved: kept in this tab only.</span> : null}
                  {rule.origin === 'changed' && rule.givenText !== null ? (
                    <button type="button" class="button plain" onClick={() => void back()}>
                      Back to the shipped one
                    </button>
                  ) : null}
                </div>
              ) : (
                <p class="small quiet">Rules are changed by engineers.</p>
              )}
            </div>
          </section>
          {mayEdit ? <TrialPanel rule={rule} text={text} run={run} /> : null}
        </div>
        <div class="stack rule-side">
          <BudgetPanel rule={rule} mayTry={mayEdit} onTake={edit} />
          <Versions rule={rule} onTake={mayEdit ? edit : undefined} />
        </div>
      </div>
      {saving ? <SaveDialog rule={rule} onClose={() => setSaving(false)} onSave={(note) => void save(note)} /> : null}
    </>
  )
}

/** Where the rule threw: it judges there no more until it is changed, and nobody would notice. */
function Failures({ rule: { failures, failedOn } }: { rule: RuleView }): JSX.Element | null {
  if (failedOn === 0) return null
  const more = failedOn - failures.length
  return (
    <div class="notice amber rule-failures" role="alert">
      <Icon name="warning" />
      <strong>The rule failed and is set aside on {plural(failedOn, 'asset')}</strong>
      <p class="soft">Other rules go on. Change the text below: it is tried again when it is saved.</p>
      <ul class="soft small">
        {failures.map(({ asset, assetName, error }) => (
          <li key={asset}>
            <a href={`/assets/${asset}`}>{assetName}</a>: {error}
          </li>
        ))}
        {more > 0 ? <li>and {more} more</li> : null}
      </ul>
    </div>
  )
}

function Head({ rule }: { rule: RuleView }): JSX.Element {
  return (
    <header class="rule-head">
      <h1 tabIndex={-1}>{rule.title}</h1>
      <p class="small soft">
        {className(rule.class)} · {quantityName(rule)}, {kindWord(rule.kind)} · {rule.failureMode.replaceAll('-', ' ')}{' '}
        · {plural(rule.assets, 'asset')} ·{' '}
        {rule.alarmsFiring > 0 ? <strong>{rule.alarmsFiring} firing</strong> : 'none firing'}
        <span class="quiet"> · version {rule.version}</span>
      </p>
    </header>
  )
}
