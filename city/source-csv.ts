import { sourceEntry } from './city-schema.ts'
import { type CsvRecord, csvHasColumns, readCsvTable } from './csv-table.ts'
import { type FileFault, FileFaults } from './fault.ts'
import { entryFaults, readEntry } from './schema-faults.ts'
import type { KeptSource, SourceDraft } from './source.ts'
import { checkSources, type KnownSensors } from './source-check.ts'

const shape = { columns: ['source', 'sensor', 'unit', 'factor', 'offset'], required: ['source', 'sensor'] }

/** Whether a table is one of sources and not of assets. */
export function isSourcesCsv(path: string): boolean {
  return csvHasColumns(path, shape.required)
}

/**
 * Sources from a table (csv-table.ts) with the columns `source, sensor` and, where wanted, `unit`, or `factor` and
 * `offset`. Throws FileFaults with every fault, its line and column.
 */
export function readSourcesCsv(path: string, known: KnownSensors): SourceDraft[] {
  const { records, faults } = readCsvTable(path, shape)
  const say = (record: CsvRecord | undefined, field: string, message: string): void => {
    const { line, column } = record?.cells[field] ?? { line: record?.line ?? 1, column: 1 }
    faults.push({ file: path, line, column, message })
  }
  const read = records.flatMap((record) => {
    const entry = entryOf(record)
    const { value, error } = readEntry(sourceEntry, entry, {})
    if (error !== undefined)
      for (const { path, message } of entryFaults(error, { sources: [entry] }, ['sources', 0]))
        say(record, String(path[2] ?? ''), message)
    return value === undefined ? [] : [{ record, source: value }]
  })
  const sources = read.map((each) => each.source)
  for (const issue of checkSources(sources, known)) say(read[issue.index]?.record, issue.field, issue.message)
  if (faults.length > 0) throw new FileFaults(faults.sort(byPlace))
  return sources
}

/** The same table of what is mapped. */
export function writeSourcesCsv(sources: readonly KeptSource[]): string {
  const lines = sources.map(({ name, sensor, unit, factor, offset }) =>
    [name, sensor, unit ?? '', factor ?? '', offset ?? ''].map((cell) => quoted(String(cell))).join(','),
  )
  return [shape.columns.join(','), ...lines, ''].join('\n')
}

function quoted(cell: string): string {
  return /[",;\t\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell
}

/** What is no number is handed on as it is, for the fault to quote. */
function entryOf({ cells }: CsvRecord): Record<string, unknown> {
  const numeric = new Set(['factor', 'offset'])
  return Object.fromEntries(
    Object.entries(cells).map(([field, { text }]) => {
      const isNumber = numeric.has(field) && /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text)
      return [field, isNumber ? Number(text) : text]
    }),
  )
}

export function byPlace(one: FileFault, other: FileFault): number {
  return (one.line ?? 0) - (other.line ?? 0) || (one.column ?? 0) - (other.column ?? 0)
}
