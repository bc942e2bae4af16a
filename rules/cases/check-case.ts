import { type AssetClass, didYouMean, type FileFault, sensorId } from '../../city/index.ts'
import type { Rule } from '../rule.ts'
import type { Case } from './case.ts'

/** What a case names and nobody knows: a reading of no sensor would be lost, and a rule of no file never fire. */
export function faultsOfCase(
  file: string,
  { name, rules: inForce, assets, readings, expect }: Case,
  rules: readonly Rule[],
  classes: readonly AssetClass[],
): readonly FileFault[] {
  const faults: FileFault[] = []
  const say = (message: string) => faults.push({ file, message: `${name}: ${message}` })
  const sensors = new Set<string>()
  for (const { id, class: assetClass } of assets) {
    const known = classes.find((each) => each.id === assetClass)
    if (known === undefined) {
      const ids = classes.map((each) => each.id)
      say(assetClass === '' ? `${id}: missing "class"` : `no asset class "${assetClass}"${didYouMean(assetClass, ids)}`)
    }
    for (const quantity of known?.quantities ?? []) sensors.add(sensorId(id, quantity.id))
  }
  if (faults.length === 0)
    for (const sensor of new Set(readings.map((reading) => reading.sensor)))
      if (!sensors.has(sensor)) say(`no sensor "${sensor}"${didYouMean(sensor, [...sensors])}`)

  const ids = rules.map(({ id }) => id)
  const expected = expect.flatMap(({ pending = [], firing = [], recovering = [], action = [], hidden = [] }) => {
    return [...pending, ...firing, ...recovering, ...action, ...hidden].map((alarm) => alarm.split('@')[0] ?? alarm)
  })
  for (const rule of new Set([...(inForce ?? []), ...expected]))
    if (!ids.includes(rule)) say(`no rule "${rule}"${didYouMean(rule, ids)}`)
  return faults
}
