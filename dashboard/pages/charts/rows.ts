import type { Columns } from './model.ts'

export type Row = { readonly at: number; readonly min: number; readonly max: number; readonly mean: number }

/** Rows of a chart's table: as they are when they are few, else equal slices of the time, each with its least, most and middle. */
export function tableRows(columns: Columns, rowsMax: number): readonly Row[] {
  const count = columns.at.length
  if (count === 0) return []
  const row = (index: number): Row => ({
    at: columns.at[index] ?? 0,
    min: columns.min[index] ?? 0,
    max: columns.max[index] ?? 0,
    mean: columns.mean[index] ?? 0,
  })
  if (count <= rowsMax) return columns.at.map((_, index) => row(index))
  const first = columns.at[0] ?? 0
  const width = ((columns.at.at(-1) ?? 0) - first + 1) / rowsMax
  const rows: (Row & { count: number })[] = []
  let slice = -1
  for (let index = 0; index < count; index++) {
    const next = row(index)
    const place = Math.floor((next.at - first) / width)
    const last = rows.at(-1)
    if (place !== slice || !last) {
      rows.push({ ...next, at: Math.round(first + place * width), count: 1 })
      slice = place
    } else
      rows[rows.length - 1] = {
        at: last.at,
        min: Math.min(last.min, next.min),
        max: Math.max(last.max, next.max),
        mean: last.mean + (next.mean - last.mean) / (last.count + 1),
        count: last.count + 1,
      }
  }
  return rows
}
