import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { useMemo, useState } from 'preact/hooks'
import { Chart } from '../charts/chart.tsx'
import type { ChartMark, ChartModel, TimeRange } from '../charts/model.ts'
import { timeZone } from '../data/session.ts'
import { asset as assetOf, classes } from '../data/town.ts'
import type { EvidenceView, TicketView } from '../data/types.ts'
import { Segmented } from '../design/field.tsx'
import { instantOf } from '../design/when.tsx'
import { formatDayTime } from '../words/time.ts'
import { gapOf } from './evidence-gap.ts'
import { evidenceSpan } from './evidence-span.ts'

const causeHeight = 200
const otherHeight = 144

/** The readings as they were when the ticket was raised, frozen: the sensor that raised it first, then its neighbours. */
export function Evidence({ ticket }: { ticket: TicketView }): JSX.Element | null {
  const { evidence } = ticket
  const zone = timeZone.value
  const cursor = useSignal<number | undefined>(undefined)
  const [zoom, setZoom] = useState<TimeRange>()
  const [asTable, setAsTable] = useState(false)
  const marks = useMemo(() => marksOf(ticket), [ticket.startedAt, ticket.raisedAt])
  const lines = useMemo(() => marks.map(({ at, tone }) => ({ at, tone })), [marks])
  if (!evidence || evidence.series.length === 0) return null
  const { range: whole, heardTo } = evidenceSpan(evidence)
  const ordered = [...evidence.series].sort(
    (a, b) => Number(b.sensor === ticket.cause?.sensor) - Number(a.sensor === ticket.cause?.sensor),
  )
  return (
    <section class="card evidence" aria-labelledby="evidence-heading">
      <header>
        <div>
          <h2 id="evidence-heading">Evidence</h2>
          <p class="small quiet">
            {formatDayTime(whole.from, zone)} to {formatDayTime(heardTo ?? whole.to, zone)},{' '}
            {heardTo ? 'the last that had been heard' : 'frozen'} when the ticket was raised
          </p>
        </div>
        <div class="row">
          {zoom ? (
            <button type="button" class="button small" onClick={() => setZoom(undefined)}>
              Whole time
            </button>
          ) : null}
          <Segmented
            label="Show as"
            value={asTable ? 'tables' : 'charts'}
            options={[
              { value: 'charts', text: 'Charts' },
              { value: 'tables', text: 'Tables' },
            ]}
            onChange={(show) => setAsTable(show === 'tables')}
          />
        </div>
      </header>
      {ordered.map((series, index) => (
        <EvidenceChart
          key={series.sensor}
          series={series}
          range={zoom ?? whole}
          marks={index === 0 ? marks : lines}
          asset={ticket.asset}
          height={series.sensor === ticket.cause?.sensor ? causeHeight : otherHeight}
          cursor={cursor}
          asTable={asTable}
          onZoom={setZoom}
          onZoomOut={() => setZoom(undefined)}
        />
      ))}
    </section>
  )
}

function marksOf(ticket: TicketView): readonly ChartMark[] {
  const began = instantOf(ticket.startedAt)
  const raised = instantOf(ticket.raisedAt)
  return [
    { at: began, label: 'Began', tone: 'none' },
    { at: raised, label: 'Raised', tone: 'amber' },
  ]
}

type SeriesProps = {
  series: EvidenceView['series'][number]
  range: TimeRange
  marks: readonly ChartMark[]
  asset: string
  height: number
  cursor: Parameters<typeof Chart>[0]['cursor']
  asTable: boolean
  onZoom: (range: TimeRange) => void
  onZoomOut: () => void
}

function EvidenceChart(props: SeriesProps): JSX.Element {
  const { series, range, marks } = props
  const zone = timeZone.value
  const quantity = classes.value
    .find((each) => each.id === assetOf(props.asset)?.class)
    ?.quantities.find((each) => series.sensor.endsWith(`/${each.id}`))
  const decimals = quantity?.decimals ?? 1
  const model = useMemo<ChartModel>(
    () => ({
      title: series.title,
      unit: series.unit,
      decimals,
      zone,
      range,
      possible: quantity?.range ?? { min: -Infinity, max: Infinity },
      columns: series,
      widthMs: null,
      gapMs: gapOf(series.at),
      limits: series.limits,
      marks,
    }),
    [series, decimals, quantity, zone, range, marks],
  )
  return (
    <div class="evidence-chart">
      <Chart
        model={model}
        height={props.height}
        cursor={props.cursor}
        asTable={props.asTable}
        onZoom={props.onZoom}
        onZoomOut={props.onZoomOut}
      />
    </div>
  )
}
