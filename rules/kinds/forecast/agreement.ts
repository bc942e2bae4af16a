/** k of the last m evaluations, as bits of one number. */
export type Agreement = { readonly of: number; readonly needed: number }

/** Bits that a number holds exactly and that `<<` keeps. */
export const agreementMax = 30

/** `3 of 5`. */
export function readAgreement(text: string): Agreement | undefined {
  const match = /^(\d+)\s+of\s+(\d+)$/.exec(text.trim())
  if (match === null) return undefined
  const needed = Number(match[1])
  const of = Number(match[2])
  return needed >= 1 && needed <= of && of <= agreementMax ? { of, needed } : undefined
}

/** The votes with one more, the oldest forgotten. `NaN`: none yet. */
export function withVote(votes: number, isFor: boolean, { of }: Agreement): number {
  const before = Number.isNaN(votes) ? 0 : votes
  return ((before << 1) | (isFor ? 1 : 0)) & ((1 << of) - 1)
}

export function votesFor(votes: number): number {
  let count = 0
  for (let left = Number.isNaN(votes) ? 0 : votes; left > 0; left &= left - 1) count++
  return count
}

/**
 * What the lifecycle is told: 0 nobody, 0.4 too few (neither there nor gone), 1 agreed on the warning, 1.4 and too few on
 * the action, 2 agreed on the action.
 */
export function agreedLevel(warning: number, action: number, { needed }: Agreement): number {
  if (action >= needed) return 2
  if (warning >= needed) return action > 0 ? 1.4 : 1
  return warning > 0 || action > 0 ? 0.4 : 0
}

/** Limits and dead band for `agreedLevel`. */
export const agreedLimits = { warning: 0.5, action: 1.5, hysteresis: 0.2 } as const
