import type { Columns } from './model.ts'

/** uPlot's form: instants, then upper edge, lower edge and middle; `null` breaks the line. */
export type AlignedData = [number[], (number | null)[], (number | null)[], (number | null)[]]

const finite = (value: number | undefined): number | null =>
  value !== undefined && Number.isFinite(value) ? value : null

function ascendingOrder(at: readonly number[]): readonly number[] {
  const order = at.map((_, index) => index).filter((index) => Number.isFinite(at[index]))
  const sorted = order.every((index, place) => place === 0 || (at[order[place - 1] ?? 0] ?? 0) <= (at[index] ?? 0))
  return sorted ? order : order.sort((a, b) => (at[a] ?? 0) - (at[b] ?? 0) || a - b)
}

/**
 * Sorted, each instant once (the last one given wins), columns of equal length, and a `null` row between neighbours that
 * are further apart than `gapMs`: a gap is shown as a gap, not bridged by a line that nobody measured.
 */
export function toAlignedData(columns: Columns, gapMs: number): AlignedData {
  const data: AlignedData = [[], [], [], []]
  const [at, upper, lower, middle] = data
  for (const index of ascendingOrder(columns.at)) {
    const instant = columns.at[index] ?? 0
    const last = at.at(-1)
    if (last === instant) for (const column of data) column.pop()
    else if (last !== undefined && instant - last > Math.max(gapMs, 1)) {
      at.push(last + Math.max(1, Math.floor((instant - last) / 2)))
      upper.push(null)
      lower.push(null)
      middle.push(null)
    }
    at.push(instant)
    upper.push(finite(columns.max[index]))
    lower.push(finite(columns.min[index]))
    middle.push(finite(columns.mean[index]))
  }
  return data
}

/** Indices of values with nothing on either side: a line cannot show them, so they are drawn as dots. */
export function isolated(values: readonly (number | null)[]): readonly number[] {
  return values.flatMap((value, index) =>
    value !== null && (values[index - 1] ?? null) === null && (values[index + 1] ?? null) === null ? [index] : [],
  )
}

/** The index nearest to an instant by binary search, `undefined` when the nearest is further away than `withinMs`. */
export function indexNear(at: readonly number[], instant: number, withinMs = Infinity): number | undefined {
  if (at.length === 0) return undefined
  let low = 0
  let high = at.length - 1
  while (low < high) {
    const middle = (low + high) >> 1
    if ((at[middle] ?? 0) < instant) low = middle + 1
    else high = middle
  }
  const before = low - 1
  const nearer = before >= 0 && instant - (at[before] ?? 0) <= (at[low] ?? 0) - instant ? before : low
  return Math.abs((at[nearer] ?? 0) - instant) <= withinMs ? nearer : undefined
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
