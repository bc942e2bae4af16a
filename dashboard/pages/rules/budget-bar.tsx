import type { JSX } from 'preact'
import type { RuleFigures } from '../data/types.ts'
import { perAssetYear } from './rule-words.ts'

/** False tickets against what they may be: filled to the budget, and beyond it in amber, with the words beside it. */
export function BudgetBar({ figures, budget }: { figures: RuleFigures; budget: number }): JSX.Element {
  const rate = figures.falsePerAssetYear ?? 0
  const most = Math.max(budget * 1.5, rate)
  const over = rate > budget
  const words =
    figures.falsePerAssetYear === null
      ? 'no past yet'
      : `${perAssetYear(rate)} of ${perAssetYear(budget)} false per asset and year`
  return (
    <div class={`budget ${over ? 'over' : ''}`}>
      <span class="budget-track" aria-hidden="true">
        <i style={{ width: `${(rate / most) * 100}%` }} />
        <b style={{ left: `${(budget / most) * 100}%` }} />
      </span>
      <span class="small">
        {words}
        {over ? <strong> · over the budget</strong> : null}
      </span>
    </div>
  )
}
