import type { Instant } from '../../city/index.ts'
import type { AlarmEvent } from '../alarm.ts'
import type { KeptSensor } from '../alarm-book.ts'
import { foldRef } from './alarm-ref.ts'
import type { AlarmDesk } from './desk.ts'
import type { LayoutEntry } from './sensor-plan.ts'
import { type SensorWatch, type Standing, standingIn } from './sensor-watch.ts'
import { firing, inactive } from './slots.ts'

/** Where the rules of a sensor stood before they changed, by rule. */
export type Former = ReadonlyMap<string, { readonly version: string; readonly standing: Standing }>

export function formerOf(watch: SensorWatch): Former {
  return new Map(
    watch.plan.folds.map(({ rule }, fold) => [
      rule.id,
      { version: watch.plan.versions[fold] ?? '', standing: watch.standing(fold) },
    ]),
  )
}

/** The same, from what the last checkpoint kept. */
export function formerOfRow(row: KeptSensor, live: Float64Array): Former {
  let offset = 0
  const entries = (JSON.parse(row.layout_json) as LayoutEntry[]).map(([id, version, width]) => {
    const standing = standingIn(live, offset)
    offset += width
    return [id, { version, standing }] as const
  })
  return new Map(entries)
}

/**
 * What a change of the rules changes now. A new version of a rule has judged the readings of the last day by itself; an
 * alarm that it finds too goes on (as a bout of its own beginning), one that it does not find ends with that as the reason.
 */
export function tellRuleChange(desk: AlarmDesk, former: Former, watch: SensorWatch, at: Instant): AlarmEvent[] {
  return [...watch.plan.folds.keys()].flatMap((fold) => {
    const ref = foldRef(watch, fold)
    if (ref === undefined) return []
    const old = former.get(ref.rule.id)
    if (old?.version === watch.plan.versions[fold]) return []
    const before = old?.standing ?? { state: inactive, level: 0, startedAt: Number.NaN }
    if (ref.standing.state >= firing) return [desk.tell(ref, { at, before, origin: 'present' }, at)]
    if (before.state < firing) return []
    const ended = { ...ref.standing, state: inactive, level: 0, since: at, startedAt: before.startedAt }
    const event = desk.tell({ ...ref, standing: ended }, { at, before, origin: 'present' }, at)
    const changed = old?.version.startsWith(ref.rule.version)
      ? `what the rule "${ref.rule.title}" looks at`
      : `the rule "${ref.rule.title}"`
    return [{ ...event, reason: `${changed} was changed, and as it is now it does not hold` }]
  })
}
