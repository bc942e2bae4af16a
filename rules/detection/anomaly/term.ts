/** What about a value is unusual. The order is that of their numbers in the state. */
export const anomalyTerms = ['level', 'season', 'shift', 'departure', 'spread', 'range', 'jump'] as const
export type AnomalyTerm = (typeof anomalyTerms)[number]

const words: Readonly<Record<AnomalyTerm, string>> = {
  level: 'far from its usual level',
  season: 'unusual for this time of day',
  shift: 'its level has shifted',
  departure: 'unlike the hours before',
  spread: 'far outside its usual spread at this time of day',
  range: 'outside all that was ever seen',
  jump: 'a step many times the usual one',
}

/** For people, to follow the value: `7.4 mm/s: unusual for this time of day`. */
export function termText(term: AnomalyTerm): string {
  return words[term]
}

// Beyond what a century of readings could show, a number would only pretend.
const rarest = 9

/** A score as people say it: `about 1 in 50,000`. */
export function rarityText(score: number): string {
  if (score >= rarest) return 'never seen before'
  const one = 10 ** Math.max(0, score)
  const digits = 10 ** Math.floor(Math.log10(one))
  return `about 1 in ${(Math.round(one / digits) * digits).toLocaleString('en')}`
}
