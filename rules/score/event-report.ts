import { durationText } from '../wording/units.ts'
import { type Alert, alertsOf } from './alerting.ts'
import { baselineAlerts, baselineNames, chanceOf } from './baselines.ts'
import { bootstrap } from './bootstrap.ts'
import {
  type EventOptions,
  type EventTotals,
  measureEvents,
  quantileOf,
  totalsOf,
  type Uncounted,
  type UnitMeasure,
  uncountedIn,
  unitsWith,
} from './measure-events.ts'
import { measureTime, type TimeMeasure } from './measure-time.ts'
import type { LabelledEvent } from './recording.ts'
import type { Judgement } from './score-recording.ts'
import { figure, tableText } from './table.ts'

/** Thresholds of the sweep; what ships is printed above it. */
const sweep = [3, 3.5, 4, 4.5, 5, 5.5, 6, 7, 8]

/** Sensors that a large city has, for what a rate of false incidents would mean there. */
const cityOfSensors = 100_000

/** The figures of a recording whose labels are events. */
export function eventReport(
  judgement: Judgement,
  events: readonly LabelledEvent[],
  options: EventOptions,
  seed: number,
): readonly string[] {
  const { series } = judgement.recording
  const measure = (alerts: Said) => measureEvents(series, events, alerts, options)
  const baselines = baselineNames.map(
    (name) => [name, baselineAlerts(name, series, chanceOf(judgement, seed))] as const,
  )
  const shipped = measure(judgement.alerts)
  const totals = totalsOf(shipped)
  const head = ['', 'found', 'recall', 'incidents', 'precision', 'F1', 'false/sensor-month', 'false/asset-month']
  const rows = [
    totalsRow('as shipped', totals),
    ...baselines.map(([name, alerts]) => totalsRow(name, totalsOf(measure(alerts)))),
    ...sweep.map((threshold) =>
      totalsRow(`all at ≥ ${threshold}`, totalsOf(measure(alertsOf(judgement.judged, threshold)))),
    ),
  ]
  return [
    countedLine(totals.events, events, uncountedIn(series, events, options)),
    ...tableText(head, rows),
    '',
    ...intervalLines(shipped, seed),
    delayLine(totals),
    cityLine(totals),
    '',
    `second opinions, by time, an alert standing for ${durationText(options.holdMs)}`,
    ...tableText(
      ['', 'range recall', 'range precision', 'S_TTD', 'S_CM', 'S'],
      [['as shipped', judgement.alerts] as const, ...baselines].map(([name, alerts]) =>
        timeRow(name, measureTime(unitsWith(series, events, alerts, options), options.holdMs)),
      ),
    ),
  ]
}

const namesShown = 3

/** `7 labelled events counted (of 9; 1 end before alerts count; 1 are of no series here: pump-9)`. */
function countedLine(counted: number, events: readonly LabelledEvent[], uncounted: Uncounted): string {
  const { nowhere, backwards, early } = uncounted
  const names = [
    ...new Set(nowhere.map(({ asset, quantity }) => `${asset}${quantity === undefined ? '' : `/${quantity}`}`)),
  ]
  const shown = names.slice(0, namesShown).join(', ') + (names.length > namesShown ? ', …' : '')
  const reasons = [
    early > 0 ? `${early} end before alerts count` : '',
    backwards > 0 ? `${backwards} end before they begin` : '',
    nowhere.length > 0 ? `${nowhere.length} are of no series here: ${shown}` : '',
  ].filter((reason) => reason !== '')
  return `${counted} labelled events counted (of ${events.length}${reasons.map((reason) => `; ${reason}`).join('')})`
}

type Said = readonly Pick<Alert, 'asset' | 'quantity' | 'at'>[]

function timeRow(name: string, { rangeRecall, rangePrecision, timeToDetection, confusion }: TimeMeasure): string[] {
  const score = timeToDetection === undefined || confusion === undefined ? undefined : (timeToDetection + confusion) / 2
  return [name, ...[rangeRecall, rangePrecision, timeToDetection, confusion, score].map((each) => figure(each))]
}

function totalsRow(name: string, totals: EventTotals): string[] {
  return [
    name,
    `${totals.detected}/${totals.events}`,
    figure(totals.recall),
    String(totals.incidents),
    figure(totals.precision),
    figure(totals.f1),
    figure(totals.falsePerSensorMonth),
    figure(totals.falsePerAssetMonth),
  ]
}

function intervalLines(units: readonly UnitMeasure[], seed: number): string[] {
  const byAsset = new Map<string, UnitMeasure[]>()
  for (const unit of units) byAsset.set(unit.asset, [...(byAsset.get(unit.asset) ?? []), unit])
  const assets = [...byAsset.values()]
  const intervalOf = (of: (totals: EventTotals) => number | undefined) => {
    const interval = bootstrap(assets, (drawn) => of(totalsOf(drawn.flat())), seed)
    return interval === undefined ? undefined : `${figure(interval.low)} to ${figure(interval.high)}`
  }
  const f1 = intervalOf(({ f1 }) => f1)
  if (f1 === undefined)
    return [`no intervals: ${assets.length} ${assets.length === 1 ? 'asset says' : 'assets say'} nothing about others`]
  const recall = intervalOf(({ recall }) => recall) ?? '–'
  const precision = intervalOf(({ precision }) => precision) ?? '–'
  const falses = intervalOf(({ falsePerSensorMonth }) => falsePerSensorMonth) ?? '–'
  return [
    `90 % of ${assets.length} assets drawn anew: recall ${recall}, precision ${precision}, F1 ${f1}, false/sensor-month ${falses}`,
  ]
}

function delayLine({ delaysMs }: EventTotals): string {
  const text = (ms: number | undefined) =>
    ms === undefined ? '–' : ms < 0 ? `${durationText(-ms)} before` : `${durationText(ms)} after`
  if (delaysMs.length === 0) return 'nothing was found, so there is no delay'
  const median = text(quantileOf(delaysMs, 0.5))
  return `first said, from the begin of the event: median ${median}, 90 % by ${text(quantileOf(delaysMs, 0.9))}`
}

function cityLine({ falsePerSensorMonth }: EventTotals): string {
  if (falsePerSensorMonth === undefined) return 'no time without events, so there is no rate of false incidents'
  const perDay = (falsePerSensorMonth * cityOfSensors) / 30.44
  return `at ${cityOfSensors.toLocaleString('en')} such sensors: ${Math.round(perDay).toLocaleString('en')} false incidents a day`
}
