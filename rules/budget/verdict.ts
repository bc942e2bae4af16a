/**
 * What the crew found of a ticket: the trouble was there; it was not; or it was there and had done its harm before anybody
 * could come.
 */
export const verdicts = ['true', 'false', 'too-late'] as const
export type Verdict = (typeof verdicts)[number]

/** How many tickets got which verdict. */
export type VerdictCounts = { readonly [verdict in Verdict]: number } & { readonly unjudged: number }

export function countVerdicts(found: Iterable<Verdict | undefined>): VerdictCounts {
  const counts = { true: 0, false: 0, 'too-late': 0, unjudged: 0 }
  for (const verdict of found) counts[verdict ?? 'unjudged']++
  return counts
}
