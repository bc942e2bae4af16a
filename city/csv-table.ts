import Papa from 'papaparse'
import { type FileFault, FileFaults } from './fault.ts'
import { foldName, nearestName } from './nearest-name.ts'
import { readText } from './yaml-file.ts'

/** Where a cell stands: line and column of its first character, from 1. */
export type CsvCell = { readonly text: string; readonly line: number; readonly column: number }

/** A row by the names of its columns; an empty cell is left out. */
export type CsvRecord = { readonly line: number; readonly cells: Readonly<Record<string, CsvCell>> }

export type CsvTable = { readonly records: readonly CsvRecord[]; readonly faults: FileFault[] }

export type CsvShape = { readonly columns: readonly string[]; readonly required: readonly string[] }

/**
 * A table with a heading line, its columns in any order, written `Fed by`, `fed_by` or `FED-BY`. Comma, semicolon or tab;
 * with the latter two, numbers may have a decimal comma. Throws FileFaults when there is no heading to read it by; the
 * faults of single rows are in the answer.
 */
export function readCsvTable(path: string, { columns, required }: CsvShape): CsvTable {
  const { rows, delimiter, faults } = readRows(path)
  const [heading, ...lines] = rows
  const expected = `expected columns ${columns.join(', ')}`
  if (heading === undefined) throw new FileFaults([{ file: path, line: 1, message: `the file is empty: ${expected}` }])
  const fields = heading.cells.map(({ text }) => columnOf(text, columns))
  for (const [index, { field, meant }] of fields.entries()) {
    const cell = heading.cells[index]
    if (field !== undefined || cell === undefined || cell.text === '') continue
    const hint = meant === undefined ? `; ${expected}` : `; did you mean "${meant}"?`
    faults.push({ file: path, line: cell.line, message: `unknown column "${cell.text}"${hint}` })
  }
  const missing = required.filter((name) => !fields.some(({ field }) => field === name))
  if (missing.length > 0) {
    faults.push({ file: path, line: heading.line, message: `column ${missing.join(', ')} is missing; ${expected}` })
    throw new FileFaults(faults)
  }
  const records = lines.map((row): CsvRecord => {
    if (row.cells.length > fields.length) {
      const message = `${row.cells.length} cells, but the heading has ${fields.length}: a text with "${delimiter}" in it needs quotation marks`
      faults.push({ file: path, line: row.line, message })
    }
    const named = row.cells.flatMap((cell, index) => {
      const field = fields[index]?.field
      return field === undefined || cell.text === ''
        ? []
        : [[field, { ...cell, text: decimalPoint(cell.text, delimiter) }] as const]
    })
    return { line: row.line, cells: Object.fromEntries(named) }
  })
  return { records, faults }
}

/** The column that a heading stands for, or the one that was probably meant. */
export function columnOf(
  written: string,
  columns: readonly string[],
): { readonly field?: string; readonly meant?: string } {
  const field = columns.find((each) => foldName(each) === foldName(written))
  if (field !== undefined) return { field }
  const meant = nearestName(written, columns)
  return meant === undefined ? {} : { meant }
}

/** Whether the file's heading line has these columns, so that it can be told what the table is of. */
export function csvHasColumns(path: string, columns: readonly string[]): boolean {
  const [heading = ''] = readText(path)
    .replace(/^\ufeff/, '')
    .split(/\r?\n/, 1)
  const names = new Set(heading.split(/[,;\t]/).map((cell) => foldName(cell)))
  return columns.every((column) => names.has(foldName(column)))
}

type Row = { readonly line: number; readonly cells: readonly CsvCell[] }

/** The rows that hold something, each with the line that it begins on (a quoted cell may run over several). */
function readRows(path: string): { rows: Row[]; delimiter: string; faults: FileFault[] } {
  const text = readText(path).replace(/^\ufeff/, '')
  const rows: Row[] = []
  const faults: FileFault[] = []
  let delimiter = ','
  let line = 1
  let start = 0
  Papa.parse<string[]>(text, {
    delimitersToGuess: [',', ';', '\t'],
    step: ({ data, errors, meta }) => {
      delimiter = meta.delimiter
      for (const error of errors)
        if (error.code !== 'UndetectableDelimiter') faults.push({ file: path, line, message: error.message })
      const raw = text.slice(start, meta.cursor)
      if (data.some((cell) => cell.trim() !== '')) {
        const places = cellPlaces(raw, delimiter, line)
        const cells = data.map((cell, index) => ({ text: cell.trim(), ...(places[index] ?? { line, column: 1 }) }))
        rows.push({ line, cells })
      }
      line += raw.split('\n').length - 1
      start = meta.cursor
    },
  })
  return { rows, delimiter, faults }
}

/** Where each cell of a row begins; what stands within quotation marks parts no cells. */
function cellPlaces(row: string, delimiter: string, firstLine: number): { line: number; column: number }[] {
  const places = [{ line: firstLine, column: 1 }]
  let quoted = false
  let line = firstLine
  let lineStart = 0
  for (let at = 0; at < row.length; at += 1) {
    const letter = row[at]
    if (letter === '"') quoted = !quoted
    else if (letter === '\n') {
      line += 1
      lineStart = at + 1
    } else if (letter === delimiter && !quoted) places.push({ line, column: at + 2 - lineStart })
  }
  return places
}

/** `48,137` is a number where the comma does not part the cells. */
function decimalPoint(cell: string, delimiter: string): string {
  return delimiter !== ',' && /^[+-]?\d+,\d+$/.test(cell) ? cell.replace(',', '.') : cell
}
