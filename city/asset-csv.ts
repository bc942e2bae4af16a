import Papa from 'papaparse'
import type { Asset, AssetId } from './asset.ts'
import type { AssetClass } from './asset-class.ts'
import { type AssetRecord, assetsOf, recordField, recordFields, registeredIds } from './asset-record.ts'
import { type FileFault, FileFaults } from './fault.ts'
import { readText } from './yaml-file.ts'

const required = ['id', 'name', 'class', 'criticality', 'latitude', 'longitude']

/**
 * Assets from a table with a heading line: `id, name, class, criticality, latitude, longitude` and, where wanted,
 * `address, district, part of, fed by, reports through, quantities, installed`, in any order. Comma, semicolon or tab;
 * with the latter two, numbers may have a decimal comma. Throws FileFaults with every fault and its line.
 */
export function readAssetsCsv(path: string, classes: readonly AssetClass[], registered?: Iterable<AssetId>): Asset[] {
  const { rows, delimiter, faults } = readRows(path)
  const [heading, ...lines] = rows
  if (heading === undefined) throw new FileFaults([{ file: path, line: 1, message: `the file is empty: ${expected}` }])
  const fields = heading.cells.map((cell) => recordField(cell))
  for (const [index, { field, meant }] of fields.entries()) {
    if (field !== undefined || heading.cells[index] === '') continue
    const hint = meant === undefined ? `; ${expected}` : `; did you mean "${meant}"?`
    faults.push({ file: path, line: heading.line, message: `unknown column "${heading.cells[index]}"${hint}` })
  }
  const missing = required.filter((name) => !fields.some(({ field }) => field === name))
  if (missing.length > 0) {
    faults.push({ file: path, line: heading.line, message: `column ${missing.join(', ')} is missing; ${expected}` })
    throw new FileFaults(faults)
  }
  const records = lines.map((row): AssetRecord => {
    if (row.cells.length > fields.length) {
      const message = `${row.cells.length} cells, but the heading has ${fields.length}: a text with "${delimiter}" in it needs quotation marks`
      faults.push({ file: path, line: row.line, message })
    }
    const cells = row.cells.map((cell, index) => [fields[index]?.field, decimalPoint(cell, delimiter)] as const)
    return { fields: Object.fromEntries(cells.filter(([field]) => field !== undefined)), place: { line: row.line } }
  })
  return assetsOf(path, records, classes, registeredIds(registered), faults)
}

const expected = `expected columns ${recordFields.join(', ')}`

type Row = { readonly line: number; readonly cells: readonly string[] }

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
      const cells = data.map((cell) => cell.trim())
      if (cells.some((cell) => cell !== '')) rows.push({ line, cells })
      line += text.slice(start, meta.cursor).split('\n').length - 1
      start = meta.cursor
    },
  })
  return { rows, delimiter, faults }
}

/** `48,137` is a number where the comma does not part the cells. */
function decimalPoint(cell: string, delimiter: string): string {
  return delimiter !== ',' && /^[+-]?\d+,\d+$/.test(cell) ? cell.replace(',', '.') : cell
}
