import type { RuleView } from '../data/types.ts'

type Of = Pick<RuleView, 'id' | 'version'>

/** With the version: what was written about another text is not put over this one. */
const keyOf = ({ id, version }: Of): string => `lengthsman.rule.${id}.${version}`

/** What was written and not saved, in this tab: whoever follows a link to a ticket and comes back finds it again. */
export function draftOf(rule: Of): string | undefined {
  try {
    return sessionStorage.getItem(keyOf(rule)) ?? undefined
  } catch {
    return undefined
  }
}

/** `undefined`: there is nothing to keep. A browser that keeps nothing is no reason not to go on. */
export function keepDraft(rule: Of, text: string | undefined): void {
  try {
    if (text === undefined) sessionStorage.removeItem(keyOf(rule))
    else sessionStorage.setItem(keyOf(rule), text)
  } catch {
    // Full, or forbidden.
  }
}
