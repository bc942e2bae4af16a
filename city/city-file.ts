import { existsSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { z } from 'zod'
import type { Asset } from './asset.ts'
import type { AssetClass } from './asset-class.ts'
import { checkAssets, checkCircles, checkCrews, type Issue } from './check.ts'
import { assetEntry, cityFile, crewEntry, harmlessAsset, harmlessCrew, sourceEntry } from './city-schema.ts'
import { assetClassChange, assetClassFile, changedClass } from './class-schema.ts'
import type { CityDescription } from './description.ts'
import { type FileFault, FileFaults } from './fault.ts'
import { readMapLayerFile } from './geojson-file.ts'
import { libraryClasses } from './library.ts'
import { type MapLayer, mapLayerNames } from './map-layer.ts'
import { readEntry } from './schema-faults.ts'
import { sensorsIn } from './sensors-in.ts'
import { checkSources } from './source-check.ts'
import { readYaml, type YamlFile } from './yaml-file.ts'

/**
 * Reads `city.yaml` and the map files that it names. Throws FileFaults with every fault found, each with line and column.
 * The answer's `classes` are those that its assets use, from the library or its own, and those that it describes.
 */
export function readCityFile(path: string): CityDescription {
  const file = readYaml(path)
  const faults: FileFault[] = []
  const outer = cityFile.safeParse(file.data)
  if (!outer.success) faults.push(...file.faultsOf(outer.error, []))
  // Looked at even when the outer shape is wrong: all faults are said at once.
  const lists = (typeof file.data === 'object' ? file.data : null) as Partial<Record<string, unknown>> | null
  const classes = readClasses(file, lists?.['classes'], faults)
  const assetEntries = entries(file, 'assets', lists?.['assets'], assetEntry, named(harmlessAsset), faults)
  const crewEntries = entries(file, 'crews', lists?.['crews'], crewEntry, named(harmlessCrew), faults)
  const sourceEntries = entries(file, 'sources', lists?.['sources'], sourceEntry, () => ({}), faults)
  const assets = assetEntries.map((entry) => entry.value)
  const sources = sourceEntries.map((entry) => entry.value)
  const crews = crewEntries.map((entry) => entry.value)
  const said = (key: string, from: readonly { readonly index: number }[]) => (issue: Issue) =>
    file.fault([key, from[issue.index]?.index ?? 0, issue.field], issue.message)
  // An asset with a fault of its own may still be meant by others: they are not told that it is not there.
  const ids = written(lists?.['assets'], 'id')
  const districts = written(lists?.['assets'], 'district')
  faults.push(
    ...checkAssets(assets, { classes: classes.known, assets: ids }).map(said('assets', assetEntries)),
    ...checkCircles(assets).map(said('assets', assetEntries)),
    ...checkCrews(crews, classes.known.values(), districts).map(said('crews', crewEntries)),
    ...checkSources(sources, sensorsIn(byId(assets), classes.known)).map(said('sources', sourceEntries)),
  )
  const mapLayers = readMapLayers(file, path, lists?.['map'], faults)
  if (faults.length > 0 || !outer.success) throw new FileFaults(inOrder(path, faults))

  const used = new Set([...classes.own, ...assets.map((asset) => asset.class)])
  return {
    name: outer.data.name,
    timeZone: outer.data['time zone'],
    classes: [...classes.known.values()].filter((assetClass) => used.has(assetClass.id)),
    assets,
    crews,
    mapLayers,
    ...(sources.length === 0 ? {} : { sources }),
  }
}

function byId(assets: readonly Asset[]): Map<string, Asset> {
  return new Map(assets.map((asset) => [asset.id, asset]))
}

type Entry<T> = { readonly index: number; readonly value: T }

/** The entries of a list that can be checked further, each with its place in the list. */
function entries<Schema extends z.ZodType>(
  file: YamlFile,
  key: string,
  list: unknown,
  schema: Schema,
  harmless: (index: number) => Readonly<Record<string, unknown>>,
  faults: FileFault[],
): Entry<z.output<Schema>>[] {
  if (!Array.isArray(list)) return []
  return list.flatMap((item, index) => {
    const { value, error } = readEntry(schema, item, harmless(index))
    if (error !== undefined) faults.push(...file.faultsOf(error, [key, index]))
    return value === undefined ? [] : [{ index, value }]
  })
}

/** One whose own id is wrong is looked at all the same. */
function named(harmless: Readonly<Record<string, unknown>>): (index: number) => Readonly<Record<string, unknown>> {
  return (index) => ({ id: `unnamed-${index + 1}`, ...harmless })
}

/** A class with a library id changes that class, and may leave out what stays as it is. */
function readClasses(file: YamlFile, list: unknown, faults: FileFault[]) {
  const known = new Map<string, AssetClass>(libraryClasses().map((item) => [item.id, item]))
  const own = new Set<string>()
  for (const [index, item] of (Array.isArray(list) ? list : []).entries()) {
    const { id } = (item ?? {}) as { id?: unknown }
    const base = typeof id === 'string' ? known.get(id) : undefined
    if (base !== undefined && own.has(base.id)) {
      faults.push(file.fault(['classes', index, 'id'], `class "${base.id}": id "${base.id}" is used twice`))
      continue
    }
    const read = base === undefined ? newClass(item) : classChange(base, item)
    if (!read.success) {
      faults.push(...file.faultsOf(read.error, ['classes', index]))
      continue
    }
    known.set(read.data.id, read.data)
    own.add(read.data.id)
  }
  return { known, own }
}

function newClass(item: unknown) {
  return assetClassFile.safeParse(item)
}

function classChange(base: AssetClass, item: unknown) {
  return assetClassChange.transform((change) => changedClass(base, change)).safeParse(item)
}

function readMapLayers(file: YamlFile, path: string, map: unknown, faults: FileFault[]): MapLayer[] {
  const sources = (typeof map === 'object' && map !== null ? map : {}) as Readonly<Record<string, unknown>>
  return mapLayerNames.flatMap((name): MapLayer[] => {
    const source = sources[name]
    if (typeof source !== 'string') return []
    const layerPath = join(dirname(path), source)
    if (!existsSync(layerPath)) {
      faults.push(file.fault(['map', name], `map ${name} "${source}": there is no such file beside ${basename(path)}`))
      return []
    }
    try {
      return [{ name, features: readMapLayerFile(layerPath) }]
    } catch (error) {
      if (!(error instanceof FileFaults)) throw error
      faults.push(...error.faults)
      return []
    }
  })
}

/** The texts under one key of all entries, right or wrong. */
function written(list: unknown, key: string): Set<string> {
  const items = Array.isArray(list) ? (list as (Record<string, unknown> | null)[]) : []
  return new Set(items.map((item) => item?.[key]).filter((value) => typeof value === 'string'))
}

/** As a person reads: this file from the top, then the files it names. */
function inOrder(file: string, faults: readonly FileFault[]): FileFault[] {
  const here = faults.filter((fault) => fault.file === file)
  here.sort((one, other) => (one.line ?? 0) - (other.line ?? 0) || (one.column ?? 0) - (other.column ?? 0))
  return [...here, ...faults.filter((fault) => fault.file !== file)]
}
