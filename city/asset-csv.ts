import type { Asset, AssetId } from './asset.ts'
import type { AssetClass } from './asset-class.ts'
import { type AssetRecord, assetsOf, recordFields, registeredIds } from './asset-record.ts'
import { readCsvTable } from './csv-table.ts'

const shape = {
  columns: recordFields,
  required: ['id', 'name', 'class', 'criticality', 'latitude', 'longitude'],
}

/**
 * Assets from a table (csv-table.ts) with the columns `id, name, class, criticality, latitude, longitude` and, where
 * wanted, `address, district, part of, fed by, reports through, quantities, installed`. Throws FileFaults with every
 * fault and its line.
 */
export function readAssetsCsv(path: string, classes: readonly AssetClass[], registered?: Iterable<AssetId>): Asset[] {
  const { records, faults } = readCsvTable(path, shape)
  const assets = records.map(({ line, cells }): AssetRecord => {
    const fields = Object.entries(cells).map(([field, { text }]) => [field, text] as const)
    return { fields: Object.fromEntries(fields), place: { line } }
  })
  return assetsOf(path, assets, classes, registeredIds(registered), faults)
}
