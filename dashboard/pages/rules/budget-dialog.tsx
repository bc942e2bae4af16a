import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { put } from '../data/client.ts'
import { type ApiProblem, asProblem } from '../data/problem.ts'
import type { BudgetView } from '../data/types.ts'
import { Dialog } from '../design/dialog.tsx'
import { Field } from '../design/field.tsx'
import { Failure } from '../design/states.tsx'

/** How many false tickets an asset of a class may cost. */
export function BudgetDialog(props: { budget: BudgetView; onClose: () => void; onSaved: () => void }): JSX.Element {
  const { budget } = props
  const [text, setText] = useState(String(budget.falsePerAssetYear))
  const [problem, setProblem] = useState<ApiProblem>()
  const save = async () => {
    try {
      const falsePerAssetYear = Number(text.replace(',', '.'))
      await put<BudgetView>(`/api/v1/budgets/${budget.class}`, { falsePerAssetYear })
      props.onSaved()
      props.onClose()
    } catch (error) {
      setProblem(asProblem(error))
    }
  }
  return (
    <Dialog
      title={`Budget: ${budget.classTitle}`}
      onClose={props.onClose}
      onSubmit={() => void save()}
      footer={
        <>
          <button type="button" class="button" onClick={props.onClose}>
            Not now
          </button>
          <button type="submit" class="button primary">
            Set budget
          </button>
        </>
      }
    >
      <p class="soft">
        What a crew forgives: a warning that was false costs a way for nothing. The class's rules share this evenly when
        limits are looked for.
      </p>
      {problem ? <Failure problem={problem} /> : null}
      <Field label="False tickets per asset and year" hint="0.5 is one in two years">
        {(wiring) => (
          <input
            {...wiring}
            class="input"
            inputMode="decimal"
            value={text}
            onInput={(event) => setText(event.currentTarget.value)}
          />
        )}
      </Field>
    </Dialog>
  )
}
