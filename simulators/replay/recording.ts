import { createReadStream } from 'node:fs'
import Papa from 'papaparse'
import { type AssetId, type FileFault, type Instant, parseSensorId, Refusal } from '../../city/index.ts'
import { TimeColumn } from './time-column.ts'

/** Which column is what. */
export type ColumnMap = {
  readonly timeColumn: string
  /** `asset/quantity` by column name. */
  readonly sensors: ReadonlyMap<string, string>
  /** IANA name; for times that say no zone. */
  readonly zone: string
}

/** One row of the recording, by asset. */
export type Recorded = {
  readonly line: number
  readonly at: Instant
  readonly values: ReadonlyMap<AssetId, Readonly<Record<string, number>>>
}

export type RecordingEvents = { fault(fault: FileFault): void }

// Text that recorders write where they measured nothing.
const nothing: ReadonlySet<string> = new Set(['', 'na', 'nan', 'null', 'none', '-', '--'])

type Wanted = { readonly column: number; readonly asset: AssetId; readonly quantity: string; readonly name: string }
type Layout = { readonly time: number; readonly wanted: readonly Wanted[] }

/** Reads the rows of a CSV file one after the other; the file may be larger than memory. Rows that cannot be used are faults. */
export async function* recordedRows(file: string, map: ColumnMap, events: RecordingEvents): AsyncGenerator<Recorded> {
  const times = timesOf(map)
  let layout: Layout | undefined
  let line = 1
  for await (const cells of cellsOf(file)) {
    const here = line
    line += 1 + cells.reduce((sum, cell) => sum + cell.split('\n').length - 1, 0)
    if (layout === undefined) {
      layout = layoutOf(file, cells, map)
      continue
    }
    if (cells.length === 1 && cells[0]?.trim() === '') continue
    const fault = (message: string) => events.fault({ file, line: here, message })
    const at = times.read(cells[layout.time] ?? '')
    if (at === undefined) {
      const found = cells[layout.time] ?? ''
      fault(`time ${JSON.stringify(found)}: expected ISO 8601, YYYY-MM-DD HH:MM:SS, or Unix seconds or milliseconds`)
      continue
    }
    const values = valuesOf(cells, layout, fault)
    if (values.size > 0) yield { line: here, at, values }
  }
  if (layout === undefined) throw new Refusal('REPLAY_FILE_EMPTY', `${file} is empty: expected a line of column names`)
}

function timesOf(map: ColumnMap): TimeColumn {
  try {
    return new TimeColumn(map.zone)
  } catch (cause) {
    throw new Refusal(
      'REPLAY_ZONE_UNKNOWN',
      `zone ${JSON.stringify(map.zone)}: expected a name such as Europe/Berlin or UTC`,
      cause,
    )
  }
}

async function* cellsOf(file: string): AsyncGenerator<readonly string[]> {
  const reading = createReadStream(file, { encoding: 'utf8' })
  const parsing = Papa.parse(Papa.NODE_STREAM_INPUT, { header: false })
  reading.on('error', (error) => parsing.destroy(error))
  try {
    for await (const cells of reading.pipe(parsing)) yield cells as readonly string[]
  } catch (cause) {
    throw new Refusal('REPLAY_FILE_UNREADABLE', `cannot read ${file}: ${reasonOf(cause)}`, cause)
  } finally {
    reading.destroy()
  }
}

function layoutOf(file: string, header: readonly string[], map: ColumnMap): Layout {
  // A byte-order mark is what some spreadsheets put first.
  const names = header.map((name) => name.replace(/^\uFEFF/, '').trim())
  const find = (name: string): number => {
    const column = names.indexOf(name)
    if (column >= 0) return column
    throw new Refusal(
      'REPLAY_COLUMN_UNKNOWN',
      `${file} has no column ${JSON.stringify(name)}; it has ${names.join(', ')}`,
    )
  }
  const wanted = [...map.sensors].map(([name, sensor]) => {
    const [asset = '', quantity = ''] = parseSensorId(sensor)?.split('/') ?? []
    if (asset === '')
      throw new Refusal(
        'REPLAY_SENSOR_INVALID',
        `${JSON.stringify(sensor)}: expected asset/quantity, such as pump-07/vibration`,
      )
    return { column: find(name), asset, quantity, name }
  })
  return { time: find(map.timeColumn), wanted }
}

function valuesOf(
  cells: readonly string[],
  layout: Layout,
  fault: (message: string) => void,
): ReadonlyMap<AssetId, Record<string, number>> {
  const values = new Map<AssetId, Record<string, number>>()
  for (const { column, asset, quantity, name } of layout.wanted) {
    const text = (cells[column] ?? '').trim()
    if (nothing.has(text.toLowerCase())) continue
    const value = numberFrom(text)
    if (value === undefined) {
      fault(`${name} ${JSON.stringify(text)}: expected a number`)
      continue
    }
    const here = values.get(asset)
    if (here === undefined) values.set(asset, { [quantity]: value })
    else here[quantity] = value
  }
  return values
}

/** A number with a decimal point, or with a decimal comma where the file is so written. */
function numberFrom(text: string): number | undefined {
  const value = Number(/^[+-]?\d+,\d+$/.test(text) ? text.replace(',', '.') : text)
  return Number.isFinite(value) ? value : undefined
}

function reasonOf(cause: unknown): string {
  if (typeof cause !== 'object' || cause === null) return String(cause)
  if ('code' in cause && cause.code === 'ENOENT') return 'there is no such file'
  return 'message' in cause ? String(cause.message) : String(cause)
}
