import type { Alarm } from '../../rules/index.ts'
import type { AssetState } from '../api/schema.ts'

type Judged = Pick<Alarm, 'state' | 'level' | 'hiddenBy'> & {
  readonly rule: { readonly condition: { readonly kind: string } }
}

/** Worst first. */
const order = ['action', 'warning', 'silent', 'normal'] as const satisfies readonly AssetState[]

/**
 * What an asset's alarms say of it: the worst of those that hold and are not hidden. Silence gives `silent` at either
 * level, because what we do not hear we cannot judge. A recovering alarm still counts: it is not over yet.
 */
export function assetStateOf(alarms: readonly Judged[]): AssetState {
  const states = alarms.map(stateOf)
  return order.find((state) => states.includes(state)) ?? 'normal'
}

function stateOf(alarm: Judged): AssetState {
  const holds = alarm.state === 'firing' || alarm.state === 'recovering'
  if (!holds || alarm.hiddenBy !== undefined) return 'normal'
  if (alarm.rule.condition.kind === 'silence') return 'silent'
  return alarm.level ?? 'normal'
}
