import type { AssetId } from '../../city/index.ts'
import { bootstrap, type Interval } from '../../rules/index.ts'
import { severityAt } from '../../simulators/index.ts'
import type { FalseCall, FaultOutcome, Measured, TroubleOutcome } from './measure.ts'

/** One figure, and how far it would move with other assets of the same kind. */
export type Figure = { readonly value: number | undefined; readonly interval: Interval | undefined }

export type TownFigures = {
  readonly faults: number
  /** Ticketed before functional failure, under the right failure mode. */
  readonly detected: Figure
  /** Of the detected, and with those that were not detected counted as no lead at all. */
  readonly leadShare: Figure
  readonly leadShareOfAll: Figure
  readonly leadHours: Figure
  /** Of all faults. */
  readonly late: number
  readonly premature: number
  readonly underAnotherName: number
  readonly takenForSensor: number
  readonly falsePerAssetYear: Figure
  readonly troubles: number
  readonly named: Figure
  readonly takenForAsset: number
  readonly unnoticed: number
}

/** What lies on one asset: the bootstrap draws assets, because what goes wrong on one goes wrong together. */
type OnAsset = {
  readonly faults: readonly FaultOutcome[]
  readonly troubles: readonly TroubleOutcome[]
  readonly falseCalls: readonly FalseCall[]
}

export function figuresOf(measured: Measured): TownFigures {
  const { faults, troubles, days } = measured
  const groups = byAsset(measured)
  const years = days / 365.25
  const of = (figure: (groups: readonly OnAsset[]) => number | undefined): Figure => ({
    value: figure(groups),
    interval: bootstrap(groups, figure, measured.seed),
  })
  const count = (verdict: FaultOutcome['verdict']) => faults.filter((fault) => fault.verdict === verdict).length
  return {
    faults: faults.length,
    detected: of((drawn) =>
      shareOf(
        drawn.flatMap((on) => on.faults),
        isDetected,
      ),
    ),
    leadShare: of((drawn) => median(drawn.flatMap((on) => on.faults.filter(isDetected).map(leadShareOf)))),
    leadShareOfAll: of((drawn) => median(drawn.flatMap((on) => on.faults.map(leadShareOf)))),
    leadHours: of((drawn) => median(drawn.flatMap((on) => on.faults.filter(isDetected).map(leadHoursOf)))),
    late: (count('late') + count('too late')) / faults.length,
    premature: count('premature') / faults.length,
    underAnotherName: shareOf(faults, (fault) => !isDetected(fault) && isCalledBefore(fault)) ?? 0,
    takenForSensor: shareOf(faults, (fault) => fault.takenForSensor) ?? 0,
    falsePerAssetYear: of((drawn) => {
      const calls = drawn.reduce((sum, on) => sum + on.falseCalls.length, 0)
      return calls / (years * drawn.length)
    }),
    troubles: troubles.length,
    named: of((drawn) =>
      shareOf(
        drawn.flatMap((on) => on.troubles),
        ({ verdict }) => verdict === 'named',
      ),
    ),
    takenForAsset: shareOf(troubles, ({ verdict }) => verdict === 'taken for the asset') ?? 0,
    unnoticed: shareOf(troubles, ({ verdict }) => verdict === 'unnoticed') ?? 0,
  }
}

function byAsset({ assets, faults, troubles, falseCalls }: Measured): readonly OnAsset[] {
  const on = new Map<AssetId, { faults: FaultOutcome[]; troubles: TroubleOutcome[]; falseCalls: FalseCall[] }>(
    assets.map(({ id }) => [id, { faults: [], troubles: [], falseCalls: [] }]),
  )
  for (const outcome of faults) on.get(outcome.fault.asset)?.faults.push(outcome)
  for (const outcome of troubles) on.get(outcome.trouble.sensor.split('/')[0] ?? '')?.troubles.push(outcome)
  for (const found of falseCalls) on.get(found.call.asset)?.falseCalls.push(found)
  return [...on.values()]
}

/** Called before it failed, by the right name, and not by a guess. */
export function isDetected({ verdict }: FaultOutcome): boolean {
  return verdict === 'in time' || verdict === 'late'
}

function isCalledBefore({ calledAt, fault }: FaultOutcome): boolean {
  return calledAt !== undefined && calledAt < fault.functionalFailureAt
}

export function leadShareOf(outcome: FaultOutcome): number {
  return isDetected(outcome) ? (outcome.leadShare ?? 0) : 0
}

export function leadHoursOf(outcome: FaultOutcome): number {
  return isDetected(outcome) ? (outcome.leadMs ?? 0) / 3_600_000 : 0
}

/**
 * What it takes to beat: nobody looks (null), and a crew looks at every asset every so many days and mends what it finds
 * there, which is false as often as nothing is there.
 */
export function visiting(
  { faults, assets, days }: Measured,
  everyDays: number,
): { detected: number; falsePerYear: number } {
  const everyMs = everyDays * 86_400_000
  const found = faults.filter(({ fault }) => {
    for (let at = Math.ceil(fault.onsetAt / everyMs) * everyMs; at < fault.functionalFailureAt; at += everyMs)
      // A crew that looks for it sees a tenth of the damage.
      if (severityAt({ ...fault, repairedAt: Number.POSITIVE_INFINITY }, at) >= 0.1) return true
    return false
  })
  const visits = (assets.length * days) / everyDays
  return {
    detected: found.length / Math.max(1, faults.length),
    falsePerYear: (visits - found.length) / ((assets.length * days) / 365.25),
  }
}

export function median(values: readonly number[]): number | undefined {
  if (values.length === 0) return undefined
  const sorted = [...values].sort((left, right) => left - right)
  const middle = sorted.length >> 1
  const high = sorted[middle] ?? 0
  return sorted.length % 2 === 1 ? high : (high + (sorted[middle - 1] ?? 0)) / 2
}

function shareOf<Item>(items: readonly Item[], is: (item: Item) => boolean): number | undefined {
  return items.length === 0 ? undefined : items.filter(is).length / items.length
}
