import type { RecordedSeries, RowFault } from './recording.ts'

/** Faults that are kept word for word. */
const faultsKept = 1_000

const timeColumns = ['epoch_s', 'timestamp', 'time', 'datetime']

/**
 * A CSV of a time and a value, with a header or without. Odd rows (no number, no time) stand in the series as `NaN` and are
 * named; moments out of order or twice are put right in `order` and named too.
 *
 * @throws Error saying what was expected, for a file that is no such table
 */
export function readSeries(
  text: string,
  name: { readonly file: string; readonly asset: string; readonly quantity: string },
): RecordedSeries {
  const lines = text.split(/\r?\n/)
  const columns = columnsOf(lines[0] ?? '')
  const rows: string[] = []
  const lineOf: number[] = []
  for (let index = columns.hasHeader ? 1 : 0; index < lines.length; index++) {
    const line = lines[index] ?? ''
    if (line.trim() === '') continue
    rows.push(line)
    lineOf.push(index + 1)
  }
  const faults: RowFault[] = []
  let oddRows = 0
  const say = (row: number, message: string): void => {
    oddRows++
    if (faults.length < faultsKept) faults.push({ line: lineOf[row] ?? 0, message })
  }
  const at = new Float64Array(rows.length)
  const values = new Float64Array(rows.length)
  const written: string[] = []
  rows.forEach((line, row) => {
    const cells = line.split(',')
    const time = unquoted(cells[columns.time])
    const value = unquoted(cells[columns.value])
    written.push(`${time},${value}`)
    at[row] = instantOf(time)
    values[row] = value === '' ? Number.NaN : Number(value)
    if (Number.isNaN(at[row])) say(row, `"${time}": expected a time (Unix seconds or YYYY-MM-DD HH:MM:SS)`)
    else if (!Number.isFinite(values[row])) {
      values[row] = Number.NaN
      say(row, value === '' ? 'no value' : `"${value}": expected a number`)
    }
  })
  const order = orderOf(at, values, say)
  return { ...name, at, values, order, written, faults, oddRows }
}

function columnsOf(first: string): { readonly hasHeader: boolean; readonly time: number; readonly value: number } {
  const cells = first.split(',').map((cell) =>
    unquoted(cell)
      .replace(/^\uFEFF/, '')
      .toLowerCase(),
  )
  if (cells.length < 2) throw new Error(`"${first.slice(0, 60)}": expected a time and a value, divided by a comma`)
  if (!Number.isNaN(instantOf(cells[0] ?? ''))) return { hasHeader: false, time: 0, value: 1 }
  const time = cells.findIndex((cell) => timeColumns.includes(cell))
  const value = cells.indexOf('value')
  if (time === -1 || value === -1)
    throw new Error(`header "${first.slice(0, 60)}": expected a column ${timeColumns.join(' or ')} and a column value`)
  return { hasHeader: true, time, value }
}

function unquoted(cell: string | undefined): string {
  return (cell ?? '').trim().replace(/^"(.*)"$/, '$1')
}

/** Seconds since 1970, or a written time; one without a zone is taken as UTC. */
function instantOf(text: string): number {
  if (/^-?\d+(\.\d+)?$/.test(text)) return Number(text) * 1_000
  const parts = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(Z|[+-]\d\d:?\d\d)?$/.exec(text)
  return parts === null ? Number.NaN : Date.parse(`${parts[1]}T${parts[2]}${parts[3] ?? 'Z'}`)
}

function orderOf(at: Float64Array, values: Float64Array, say: (row: number, message: string) => void): Uint32Array {
  const rows: number[] = []
  let sorted = true
  let last = Number.NEGATIVE_INFINITY
  for (let row = 0; row < at.length; row++) {
    if (Number.isNaN(at[row]) || Number.isNaN(values[row])) continue
    rows.push(row)
    const moment = at[row] as number
    if (moment < last) {
      sorted = false
      say(row, 'out of order: put at its own time')
    }
    last = Math.max(last, moment)
  }
  if (!sorted) rows.sort((one, other) => (at[one] as number) - (at[other] as number) || one - other)
  return Uint32Array.from(
    rows.filter((row, index) => {
      const before = rows[index - 1]
      if (before === undefined || at[before] !== at[row]) return true
      say(row, 'the same moment again: the first one counts')
      return false
    }),
  )
}
