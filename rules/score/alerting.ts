import type { Instant } from '../../city/index.ts'
import type { AnomalyTerm } from '../detection/anomaly/index.ts'
import type { JudgedSeries } from './judge-series.ts'
import type { SeriesClass } from './series-classes.ts'

/** Something said about a series: what would become an alarm. */
export type Alert = {
  readonly asset: string
  readonly quantity: string
  readonly at: Instant
  /** Row of the file. */
  readonly row: number
  readonly reason: AnomalyTerm | 'impossible'
  /** Sensors that agreed, this one included; 1 where none had to. */
  readonly sensors: number
}

/** At the thresholds of the classes, or all at one of the sweep. */
export function alertsOf(judged: readonly JudgedSeries[], threshold?: number): readonly Alert[] {
  const alone = judged.filter(({ seriesClass }) => seriesClass.agree === 1)
  const byAsset = new Map<string, JudgedSeries[]>()
  for (const each of judged)
    if (each.seriesClass.agree > 1) byAsset.set(each.series.asset, [...(byAsset.get(each.series.asset) ?? []), each])
  return [
    ...judged.flatMap((each) => impossibleAlerts(each)),
    ...alone.flatMap((each) => lonelyAlerts(each, threshold ?? each.seriesClass.surprise)),
    ...[...byAsset.values()].flatMap((sensors) => agreedAlerts(sensors, threshold)),
  ].sort((one, other) => one.at - other.at || compare(one.asset, other.asset) || compare(one.quantity, other.quantity))
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0
}

/** The beginning of each bout of readings that cannot be. */
function impossibleAlerts({ series, impossible }: JudgedSeries): Alert[] {
  const alerts: Alert[] = []
  let within = false
  for (const row of series.order) {
    const now = impossible[row] === 1
    if (now && !within) alerts.push(alertAt(series, row, 'impossible', 1))
    within = now
  }
  return alerts
}

function lonelyAlerts({ series, seriesClass, scores, terms }: JudgedSeries, threshold: number): Alert[] {
  const alerts: Alert[] = []
  let quietUntil = Number.NEGATIVE_INFINITY
  for (const row of series.order) {
    const at = series.at[row] as Instant
    if ((scores[row] as number) < threshold || at < quietUntil) continue
    alerts.push(alertAt(series, row, terms.get(row) ?? 'level', 1))
    quietUntil = at + seriesClass.quietMs
  }
  return alerts
}

/** One asset's sensors: when enough different ones were surprised within the time, each that was is named. */
function agreedAlerts(sensors: readonly JudgedSeries[], threshold: number | undefined): Alert[] {
  const seriesClass = sensors[0]?.seriesClass
  if (seriesClass === undefined) return []
  const needed = Math.min(seriesClass.agree, sensors.length)
  const last = new Float64Array(sensors.length).fill(Number.NEGATIVE_INFINITY)
  const lastRow = new Uint32Array(sensors.length)
  const alerts: Alert[] = []
  let quietUntil = Number.NEGATIVE_INFINITY
  for (const { at, sensor, row } of surprises(sensors, threshold ?? seriesClass.surprise)) {
    last[sensor] = at
    lastRow[sensor] = row
    if (at < quietUntil) continue
    const agreeing = sensors.flatMap((each, index) =>
      at - (last[index] as number) <= seriesClass.withinMs ? [{ each, row: lastRow[index] as number }] : [],
    )
    if (agreeing.length < needed) continue
    for (const { each, row: itsRow } of agreeing)
      alerts.push({ ...alertAt(each.series, itsRow, each.terms.get(itsRow) ?? 'level', agreeing.length), at })
    quietUntil = at + seriesClass.quietMs
  }
  return alerts
}

type Surprised = { readonly at: Instant; readonly sensor: number; readonly row: number }

function surprises(sensors: readonly JudgedSeries[], threshold: number): Surprised[] {
  return sensors
    .flatMap(({ series, scores }, sensor) =>
      Array.from(series.order)
        .filter((row) => (scores[row] as number) >= threshold)
        .map((row) => ({ at: series.at[row] as Instant, sensor, row })),
    )
    .sort((one, other) => one.at - other.at || one.sensor - other.sensor)
}

function alertAt(
  { asset, quantity, at }: JudgedSeries['series'],
  row: number,
  reason: Alert['reason'],
  sensors: number,
): Alert {
  return { asset, quantity, at: at[row] as Instant, row, reason, sensors }
}

/** How one class is asked to speak, in a line. */
export function classText({ title, surprise, agree, withinMs, quietMs, jump, range }: SeriesClass): string {
  const votes = agree === 1 ? '' : `, ${agree} sensors within ${withinMs / 60_000} min`
  const off = range ? '' : ', range off'
  return `${title}: score ≥ ${surprise}${jump ? ', jump on' : ''}${off}${votes}, quiet for ${quietMs / 3_600_000} h`
}
