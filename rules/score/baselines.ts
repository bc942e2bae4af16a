import { seededRandom } from '../detection/life/seeded-random.ts'
import type { Alert } from './alerting.ts'
import type { RecordedSeries } from './recording.ts'
import type { Judgement } from './score-recording.ts'

/**
 * What anyone has without us: saying nothing, saying it always (one alarm without an end, so its precision says little), as
 * many alerts as ours thrown at random, and the usual moving z-score.
 */
export const baselineNames = ['nothing', 'always', 'at random', 'EWMA z > 4'] as const
export type BaselineName = (typeof baselineNames)[number]

const share = 0.003
const deviations = 4
const readingsBeforeFirst = 50
const quietMs = 12 * 3_600_000

/** What share of the readings ours alerted at, and where the dice begin. */
export type Chance = { readonly share: number; readonly seed: number }

/** Dice that say as much as we did. */
export function chanceOf({ alerts, readings }: Judgement, seed: number): Chance {
  return { share: alerts.length / Math.max(1, readings), seed }
}

/** Row numbers a baseline alerts at. */
export function baselineRows(name: BaselineName, series: RecordedSeries, chance: Chance): readonly number[] {
  switch (name) {
    case 'nothing':
      return []
    case 'always':
      return Array.from(series.order)
    case 'at random': {
      const random = seededRandom(chance.seed + textNumber(series.file))
      return Array.from(series.order).filter(() => random() < chance.share)
    }
    case 'EWMA z > 4':
      return movingZ(series)
  }
}

/** So that two series do not get the same dice. */
function textNumber(text: string): number {
  let number = 0
  for (let at = 0; at < text.length; at++) number = (Math.imul(number, 31) + text.charCodeAt(at)) >>> 0
  return number
}

/** With the same quiet time after an alert as ours. */
function movingZ({ at, values, order }: RecordedSeries): number[] {
  const rows: number[] = []
  let mean = Number.NaN
  let variance = 0
  let seen = 0
  let quietUntil = Number.NEGATIVE_INFINITY
  for (const row of order) {
    const value = values[row] as number
    const moment = at[row] as number
    seen++
    if (Number.isNaN(mean)) mean = value
    const off = value - mean
    if (
      seen > readingsBeforeFirst &&
      off * off > deviations * deviations * variance &&
      moment >= quietUntil &&
      off !== 0
    ) {
      rows.push(row)
      quietUntil = moment + quietMs
    }
    const part = Math.max(share, 1 / seen)
    mean += part * off
    variance += part * (off * off - variance)
  }
  return rows
}

export function baselineAlerts(
  name: BaselineName,
  series: readonly RecordedSeries[],
  chance: Chance,
): readonly Pick<Alert, 'asset' | 'quantity' | 'at'>[] {
  return series.flatMap((each) =>
    baselineRows(name, each, chance).map((row) => ({
      asset: each.asset,
      quantity: each.quantity,
      at: each.at[row] as number,
    })),
  )
}
