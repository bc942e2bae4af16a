import { distance } from 'fastest-levenshtein'

// Names longer than this are not typing mistakes; comparing costs the product of both lengths.
const comparedLengthMax = 64

/** The candidate that was probably meant: few letters off, or the same but for case, underscores and leading zeros. */
export function nearestName(unknown: string, candidates: Iterable<string>): string | undefined {
  if (unknown.length > comparedLengthMax) return undefined
  const folded = foldName(unknown)
  let best: string | undefined
  let bestDistance = lettersOffMax(unknown) + 1
  for (const candidate of candidates) {
    if (foldName(candidate) === folded) return candidate
    if (Math.abs(candidate.length - unknown.length) >= bestDistance) continue
    const off = distance(unknown.toLowerCase(), candidate.toLowerCase())
    if (off >= bestDistance) continue
    best = candidate
    bestDistance = off
  }
  return best
}

/** `Pump_7`, `pump-07` and `PUMP 007` are one and the same to a person. */
export function foldName(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '')
    .replace(/(?<![0-9])0+(?=[0-9])/g, '')
}

/** How many letters a typing mistake may change: two swapped ones count as two; at most a third of a long name. */
function lettersOffMax(name: string): number {
  return name.length < 4 ? 1 : Math.min(3, Math.max(2, Math.floor(name.length / 3)))
}

/** `; did you mean "pump-07"?`, or nothing. */
export function didYouMean(unknown: string, candidates: Iterable<string>): string {
  const nearest = nearestName(unknown, candidates)
  return nearest === undefined ? '' : `; did you mean "${nearest}"?`
}
