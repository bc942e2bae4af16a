import type { JSX } from 'preact'
import { now } from '../data/clock.ts'
import { formatMoment, formatSpan } from '../words/time.ts'
import { formatNumber, readableUnit } from '../words/units.ts'
import type { ChartModel } from './model.ts'
import { tableRows } from './rows.ts'

// As many rows as a person will read, and few enough for a screen reader to count.
const rowsMax = 96

/** The chart's twin: the same figures, newest first, in at most a hundred rows of equal spans. */
export function ChartTable({ model }: { model: ChartModel }): JSX.Element {
  const rows = [...tableRows(model.columns, rowsMax)].reverse()
  const single = rows.every((row) => row.min === row.max)
  const unit = readableUnit(model.unit)
  const width = rows.length > 1 ? (rows[0]?.at ?? 0) - (rows[1]?.at ?? 0) : undefined
  const say = (value: number) => formatNumber(value, model.decimals)
  if (rows.length === 0) return <p class="quiet small">No readings in this time.</p>
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <section class="chart-table" tabIndex={0} aria-label={`${model.title} as a table`}>
      <table class="table">
        <caption class="visually-hidden">
          {model.title}
          {unit === '' ? '' : ` in ${unit}`}
          {single || width === undefined ? '' : `, in spans of about ${formatSpan(width)}`}
        </caption>
        <thead>
          <tr>
            <th scope="col">Time</th>
            {single ? null : (
              <th scope="col" class="number">
                Lowest
              </th>
            )}
            <th scope="col" class="number">
              {single ? `Value${unit === '' ? '' : `, ${unit}`}` : 'Mean'}
            </th>
            {single ? null : (
              <th scope="col" class="number">
                Highest
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.at}>
              <td>{formatMoment(row.at, now.peek(), model.zone)}</td>
              {single ? null : <td class="number">{say(row.min)}</td>}
              <td class="number">{say(row.mean)}</td>
              {single ? null : <td class="number">{say(row.max)}</td>}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
