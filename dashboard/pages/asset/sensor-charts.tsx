import type { Signal } from '@preact/signals'
import type { JSX } from 'preact'
import { useMemo, useState } from 'preact/hooks'
import { Chart } from '../charts/chart.tsx'
import { type ChartMark, type ChartModel, gapFor, type TimeRange } from '../charts/model.ts'
import { now } from '../data/clock.ts'
import { latestOf } from '../data/latest.ts'
import { timeZone } from '../data/session.ts'
import type { AssetView, SensorView, TicketSummary } from '../data/types.ts'
import { Icon } from '../design/icon.tsx'
import { Empty, Failure } from '../design/states.tsx'
import { Age } from '../design/when.tsx'
import { formatValue } from '../words/units.ts'
import { distinctLimits } from './limits.ts'
import { type RangeText, resolveRange } from './range.ts'
import { useSeries } from './series.ts'

type Props = {
  asset: AssetView
  tickets: readonly TicketSummary[]
  text: RangeText
  cursor: Signal<number | undefined>
  asTable: boolean
  onZoom: (range: TimeRange) => void
  onZoomOut: () => void
}

const chartHeight = 184
// A table has no width in pixels; it is made of the same points that a chart of this width would have.
const tablePoints = 600

export function SensorCharts(props: Props): JSX.Element {
  const marks = useMemo(() => props.tickets.map(markOf), [props.tickets])
  // The flags hang on the first chart only; below it the same lines go on through all the others.
  const lines = useMemo(() => marks.map(({ at, tone }) => ({ at, tone })), [marks])
  if (props.asset.sensors.length === 0)
    return (
      <Empty icon="wave" title="Nothing is measured here yet">
        Give the asset quantities in <code>city.yaml</code> and a device that reports them.
      </Empty>
    )
  return (
    <div class="card charts-card">
      {props.asset.sensors.map((sensor, index) => (
        <SensorChart key={sensor.id} sensor={sensor} marks={index === 0 ? marks : lines} {...props} />
      ))}
    </div>
  )
}

/** A ticket stands where its trouble began. */
function markOf(ticket: TicketSummary): ChartMark {
  const open = ticket.state !== 'closed' && ticket.state !== 'cancelled'
  const tone = open && ticket.priority.band === 'urgent' ? 'red' : open ? 'amber' : 'none'
  return { at: Date.parse(ticket.startedAt), label: `#${ticket.number}`, href: `/tickets/${ticket.number}`, tone }
}

/** While following, the range moves by whole pixels: less would redraw what nobody can see. */
function useRange(text: RangeText, width: number): TimeRange {
  const first = resolveRange(text, now.peek())
  const step = Math.max(1_000, (first.to - first.from) / Math.max(width, 100))
  const at = text.to === 'now' ? Math.ceil(now.value / step) * step : now.peek()
  return useMemo(() => resolveRange(text, at), [text.from, text.to, at])
}

function SensorChart(props: Props & { sensor: SensorView; marks: readonly ChartMark[] }): JSX.Element {
  const { sensor, text } = props
  const [width, setWidth] = useState(0)
  const range = useRange(text, width)
  const series = useSeries(sensor.id, text, props.asTable ? Math.max(width, tablePoints) : width)
  const limits = useMemo(() => distinctLimits(sensor.limits), [sensor.limits])
  const zone = timeZone.value
  const model = useMemo<ChartModel>(
    () => ({
      title: sensor.title,
      unit: sensor.unit,
      decimals: sensor.decimals,
      zone,
      range,
      possible: sensor.range,
      columns: series.columns,
      widthMs: series.widthMs,
      gapMs: gapFor(sensor.expectedIntervalSeconds, series.widthMs),
      limits,
      marks: props.marks,
    }),
    [sensor, zone, range, series.columns, series.widthMs, limits, props.marks],
  )
  const csv = `/api/v1/sensors/${sensor.id}/readings?format=csv&from=${new Date(range.from).toISOString()}&to=${new Date(range.to).toISOString()}`
  return (
    <section class="sensor-chart" id={`chart-${sensor.quantity}`} aria-label={sensor.title}>
      <Chart
        model={model}
        height={chartHeight}
        cursor={props.cursor}
        asTable={props.asTable}
        onZoom={props.onZoom}
        onZoomOut={props.onZoomOut}
        onWidth={setWidth}
        latest={<Latest sensor={sensor} />}
        over={
          series.problem
            ? null
            : series.loading
              ? 'Loading…'
              : series.columns.at.length === 0
                ? 'No readings in this time'
                : null
        }
      />
      {series.problem ? <Failure problem={series.problem} retry={series.reload} /> : null}
      <a
        class="button plain icon small chart-csv"
        href={csv}
        download={`${sensor.id.replace('/', '-')}.csv`}
        title="Download these readings as CSV"
      >
        <Icon name="download" size={14} />
        <span class="visually-hidden">Download {sensor.title} as CSV</span>
      </a>
    </section>
  )
}

function Latest({ sensor }: { sensor: SensorView }): JSX.Element {
  const latest = latestOf(sensor.id).value ?? sensor.latest
  if (!latest) return <span class="quiet">no reading yet</span>
  return (
    <>
      <strong>{formatValue(latest.value, sensor.unit, sensor.decimals)}</strong> <span class="quiet">·</span>{' '}
      <span class="quiet">
        <Age at={latest.observedAt} />
      </span>
    </>
  )
}
