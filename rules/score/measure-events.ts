import type { DurationMs, Instant } from '../../city/index.ts'
import type { Alert } from './alerting.ts'
import type { LabelledEvent, RecordedSeries } from './recording.ts'

export type EventOptions = {
  /** Alerts of one unit closer than this are one incident. */
  readonly mergeMs: DurationMs
  /** So long an alert stands where time is measured instead of events. */
  readonly holdMs: DurationMs
  /** So long before an event an incident still counts as having announced it, and so long after it as having seen it. */
  readonly leadMs: DurationMs
  readonly toleranceMs: DurationMs
  /** From when on alerts count; otherwise from `warmUpShare` of each series on. */
  readonly countedFrom: Instant | undefined
}

export const warmUpShare = 0.15

/** Units are what labels name: series, or whole assets where no label names a quantity. */
export type UnitMeasure = {
  readonly asset: string
  readonly sensors: number
  readonly events: number
  readonly detected: number
  readonly incidents: number
  readonly falseIncidents: number
  readonly delaysMs: readonly DurationMs[]
  readonly normalMs: DurationMs
}

/** One of what labels name, with its events and the alerts about it. */
export type Unit = {
  readonly asset: string
  from: Instant
  to: Instant
  sensors: number
  readonly events: { readonly startAt: Instant; readonly endAt: Instant; hitAt: Instant | undefined }[]
  readonly alerts: Instant[]
}

/** Event by event, without point adjustment: an incident is right when it touches an event, an event found when touched. */
export function measureEvents(
  series: readonly RecordedSeries[],
  events: readonly LabelledEvent[],
  alerts: readonly Pick<Alert, 'asset' | 'quantity' | 'at'>[],
  options: EventOptions,
): readonly UnitMeasure[] {
  return unitsWith(series, events, alerts, options).map((unit) => measureUnit(unit, options))
}

/** The units of a recording; nothing before alerts count is in them. */
export function unitsWith(
  series: readonly RecordedSeries[],
  events: readonly LabelledEvent[],
  alerts: readonly Pick<Alert, 'asset' | 'quantity' | 'at'>[],
  options: EventOptions,
): Unit[] {
  const keyOf = unitNames(events)
  const units = unitsOf(series, keyOf, options)
  for (const { asset, quantity, startAt, endAt } of events) {
    const unit = units.get(keyOf(asset, quantity))
    if (unit !== undefined && endAt >= Math.max(startAt, unit.from))
      unit.events.push({ startAt: Math.max(startAt, unit.from), endAt, hitAt: undefined })
  }
  for (const { asset, quantity, at } of alerts) {
    const unit = units.get(keyOf(asset, quantity))
    if (unit !== undefined && at >= unit.from) unit.alerts.push(at)
  }
  return [...units.values()]
}

/** What the labels name: series as soon as one of them names a quantity, else assets. */
function unitNames(events: readonly LabelledEvent[]): (asset: string, quantity: string | undefined) => string {
  const perQuantity = events.some(({ quantity }) => quantity !== undefined)
  return (asset, quantity) => (perQuantity ? `${asset}|${quantity}` : asset)
}

/** Why labelled events are not counted, and how many each. */
export type Uncounted = {
  readonly nowhere: readonly LabelledEvent[]
  readonly backwards: number
  readonly early: number
}

/** Labelled events that no alert could have found. */
export function uncountedIn(
  series: readonly RecordedSeries[],
  events: readonly LabelledEvent[],
  options: EventOptions,
): Uncounted {
  const keyOf = unitNames(events)
  const units = unitsOf(series, keyOf, options)
  const nowhere: LabelledEvent[] = []
  let backwards = 0
  let early = 0
  for (const event of events) {
    const unit = units.get(keyOf(event.asset, event.quantity))
    if (unit === undefined) nowhere.push(event)
    else if (event.endAt < event.startAt) backwards++
    else if (event.endAt < unit.from) early++
  }
  return { nowhere, backwards, early }
}

function unitsOf(
  series: readonly RecordedSeries[],
  keyOf: (asset: string, quantity: string) => string,
  { countedFrom }: EventOptions,
): ReadonlyMap<string, Unit> {
  const units = new Map<string, Unit>()
  for (const { asset, quantity, at, order } of series) {
    const rows = order.length
    const momentAt = (index: number) => at[order[index] as number] as Instant
    const from = countedFrom ?? momentAt(Math.min(rows - 1, Math.floor(warmUpShare * rows)))
    const to = momentAt(rows - 1)
    const key = keyOf(asset, quantity)
    const unit = units.get(key)
    if (unit === undefined) units.set(key, { asset, from, to, sensors: 1, events: [], alerts: [] })
    else {
      unit.from = Math.min(unit.from, from)
      unit.to = Math.max(unit.to, to)
      unit.sensors++
    }
  }
  return units
}

function measureUnit(unit: Unit, { mergeMs, leadMs, toleranceMs }: EventOptions): UnitMeasure {
  const incidents = incidentsOf(unit.alerts, mergeMs)
  let falseIncidents = 0
  for (const incident of incidents) {
    let right = false
    for (const event of unit.events) {
      if (incident.to < event.startAt - leadMs || incident.from > event.endAt + toleranceMs) continue
      right = true
      const hitAt = Math.max(incident.from, event.startAt - leadMs)
      if (event.hitAt === undefined || hitAt < event.hitAt) event.hitAt = hitAt
    }
    if (!right) falseIncidents++
  }
  const eventMs = unit.events.reduce((sum, { startAt, endAt }) => sum + endAt - startAt + leadMs + toleranceMs, 0)
  const delaysMs = unit.events.flatMap(({ startAt, hitAt }) => (hitAt === undefined ? [] : [hitAt - startAt]))
  return {
    asset: unit.asset,
    sensors: unit.sensors,
    events: unit.events.length,
    detected: delaysMs.length,
    incidents: incidents.length,
    falseIncidents,
    delaysMs,
    normalMs: Math.max(0, Math.max(0, unit.to - unit.from) - eventMs),
  }
}

function incidentsOf(alerts: Instant[], mergeMs: DurationMs): { readonly from: Instant; readonly to: Instant }[] {
  const incidents: { from: Instant; to: Instant }[] = []
  for (const at of alerts.sort((one, other) => one - other)) {
    const last = incidents[incidents.length - 1]
    if (last !== undefined && at - last.to <= mergeMs) last.to = at
    else incidents.push({ from: at, to: at })
  }
  return incidents
}

export type EventTotals = {
  readonly events: number
  readonly detected: number
  readonly incidents: number
  readonly falseIncidents: number
  readonly recall: number | undefined
  readonly precision: number | undefined
  readonly f1: number
  readonly falsePerSensorMonth: number | undefined
  readonly falsePerAssetMonth: number | undefined
  readonly delaysMs: readonly DurationMs[]
}

const monthMs = 30.44 * 86_400_000

export function totalsOf(units: readonly UnitMeasure[]): EventTotals {
  const sum = (of: (unit: UnitMeasure) => number) => units.reduce((total, unit) => total + of(unit), 0)
  const events = sum((unit) => unit.events)
  const detected = sum((unit) => unit.detected)
  const incidents = sum((unit) => unit.incidents)
  const falseIncidents = sum((unit) => unit.falseIncidents)
  const recall = events === 0 ? undefined : detected / events
  const precision = incidents === 0 ? undefined : (incidents - falseIncidents) / incidents
  const sensorMs = sum((unit) => unit.normalMs * unit.sensors)
  return {
    events,
    detected,
    incidents,
    falseIncidents,
    recall,
    precision,
    f1: recall && precision ? (2 * recall * precision) / (recall + precision) : 0,
    falsePerSensorMonth: sensorMs === 0 ? undefined : falseIncidents / (sensorMs / monthMs),
    falsePerAssetMonth: perAssetMonth(units, falseIncidents),
    delaysMs: units.flatMap(({ delaysMs }) => delaysMs).sort((one, other) => one - other),
  }
}

/** An asset's time is the mean of its units'. */
function perAssetMonth(units: readonly UnitMeasure[], falseIncidents: number): number | undefined {
  const byAsset = new Map<string, { ms: number; units: number }>()
  for (const { asset, normalMs } of units) {
    const found = byAsset.get(asset) ?? { ms: 0, units: 0 }
    byAsset.set(asset, { ms: found.ms + normalMs, units: found.units + 1 })
  }
  const assetMs = [...byAsset.values()].reduce((total, each) => total + each.ms / each.units, 0)
  return assetMs === 0 ? undefined : falseIncidents / (assetMs / monthMs)
}

/** The value below which this share of them lies, of numbers in rising order. */
export function quantileOf(sorted: readonly number[], share: number): number | undefined {
  if (sorted.length === 0) return undefined
  const place = share * (sorted.length - 1)
  const low = sorted[Math.floor(place)] ?? 0
  return low + ((sorted[Math.ceil(place)] ?? low) - low) * (place - Math.floor(place))
}
