import type { Instant } from '../../city/index.ts'
import type { LineFault, Point } from './line-protocol.ts'
import { sourceName, sourceNameLengthMax } from './source-name.ts'

/** Units of a timestamp, in nanoseconds: those of InfluxDB 2, and the older ones of its version 1. */
export const precisions = {
  ns: 1n,
  us: 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  n: 1n,
  u: 1_000n,
  µ: 1_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
} as const
export type Precision = keyof typeof precisions

export type LineSender = {
  /** Who sent it: an API token's title, or a user. */
  readonly name: string
  readonly precision: Precision
  readonly receivedAt: Instant
  /** Whether there is a sensor `asset/quantity`. */
  knowsSensor(sensor: string): boolean
  knowsAsset(asset: string): boolean
}

/** A value of a line. */
export type LineReading = {
  readonly line: number
  readonly sensor: string
  readonly value: number
  /** Absent when the line has no timestamp. */
  readonly observedAt: Instant | undefined
}

export type LineReadings = { readonly readings: readonly LineReading[]; readonly faults: readonly LineFault[] }

/** What the points say of sensors. Texts are no readings and are passed over, unless a line has nothing else. */
export function lineReadings(points: readonly Point[], sender: LineSender): LineReadings {
  const readings: LineReading[] = []
  const faults: LineFault[] = []
  for (const point of points) {
    const observedAt = timeOf(point.timestamp, sender)
    if (typeof observedAt === 'string') faults.push({ line: point.line, column: 1, detail: observedAt })
    else readFields(point, observedAt, sender, readings, faults)
  }
  return { readings, faults }
}

function readFields(
  point: Point,
  observedAt: Instant | undefined,
  sender: LineSender,
  readings: LineReading[],
  faults: LineFault[],
): void {
  const { line } = point
  const series = seriesOf(point)
  // It would be repeated in front of each of many fields.
  if (series.length > sourceNameLengthMax) {
    faults.push({ line, column: 1, detail: `measurement and tags have more than ${sourceNameLengthMax} characters` })
    return
  }
  let numbers = 0
  for (const [field, value] of point.fields) {
    if (value.kind === 'text') continue
    numbers++
    const sensor = placeOf(point, series, field, sender)
    if (typeof sensor !== 'string') faults.push({ line, column: 1, detail: sensor.detail })
    else readings.push({ line, sensor, value: Number(value.value), observedAt })
  }
  if (numbers === 0)
    faults.push({ line, column: 1, detail: 'all fields are texts: only numbers and booleans are kept' })
}

/**
 * Which sensor a field means: `asset` (or `sensor`) as a tag, or the measurement, names the asset, and the field the
 * quantity; where the field is called `value`, as many agents do, the tag `quantity` or the measurement names it. Any
 * other is a name of the sender's own: the series as InfluxDB writes it, and the field.
 */
function placeOf({ measurement, tags }: Point, series: string, field: string, sender: LineSender) {
  const tagged = tags.get('asset') ?? tags.get('sensor')
  if (tagged !== undefined && field === 'value' && sender.knowsSensor(tagged)) return tagged
  for (const asset of tagged === undefined ? [measurement] : [tagged]) {
    if (sender.knowsSensor(`${asset}/${field}`)) return `${asset}/${field}`
    for (const quantity of field === 'value' ? [tags.get('quantity'), measurement] : [])
      if (quantity !== undefined && sender.knowsSensor(`${asset}/${quantity}`)) return `${asset}/${quantity}`
  }
  // The asset is ours, so this is a quantity written wrongly; the answer says which was probably meant.
  if (tagged !== undefined && sender.knowsAsset(tagged))
    return `${tagged}/${field === 'value' ? (tags.get('quantity') ?? measurement) : field}`
  return sourceName('line', sender.name, `${series}/${field}`)
}

/** `pump,host=gw-1,site=north`: tags sorted, escaped as in the protocol. */
function seriesOf({ measurement, tags }: Point): string {
  const sorted = [...tags].sort(([a], [b]) => (a < b ? -1 : 1))
  return [
    escaped(measurement, false),
    ...sorted.map(([key, value]) => `${escaped(key, true)}=${escaped(value, true)}`),
  ].join(',')
}

function escaped(text: string, equalsToo: boolean): string {
  return text.replace(equalsToo ? /[, =]/g : /[, ]/g, '\\$&')
}

const instantMax = 253_402_300_799_999
// Before this no sensor of ours was built; it is a timestamp of another precision.
const plausibleFrom = Date.UTC(2000, 0, 1)
const yearMs = 366 * 86_400_000

function timeOf(timestamp: bigint | undefined, { precision, receivedAt }: LineSender): Instant | undefined | string {
  if (timestamp === undefined) return undefined
  const at = inMs(timestamp, precision)
  if (at >= plausibleFrom && at <= receivedAt + yearMs) return at
  const meant = (['s', 'ms', 'us', 'ns'] as const).find((other) => {
    const otherAt = inMs(timestamp, other)
    return otherAt >= plausibleFrom && otherAt <= receivedAt + yearMs
  })
  if (meant !== undefined)
    return `timestamp ${timestamp} is no time of these years in ${precision}: it looks like ${meant}, add precision=${meant}`
  return at >= 0 && at <= instantMax ? at : `timestamp ${timestamp} is no time in ${precision}`
}

function inMs(timestamp: bigint, precision: Precision): number {
  return Number((timestamp * precisions[precision]) / precisions.ms)
}
