import type { Asset, AssetId } from './asset.ts'
import type { AssetClass } from './asset-class.ts'
import { type AssetIds, checkAssets, checkCircles } from './check.ts'
import { assetEntry, harmlessAsset, relationKinds } from './city-schema.ts'
import { columnOf } from './csv-table.ts'
import { type FileFault, FileFaults } from './fault.ts'
import { entryFaults, readEntry } from './schema-faults.ts'

/** One asset as a table or a geographic file gives it: flat, by field name. */
export type AssetRecord = {
  readonly fields: Readonly<Record<string, unknown>>
  /** Says where the record stands, to open a fault's message: a line, or `feature 3: `. */
  readonly place: Pick<FileFault, 'line'> & { readonly prefix?: string }
}

/** The fields of a record. In a file they may be written `Fed by`, `fed_by` or `FED-BY`. */
export const recordFields = [
  'id',
  'name',
  'class',
  'criticality',
  'latitude',
  'longitude',
  'address',
  'district',
  ...relationKinds,
  'quantities',
  'installed',
] as const

/** The field that a column or property name stands for, or the one that was probably meant. */
export function recordField(written: string): { readonly field?: string; readonly meant?: string } {
  return columnOf(written, recordFields)
}

/**
 * Records as assets; throws FileFaults with every fault. Relations may name assets of the same file, or of `registered`;
 * without `registered` they are left for the import to check.
 */
export function assetsOf(
  file: string,
  records: readonly AssetRecord[],
  classes: readonly AssetClass[],
  registered: AssetIds | undefined,
  earlier: readonly FileFault[],
): Asset[] {
  const faults = [...earlier]
  const say = (record: AssetRecord | undefined, message: string): void => {
    const { line, prefix = '' } = record?.place ?? {}
    faults.push({ file, ...(line === undefined ? {} : { line }), message: `${prefix}${message}` })
  }
  const read = records.flatMap((record) => {
    const entry = entryOf(record.fields)
    const { value, error } = readEntry(assetEntry, entry, harmlessAsset)
    if (error !== undefined)
      for (const { message } of entryFaults(error, { assets: [entry] }, ['assets', 0])) say(record, message)
    return value === undefined ? [] : [{ record, asset: value }]
  })
  const assets = read.map((each) => each.asset)
  const known = {
    classes: new Map(classes.map((item) => [item.id, item])),
    assets: registered ?? { has: () => true, keys: () => [] },
  }
  for (const issue of [...checkAssets(assets, known), ...checkCircles(assets)])
    say(read[issue.index]?.record, issue.message)
  if (faults.length > 0) throw new FileFaults(faults.sort((one, other) => (one.line ?? 0) - (other.line ?? 0)))
  return assets
}

/** The shape that `city.yaml` has; empty cells are left out. */
function entryOf(fields: AssetRecord['fields']): Record<string, unknown> {
  const { latitude, longitude, address, ...rest } = present(fields)
  const lists = Object.fromEntries(
    [...relationKinds, 'quantities']
      .map((field) => [field, listOf(rest[field])])
      .filter(([, list]) => list !== undefined),
  )
  return {
    ...rest,
    ...lists,
    ...(rest['criticality'] === undefined ? {} : { criticality: numberOf(rest['criticality']) }),
    place: present({ latitude: numberOf(latitude), longitude: numberOf(longitude), address }),
  }
}

function present(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined && value !== null && value !== ''),
  )
}

/** Several ids in one cell are parted by commas, semicolons, bars or spaces. */
function listOf(value: unknown): unknown {
  return typeof value === 'string' ? value.split(/[\s,;|]+/).filter((part) => part !== '') : value
}

/** What is no number is handed on as it is, for the fault to quote. */
function numberOf(value: unknown): unknown {
  return typeof value === 'string' && /^[+-]?\d+(\.\d+)?$/.test(value) ? Number(value) : value
}

/** Ids to check relations against, when the caller has a registry. */
export function registeredIds(ids: Iterable<AssetId> | undefined): AssetIds | undefined {
  return ids === undefined ? undefined : new Set(ids)
}
