import type { Asset, QuantityDefinition, SensorId } from '../../city/index.ts'
import type { Alarm } from '../alarm.ts'
import type { CompiledRule } from '../engine/compiled-rule.ts'
import type { Condition, Level, Rule } from '../rule.ts'
import { onlyDuring } from '../schedule/only-during.ts'
import type { Change } from '../wording/change.ts'
import { counterKind } from './counter.ts'
import { driftKind } from './drift/drift.ts'
import { forecastKind } from './forecast/forecast.ts'
import { formulaKind } from './formula/formula.ts'
import { impossibleKind } from './impossible.ts'
import { jumpKind } from './jump.ts'
import type { DrawnLimit, Facts, Kind, Neighbourhood } from './kind.ts'
import { nightMinimumKind } from './night-minimum.ts'
import { rateKind } from './rate/rate.ts'
import { remainingLifeKind } from './remaining-life/remaining-life.ts'
import { silenceKind } from './silence.ts'
import { sistersKind } from './sisters.ts'
import { spikesKind } from './spikes.ts'
import { stuckKind } from './stuck/stuck.ts'
import { thresholdKind } from './threshold.ts'
import { unusualKind } from './unusual/unusual.ts'

/** All kinds of condition, in the order in which they are named to who wrote none of them. */
export const kinds: readonly Kind[] = [
  thresholdKind,
  rateKind,
  silenceKind,
  stuckKind,
  formulaKind,
  sistersKind,
  counterKind,
  jumpKind,
  spikesKind,
  impossibleKind,
  unusualKind,
  forecastKind,
  remainingLifeKind,
  driftKind,
  nightMinimumKind,
]

const byName = new Map<string, Kind>(kinds.map((kind) => [kind.kind, kind]))

/** The kind of a condition. */
export function kindOf(condition: Condition): Kind {
  const kind = byName.get(condition.kind)
  if (kind === undefined) throw new Error(`unknown kind of condition: ${JSON.stringify(condition)}`)
  return kind
}

// A kind's methods take its own conditions; that this is one of them is what `kindOf` found out.
const own = (condition: Condition) => condition as never

export function compileRule(rule: Rule, facts: Facts): CompiledRule | undefined {
  const fold = kindOf(rule.condition).compile(rule, own(rule.condition), facts)
  return fold === undefined || rule.during === undefined ? fold : onlyDuring(fold, rule.during, facts)
}

/** One sentence for people about a change. */
export function reasonFor(change: Change): string {
  const { condition } = change.rule
  return kindOf(condition).reason(change, own(condition))
}

export function limitOf(
  { condition }: Rule,
  level: Level | undefined,
  quantity: QuantityDefinition,
): number | undefined {
  return level === undefined ? undefined : kindOf(condition).limitOf(own(condition), level, quantity)
}

/** Whether a rule's condition has a level, which then needs a severity. */
export function hasLevel({ condition }: Rule, level: Level, quantity: QuantityDefinition): boolean {
  const kind = kindOf(condition)
  return kind.hasLevel?.(own(condition), level) ?? kind.limitOf(own(condition), level, quantity) !== undefined
}

/** Whether what an alarm measured has passed a limit; where its kind cannot tell, it has as long as the alarm fires. */
export function isBeyondLimit({ rule, measured }: Pick<Alarm, 'rule' | 'measured'>): boolean {
  const { condition } = rule
  return measured === undefined || (kindOf(condition).isBeyond?.(own(condition), measured) ?? true)
}

/** The limits that can be drawn into the chart of the rule's sensor; a slope or a silence has none. */
export function drawnLimits({ condition }: Rule): readonly DrawnLimit[] {
  return kindOf(condition).drawn?.(own(condition)) ?? []
}

/** Whether a rule looks at several sensors at once. */
export function isJoint({ condition }: Rule): boolean {
  const kind = byName.get(condition.kind)
  return kind?.inputs !== undefined && (kind.isJoint?.(own(condition)) ?? true)
}

/** The sensors a joint rule looks at for an asset; `undefined` when the asset lacks what it needs. */
export function inputsOf({ condition }: Rule, asset: Asset, city: Neighbourhood): readonly SensorId[] | undefined {
  return kindOf(condition).inputs?.(own(condition), asset, city)
}
