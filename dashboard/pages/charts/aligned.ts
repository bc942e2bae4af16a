import { type Columns, isGap } from './model.ts'

/** uPlot's form: instants, then upper edge, lower edge and middle; `null` breaks the line. */
export type AlignedData = [number[], (number | null)[], (number | null)[], (number | null)[]]

const finite = (value: number | undefined): number | null =>
  value !== undefined && Number.isFinite(value) ? value : null

function ascendingOrder(at: readonly number[]): readonly number[] {
  const order = at.map((_, index) => index).filter((index) => Number.isFinite(at[index]))
  const sorted = order.every((index, place) => place === 0 || (at[order[place - 1] ?? 0] ?? 0) <= (at[index] ?? 0))
  return sorted ? order : order.sort((a, b) => (at[a] ?? 0) - (at[b] ?? 0) || a - b)
}

/** Of several rows for one instant the one given last stands. */
function lastOfEach(order: readonly number[], at: readonly number[]): readonly number[] {
  return order.filter((index, place) => at[index] !== at[order[place + 1] ?? -1])
}

/**
 * Sorted, each instant once, columns of equal length, and a `null` row where readings are missing: a gap is shown as a gap,
 * not bridged by a line that nobody measured.
 */
export function toAlignedData(columns: Columns, gapMs: number): AlignedData {
  const data: AlignedData = [[], [], [], []]
  const [at, upper, lower, middle] = data
  const rows = lastOfEach(ascendingOrder(columns.at), columns.at)
  const instants = rows.map((index) => columns.at[index] ?? 0)
  for (const [place, index] of rows.entries()) {
    const instant = instants[place] ?? 0
    at.push(instant)
    upper.push(finite(columns.max[index]))
    lower.push(finite(columns.min[index]))
    middle.push(finite(columns.mean[index]))
    const next = instants[place + 1] ?? instant
    if (next - instant < 2 || !isGap(instants, place, gapMs)) continue
    at.push(instant + Math.floor((next - instant) / 2))
    for (const column of [upper, lower, middle]) column.push(null)
  }
  return data
}

/** Indices of values with nothing on either side: a line cannot show them, so they are drawn as dots. */
export function isolated(values: readonly (number | null)[]): readonly number[] {
  return values.flatMap((value, index) =>
    value !== null && (values[index - 1] ?? null) === null && (values[index + 1] ?? null) === null ? [index] : [],
  )
}

/** The index nearest to an instant, by binary search. */
export function indexNear(at: readonly number[], instant: number): number | undefined {
  if (at.length === 0) return undefined
  let low = 0
  let high = at.length - 1
  while (low < high) {
    const middle = (low + high) >> 1
    if ((at[middle] ?? 0) < instant) low = middle + 1
    else high = middle
  }
  const before = low - 1
  return before >= 0 && instant - (at[before] ?? 0) <= (at[low] ?? 0) - instant ? before : low
}

/** The reading that a moment on the chart stands for: the nearest, but none in a gap and none beyond the ends. */
export function readingAt(at: readonly number[], instant: number, gapMs: number): number | undefined {
  const near = indexNear(at, instant)
  if (near === undefined) return undefined
  const distance = instant - (at[near] ?? 0)
  if (Math.abs(distance) <= gapMs) return near
  const left = distance > 0 ? near : near - 1
  return left < 0 || left >= at.length - 1 || isGap(at, left, gapMs) ? undefined : near
}

// A page left open for a week must not grow for a week; the next fetch brings the range anew anyway.
const livePointsMax = 20_000

/** Adds a reading that came by the stream. One that is already there, or older than the newest, changes nothing. */
export function withReading(
  columns: Columns,
  reading: { readonly at: number; readonly value: number; readonly quality: NonNullable<Columns['quality']>[number] },
): Columns {
  const newest = columns.at.at(-1)
  if (newest !== undefined && reading.at <= newest) return columns
  const keep = <T>(column: readonly T[], next: T): T[] => [...column.slice(-livePointsMax), next]
  return {
    at: keep(columns.at, reading.at),
    min: keep(columns.min, reading.value),
    max: keep(columns.max, reading.value),
    mean: keep(columns.mean, reading.value),
    quality: columns.quality ? keep(columns.quality, reading.quality) : null,
  }
}
