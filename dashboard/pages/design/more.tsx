import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { formatNumber } from '../words/units.ts'

/** Long lists are drawn in part; the rest is one tap away. `at` makes sure that this place is among what is drawn. */
export function useMore<T>(
  items: readonly T[],
  first: number,
  at = -1,
): { shown: readonly T[]; more: JSX.Element | null } {
  const [all, setAll] = useState(false)
  const whole = all || at >= first || items.length <= first
  return {
    shown: whole ? items : items.slice(0, first),
    more: whole ? null : (
      <div class="more">
        <span class="quiet small">
          {formatNumber(first)} of {formatNumber(items.length)}
        </span>
        <button type="button" class="button small" onClick={() => setAll(true)}>
          Show all
        </button>
      </div>
    ),
  }
}
