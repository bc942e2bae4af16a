import type { DurationMs, Instant } from '../../../city/index.ts'

/** Per sensor: since when it is learnt, and when it last was surprising enough for each level. */
export const votePlace = { since: 0, warningAt: 1, actionAt: 2 } as const
export const voteSlots = 3

export type Vote = {
  /** So many different sensors. */
  readonly agree: number
  /** Within this time before the newest reading. */
  readonly withinMs: DurationMs
  readonly inputs: number
  /** Numbers from one sensor's places to the next one's. */
  readonly stride: number
}

/** 2 when enough sensors agree on action, 1 on a warning, else 0. */
export function agreedLevel(vote: Vote, state: Float64Array, base: number, at: Instant): 0 | 1 | 2 {
  let warning = 0
  let action = 0
  for (let input = 0; input < vote.inputs; input++) {
    const from = base + input * vote.stride
    if (at - (state[from + votePlace.actionAt] as number) <= vote.withinMs) action++
    if (at - (state[from + votePlace.warningAt] as number) <= vote.withinMs) warning++
  }
  return action >= vote.agree ? 2 : warning >= vote.agree ? 1 : 0
}
