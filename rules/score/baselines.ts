import type { Alert } from './alerting.ts'
import type { RecordedSeries } from './recording.ts'

/** What anyone has without us: saying nothing, saying it always, and the usual moving z-score. */
export const baselineNames = ['nothing', 'always', 'EWMA z > 4'] as const
export type BaselineName = (typeof baselineNames)[number]

const share = 0.003
const deviations = 4
const readingsBeforeFirst = 50
const quietMs = 12 * 3_600_000

/** Row numbers a baseline alerts at. */
export function baselineRows(name: BaselineName, series: RecordedSeries): readonly number[] {
  switch (name) {
    case 'nothing':
      return []
    case 'always':
      return Array.from(series.order)
    case 'EWMA z > 4':
      return movingZ(series)
  }
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
): readonly Pick<Alert, 'asset' | 'quantity' | 'at'>[] {
  return series.flatMap((each) =>
    baselineRows(name, each).map((row) => ({
      asset: each.asset,
      quantity: each.quantity,
      at: each.at[row] as number,
    })),
  )
}
