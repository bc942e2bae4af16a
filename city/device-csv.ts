import { type CsvRecord, readCsvTable } from './csv-table.ts'
import type { DeviceDraft } from './description.ts'
import { checkDevices } from './device-check.ts'
import { givenSecretLengthMin } from './device-secrets.ts'
import { type FileFault, FileFaults } from './fault.ts'
import { byPlace } from './source-csv.ts'

const shape = { columns: ['id', 'title', 'assets', 'subscribes', 'publishes'], required: ['id'] }

/** What a table of devices may refer to, and must not repeat. */
export type KnownForDevices = {
  readonly assets: ReadonlyMap<string, unknown>
  readonly devices: ReadonlyMap<string, unknown>
}

/**
 * Devices from a table (csv-table.ts) with the column `id` and, where wanted, `title, assets, subscribes, publishes`;
 * several in one cell are parted by spaces, semicolons or bars. Throws FileFaults with every fault, its line and column.
 */
export function readDevicesCsv(path: string, known: KnownForDevices): DeviceDraft[] {
  const { records, faults } = readCsvTable(path, shape)
  const drafts = records.map(draftOf)
  // A secret of its own is made for each: there is nothing to find wrong with it.
  const secret = '-'.repeat(givenSecretLengthMin)
  const issues = checkDevices(
    drafts.map((draft) => ({ draft, secret })),
    known.assets,
    known.devices,
  )
  const told = issues.map(({ index, field, message }): FileFault => {
    const record = records[index]
    const { line, column } = record?.cells[field] ?? { line: record?.line ?? 1, column: 1 }
    return { file: path, line, column, message }
  })
  const all = [...faults, ...told]
  if (drafts.length === 0 && all.length === 0)
    all.push({ file: path, line: 1, message: 'no devices under the heading' })
  if (all.length > 0) throw new FileFaults(all.sort(byPlace))
  return drafts
}

function draftOf({ cells }: CsvRecord): DeviceDraft {
  const list = (column: string) => (cells[column]?.text ?? '').split(/[\s,;|]+/).filter((part) => part !== '')
  return {
    id: cells['id']?.text ?? '',
    title: cells['title']?.text ?? '',
    assets: list('assets'),
    subscribes: list('subscribes'),
    publishes: list('publishes'),
  }
}
