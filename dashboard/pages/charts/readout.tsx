import type { ComponentChildren, JSX } from 'preact'
import { now } from '../data/clock.ts'
import { qualityWords } from '../words/states.ts'
import { formatMoment } from '../words/time.ts'
import { formatNumber, formatValue } from '../words/units.ts'
import type { ChartModel } from './model.ts'

/** What is under the cursor, in a fixed place; without a cursor, the newest value. */
export function ChartReadout(props: {
  model: ChartModel
  index: number | undefined
  pointed: boolean
  latest?: ComponentChildren
}): JSX.Element {
  const { model, index } = props
  if (!props.pointed) return <>{props.latest}</>
  if (index === undefined) return <span class="quiet">no reading here</span>
  const { columns, unit, decimals } = model
  const mean = columns.mean[index] ?? Number.NaN
  const low = columns.min[index] ?? mean
  const high = columns.max[index] ?? mean
  const quality = columns.quality?.[index]
  return (
    <>
      {formatMoment(columns.at[index] ?? 0, now.peek(), model.zone)} ·{' '}
      <strong>{formatValue(mean, unit, decimals)}</strong>
      {high > low ? ` (${formatNumber(low, decimals)} to ${formatNumber(high, decimals)})` : ''}
      {quality && quality !== 'good' ? ` · ${qualityWords[quality]}` : ''}
    </>
  )
}
