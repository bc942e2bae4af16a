/** Histories of things that ran until they failed: the last row of each is its failure. */
export type RunTable = {
  readonly quantities: readonly string[]
  readonly runs: readonly Run[]
}

export type Run = {
  readonly unit: string
  /** Rising; in whatever the table counts time in. */
  readonly at: Float64Array
  /** Row by row, as many as there are quantities; `NaN` where nothing was measured. */
  readonly values: Float64Array
}

export type TableOutcome =
  | { readonly kind: 'read'; readonly table: RunTable; readonly time: TableTime }
  | { readonly kind: 'fault'; readonly line: number; readonly message: string }

/** What the table counts time in: cycles of a C-MAPSS set, hours where it says ISO times, else its own steps. */
export type TableTime = 'cycle' | 'hour' | 'step'

/** What a generic table calls its unit and its time; other columns are quantities. */
export type TableColumns = { readonly unit: string; readonly time: string }

/** Unit, cycle, three settings, twenty-one sensors, parted by blanks: NASA's turbofan sets. */
const turbofanColumns = 26
const turbofanSettings = 3

const turbofanLine = /^\s*\d+\s+\d+(\s+[-+.\deE]+){24}\s*$/
const isoDate = /(^|[,;\t])"?\d{4}-\d{2}-\d{2}/
const hourMs = 3_600_000

class TableFault {
  readonly line: number
  readonly message: string
  constructor(line: number, message: string) {
    this.line = line
    this.message = message
  }
}

/** Reads a run-to-failure table: the C-MAPSS layout, or a CSV file with a header. */
export function readRunTable(text: string, columns: TableColumns): TableOutcome {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/)
  try {
    if (turbofanLine.test(lines[0] ?? '')) return { kind: 'read', time: 'cycle', table: turbofanTable(lines) }
    const isDated = isoDate.test(lines[1] ?? '')
    return { kind: 'read', time: isDated ? 'hour' : 'step', table: csvTable(lines, columns) }
  } catch (fault) {
    if (fault instanceof TableFault) return { kind: 'fault', line: fault.line, message: fault.message }
    throw fault
  }
}

type Row = { readonly unit: string; readonly time: number; readonly values: readonly number[]; readonly line: number }

function turbofanTable(lines: readonly string[]): RunTable {
  const rows = lines.flatMap((text, index): Row[] => {
    if (text.trim() === '') return []
    const cells = text.trim().split(/\s+/)
    if (cells.length !== turbofanColumns)
      throw new TableFault(index + 1, `${cells.length} columns: expected ${turbofanColumns}, as in the first line`)
    const [unit = '', ...rest] = cells
    const [time = Number.NaN, ...values] = rest.map((cell) => numberIn(cell, index + 1))
    return [{ unit, time, values, line: index + 1 }]
  })
  const sensors = turbofanColumns - 2 - turbofanSettings
  const quantities = [
    ...Array.from({ length: turbofanSettings }, (_, index) => `setting-${index + 1}`),
    ...Array.from({ length: sensors }, (_, index) => `sensor-${index + 1}`),
  ]
  return tableOf(rows, quantities)
}

function csvTable(lines: readonly string[], columns: TableColumns): RunTable {
  const header = (lines[0] ?? '').split(/[,;\t]/).map((cell) => unquoted(cell))
  const separator = /[,;\t]/.exec(lines[0] ?? '')?.[0] ?? ','
  const unitAt = columnOf(header, columns.unit)
  const timeAt = columnOf(header, columns.time)
  const valuesAt = header.flatMap((_, index) => (index === unitAt || index === timeAt ? [] : [index]))
  if (valuesAt.length === 0) throw new TableFault(1, 'no quantity: expected columns besides unit and time')
  const rows = lines.slice(1).flatMap((text, index): Row[] => {
    if (text.trim() === '') return []
    const cells = text.split(separator).map(unquoted)
    const line = index + 2
    if (cells.length !== header.length)
      throw new TableFault(line, `${cells.length} columns: expected ${header.length}, as in the header`)
    const value = (place: number) => (cells[place] === '' ? Number.NaN : numberIn(cells[place] ?? '', line))
    return [{ unit: cells[unitAt] ?? '', time: timeIn(cells[timeAt] ?? '', line), values: valuesAt.map(value), line }]
  })
  return tableOf(
    rows,
    valuesAt.map((place) => header[place] ?? ''),
  )
}

function unquoted(cell: string): string {
  return cell.trim().replace(/^"(.*)"$/, '$1')
}

function columnOf(header: readonly string[], name: string): number {
  const place = header.indexOf(name)
  if (place < 0) throw new TableFault(1, `no column "${name}" among ${header.map((cell) => `"${cell}"`).join(', ')}`)
  return place
}

function numberIn(cell: string, line: number): number {
  const value = cell === '' ? Number.NaN : Number(cell)
  if (!Number.isFinite(value)) throw new TableFault(line, `"${cell}": expected a number`)
  return value
}

/** A number as it is, or an ISO 8601 time in hours since 1970. */
function timeIn(cell: string, line: number): number {
  const value = isoDate.test(cell) ? Date.parse(cell) / hourMs : Number(cell)
  if (cell === '' || !Number.isFinite(value)) throw new TableFault(line, `"${cell}": expected a number or an ISO time`)
  return value
}

function tableOf(rows: readonly Row[], quantities: readonly string[]): RunTable {
  const byUnit = new Map<string, Row[]>()
  for (const row of rows) {
    const some = byUnit.get(row.unit)
    if (some === undefined) byUnit.set(row.unit, [row])
    else {
      if (row.time <= (some.at(-1)?.time ?? Number.NEGATIVE_INFINITY))
        throw new TableFault(row.line, `time ${row.time} of unit "${row.unit}": expected later than the row before`)
      some.push(row)
    }
  }
  const runs = [...byUnit].map(([unit, own]) => ({
    unit,
    at: Float64Array.from(own, ({ time }) => time),
    values: Float64Array.from(own.flatMap(({ values }) => values)),
  }))
  return { quantities, runs }
}

/** The same table with some of its quantities only. */
export function withQuantities(table: RunTable, wanted: readonly string[]): RunTable {
  const places = wanted.map((name) => table.quantities.indexOf(name))
  const width = table.quantities.length
  const runs = table.runs.map(({ unit, at, values }) => {
    const picked = new Float64Array(at.length * places.length)
    for (let row = 0; row < at.length; row++)
      for (const [index, place] of places.entries())
        picked[row * places.length + index] = values[row * width + place] as number
    return { unit, at, values: picked }
  })
  return { quantities: wanted, runs }
}

/** Quantities that say something: present throughout and not the same value everywhere. */
export function tellingQuantities(table: RunTable): string[] {
  const width = table.quantities.length
  return table.quantities.filter((_, place) => {
    let min = Number.POSITIVE_INFINITY
    let max = Number.NEGATIVE_INFINITY
    let missing = 0
    let rows = 0
    for (const { at, values } of table.runs)
      for (let row = 0; row < at.length; row++) {
        const value = values[row * width + place] as number
        rows++
        if (Number.isNaN(value)) missing++
        else {
          min = Math.min(min, value)
          max = Math.max(max, value)
        }
      }
    return missing < rows / 2 && max - min > 1e-9 * Math.max(1, Math.abs(max))
  })
}
