import type { Registry } from '../../city/index.ts'
import type { Alarm } from '../alarm.ts'
import type { GroupedTrouble } from './grouping.ts'

/**
 * An alarm as the grouping sees it; `undefined` when it does not count. Work in progress is no incident: what a person hid
 * does not count. What a parent explains is just what does.
 */
export function groupedTroubleOf(alarm: Alarm, town: Pick<Registry, 'class'>): GroupedTrouble | undefined {
  const { state, occurrence, hiddenBy, asset, rule, id, sensor, startedAt } = alarm
  if (state !== 'firing' || occurrence === undefined || startedAt === undefined) return undefined
  if (hiddenBy !== undefined && hiddenBy.kind !== 'suppressed') return undefined
  const isSilence = rule.condition.kind === 'silence'
  const quantity = town.class(rule.class)?.quantities.find((each) => sensor.endsWith(`/${each.id}`))
  return {
    occurrence,
    alarm: id,
    asset,
    class: rule.class,
    failureMode: rule.failureMode,
    ruleTitle: rule.title,
    isSilence,
    from: startedAt,
    to: startedAt + (isSilence ? (quantity?.expectedIntervalMs ?? 0) : 0),
  }
}
