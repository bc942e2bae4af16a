import type { VerdictCounts } from './verdict.ts'

/** Of what crews have judged, the share that was right, and where the true share lies with nine chances in ten. */
export type Precision = {
  readonly judged: number
  readonly right: number
  readonly share: number
  readonly low: number
  readonly high: number
}

const z90 = 1.6449

/** Wilson's interval: of three verdicts it does not claim to be sure. Too late was right all the same. */
export function precisionOf(counts: VerdictCounts): Precision | undefined {
  const right = counts.true + counts['too-late']
  const judged = right + counts.false
  if (judged === 0) return undefined
  const share = right / judged
  const middle = share + z90 ** 2 / (2 * judged)
  const spread = z90 * Math.sqrt((share * (1 - share)) / judged + z90 ** 2 / (4 * judged ** 2))
  const whole = 1 + z90 ** 2 / judged
  return {
    judged,
    right,
    share,
    low: Math.max(0, (middle - spread) / whole),
    high: Math.min(1, (middle + spread) / whole),
  }
}
