import type { Asset, AssetId } from './asset.ts'
import type { AssetClass } from './asset-class.ts'
import { type AssetRecord, assetsOf, recordField, registeredIds } from './asset-record.ts'
import type { FileFault } from './fault.ts'
import { type GeoJsonFeature, readGeoJson } from './geojson-file.ts'

// What a longitude is rounded to: 6 decimals are a hand's breadth.
const placeDecimals = 6

/**
 * Assets from GeoJSON features: the properties are the fields of a table (asset-csv.ts), the geometry gives the place;
 * of a line or an area its middle. Properties that mean nothing here are left aside, as exports carry many.
 * Throws FileFaults with every fault and the feature's index.
 */
export function readAssetsGeoJson(
  path: string,
  classes: readonly AssetClass[],
  registered?: Iterable<AssetId>,
): Asset[] {
  const { features, faults: outer } = readGeoJson(path)
  const faults: FileFault[] = [...outer]
  const records = features.map(({ index, feature }): AssetRecord => {
    const prefix = `feature ${index}: `
    const fields: Record<string, unknown> = { ...idOf(feature), ...placeOf(feature) }
    for (const [key, value] of Object.entries(feature.properties ?? {})) {
      const { field, meant } = recordField(key)
      if (field !== undefined) fields[field] = value
      else if (meant !== undefined && feature.properties?.[meant] === undefined)
        faults.push({ file: path, message: `${prefix}unknown property "${key}"; did you mean "${meant}"?` })
    }
    return { fields, place: { prefix } }
  })
  return assetsOf(path, records, classes, registeredIds(registered), faults)
}

function idOf(feature: GeoJsonFeature): { id?: unknown } {
  return feature['id'] === undefined ? {} : { id: feature['id'] }
}

/** The middle of the box round all positions. */
function placeOf(feature: GeoJsonFeature): { latitude: number; longitude: number } {
  const positions: number[][] = []
  collect(feature.geometry.coordinates, positions)
  const middle = (axis: number): number => {
    const values = positions.map((position) => position[axis] ?? 0)
    const [low, high] = values.reduce(([min, max], each) => [Math.min(min, each), Math.max(max, each)], [
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
    ] as [number, number])
    return Number(((low + high) / 2).toFixed(placeDecimals))
  }
  return { latitude: middle(1), longitude: middle(0) }
}

function collect(coordinates: unknown, positions: number[][]): void {
  if (!Array.isArray(coordinates)) return
  if (typeof coordinates[0] === 'number') positions.push(coordinates as number[])
  else for (const inner of coordinates) collect(inner, positions)
}
