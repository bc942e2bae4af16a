import type { AssetId, Place, Sensor, SensorId } from '../../city/index.ts'
import { areSound, neighbourhoodOf } from '../engine/joint.ts'
import { middleOf, type RuleRegistry } from '../engine/watch-list.ts'
import { inputsOf, isJoint } from '../kinds/kinds.ts'
import type { Rule } from '../rule.ts'
import type { Task } from './messages.ts'

/** Rules that look at the same sensors of the same asset: their readings are read once. */
export type TaskGroup = {
  readonly inputs: readonly Sensor[]
  readonly isJoint: boolean
  readonly tasks: readonly Task[]
  readonly withDelays: boolean
}

/** Everything that is to be judged, in the order of the sensors. `assets`: only of these. */
export function taskGroups(
  rules: readonly Rule[],
  registry: RuleRegistry,
  assets: ReadonlySet<AssetId> | undefined,
): readonly TaskGroup[] {
  const city = neighbourhoodOf(registry)
  const around = { timeZone: registry.timeZone, place: middleOf(registry.assets()) }
  const groups = new Map<string, { inputs: readonly Sensor[]; isJoint: boolean; tasks: Task[]; withDelays: boolean }>()
  for (const [place, rule] of rules.entries())
    for (const asset of city.ofClass(rule.class)) {
      if (assets !== undefined && !assets.has(asset.id)) continue
      const joint = isJoint(rule)
      const inputs = sensorsOf(rule, asset.id, joint ? inputsOf(rule, asset, city) : undefined, joint, registry)
      const [first] = inputs
      if (first === undefined) continue
      const key = `${asset.id} ${joint} ${inputs.map(({ id }) => id).join(' ')}`
      const task = taskFor(place, asset.id, inputs, first, around, registry)
      const withDelays = rule.condition.kind === 'silence'
      const group = groups.get(key)
      if (group === undefined) groups.set(key, { inputs, isJoint: joint, tasks: [task], withDelays })
      else {
        group.tasks.push(task)
        group.withDelays ||= withDelays
      }
    }
  return [...groups.values()]
}

function taskFor(
  rule: number,
  asset: AssetId,
  inputs: readonly Sensor[],
  { id, quantity }: Sensor,
  around: { readonly timeZone: string; readonly place: Place | undefined },
  registry: RuleRegistry,
): Task {
  const classes = inputs.map((each) => registry.asset(each.asset)?.class ?? '')
  return {
    rule,
    asset,
    sensor: id,
    facts: { quantity, inputs: inputs.map((each) => each.quantity), ...around },
    classes,
  }
}

function sensorsOf(
  rule: Rule,
  asset: AssetId,
  joined: readonly SensorId[] | undefined,
  joint: boolean,
  registry: RuleRegistry,
): readonly Sensor[] {
  if (!joint) return registry.sensorsOf(asset).filter(({ quantity }) => quantity.id === rule.condition.quantity)
  if (joined === undefined || !areSound(joined)) return []
  const sensors = joined.flatMap((id) => registry.sensor(id) ?? [])
  return sensors.length === joined.length ? sensors : []
}
