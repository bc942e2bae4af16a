import {
  type BacktestOutcome,
  type BacktestWanted,
  type Comparison,
  compare,
  type Rule,
  runBacktest,
} from '../rules/index.ts'
import type { Tickets } from './tickets.ts'

/** Rules tried on history: their bouts, and the tickets those would have made beside those that were raised. */
export type Trial = {
  readonly wanted: BacktestWanted
  readonly outcome: BacktestOutcome
  readonly comparison: Comparison
}

export type TrialSurroundings = Parameters<typeof runBacktest>[1] & { readonly tickets: Pick<Tickets, 'raisedBetween'> }

/** @throws what `runBacktest` throws */
export async function tryRules(wanted: BacktestWanted, surroundings: TrialSurroundings): Promise<Trial> {
  const outcome = await runBacktest(wanted, surroundings)
  const raised = await raisedFor(wanted, surroundings.tickets)
  return { wanted, outcome, comparison: compare(wanted.rules, outcome.bouts, raised, wanted) }
}

/** The tickets about the same troubles of the same assets. */
export async function raisedFor(
  { rules, from, to, assets }: Pick<BacktestWanted, 'from' | 'to' | 'assets'> & { readonly rules: readonly Rule[] },
  tickets: Pick<Tickets, 'raisedBetween'>,
): ReturnType<Tickets['raisedBetween']> {
  const failureModes = [...new Set(rules.map(({ failureMode }) => failureMode))]
  const raised = await tickets.raisedBetween({ failureModes, from, to })
  const chosen = assets && new Set(assets)
  return chosen === undefined ? raised : raised.filter(({ asset }) => chosen.has(asset))
}
