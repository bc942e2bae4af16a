import { type AssetClass, didYouMean, FileFaults } from '../../city/index.ts'
import type { Rule } from '../rule.ts'
import type { Case } from './case.ts'
import type { StandardEntry } from './case-file.ts'
import { Script } from './script.ts'
import { rateCases, thresholdCases } from './standard-asset.ts'
import { impossibleCases, spikesCases } from './standard-doubt.ts'
import { driftCases, forecastCases, nightMinimumCases } from './standard-foresight.ts'
import { examplesOf, formulaCases, sistersCases } from './standard-joint.ts'
import { silenceCases, stuckCases } from './standard-sensor.ts'

/**
 * The cases that every rule should hold, made from what it says and two examples: it fires, it does not fire for less, a
 * gap does not count as held, late readings are judged at their own time, and a sensor's trouble is not the asset's.
 */
export function standardCases(
  file: string,
  entry: StandardEntry,
  rules: readonly Rule[],
  classes: readonly AssetClass[],
): Case[] {
  const rule = rules.find(({ id }) => id === entry.rule)
  const quantity = classes
    .find(({ id }) => id === rule?.class)
    ?.quantities.find(({ id }) => id === rule?.condition.quantity)
  if (rule === undefined || quantity === undefined) {
    const hint = didYouMean(
      entry.rule,
      rules.map(({ id }) => id),
    )
    throw new FileFaults([{ file, message: `standard: no rule "${entry.rule}"${hint}` }])
  }
  const script = new Script(rule, quantity)
  const { condition } = rule
  const missing = (what: string) => new FileFaults([{ file, message: `standard: ${rule.id}: missing ${what}` }])
  if (condition.kind === 'formula') {
    const { healthy, trouble } = examplesOf(file, rule.id, entry.asset)
    return formulaCases(script, condition, healthy, trouble)
  }
  const { healthy, trouble } = entry
  if (healthy === undefined) throw missing('"healthy", what its sensor usually reads')
  switch (condition.kind) {
    case 'threshold':
    case 'sisters':
      if (trouble === undefined) throw missing('"trouble", a value beyond the limit')
      return condition.kind === 'threshold'
        ? thresholdCases(script, healthy, trouble, entry.action)
        : sistersCases(script, condition, healthy, trouble)
    case 'drift':
      if (trouble === undefined) throw missing('"trouble", a value that is far from the usual')
      return driftCases(script, condition, healthy, trouble)
    case 'forecast':
      return forecastCases(script, condition, healthy)
    case 'night minimum':
      return nightMinimumCases(script, condition, healthy)
    case 'rate':
      return rateCases(script, condition, healthy)
    case 'stuck':
      return stuckCases(script, condition, healthy)
    case 'silence':
      return silenceCases(script, condition, healthy)
    case 'impossible':
      return impossibleCases(script, condition, healthy)
    case 'spikes':
      return spikesCases(script, condition, healthy)
    default:
      throw new FileFaults([
        {
          file,
          message: `standard: ${rule.id}: there are no standard cases for "${condition.kind}"; write its cases out`,
        },
      ])
  }
}
