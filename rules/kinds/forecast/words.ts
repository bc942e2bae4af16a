import { type Change, nameOf } from '../../wording/change.ts'
import { forecastText } from '../../wording/dates.ts'
import { durationText, limitText, valueText } from '../../wording/units.ts'
import { lowestOf } from '../levels.ts'
import type { ForecastCondition } from './forecast.ts'

/** `vibration will pass 7.1 mm/s on Thursday 26 Nov (80 % sure between Wed 25 Nov and Sat 28 Nov); now 3.2 mm/s`. */
export function forecastReason(change: Change, condition: ForecastCondition): string {
  const { quantity, forecast, level, before, measured, rule } = change
  const name = nameOf(quantity)
  const limitAt = (wanted: typeof level) =>
    limitText(
      condition.limits[wanted ?? 'warning'] ?? condition.limits[lowestOf(condition.limits) ?? 'warning'] ?? 0,
      quantity.unit,
    )
  const inside = durationText(condition.insideMs)
  if (change.origin === 'withdrawn')
    return `late readings show that ${name} was not on its way to ${limitAt(undefined)}; the alarm is withdrawn`
  const now = measured === undefined ? '' : `; now ${valueText(measured, quantity.unit, quantity.decimals)}`
  if (change.state === 'recovering') return `${name} is not on its way to ${limitAt(before.level)} any more${now}`
  if (change.state === 'inactive') {
    const held = rule.recoverMs > 0 ? ` for ${durationText(rule.recoverMs)}` : ''
    return `${name} has not been on its way to ${limitAt(before.level)} inside ${inside}${held}${now}`
  }
  const limit = limitAt(level)
  if (forecast === undefined || change.at === undefined)
    return `${name} will pass ${limit} inside ${inside} as it goes${now}`
  if (forecast.at <= change.at) return `${name} is at ${limit} already${now}`
  return `${name} will pass ${limit} ${forecastText(forecast, change.at, change.timeZone ?? 'UTC')}${now}`
}
