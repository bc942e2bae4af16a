import {
  type Asset,
  type AssetClass,
  type AssetId,
  type Relation,
  type Sensor,
  type SensorId,
  sensorId,
} from '../../city/index.ts'
import type { RuleRegistry } from '../engine/watch-list.ts'

/** An asset of a case: its class, and the gateway it reports through. */
export type CaseAsset = { readonly id: AssetId; readonly class: string; readonly reportsThrough?: AssetId | undefined }

/** A city made of nothing but what a case names; it never changes. */
export function caseCity(assets: readonly CaseAsset[], classes: readonly AssetClass[]): RuleRegistry {
  const known = new Map<AssetId, Asset>()
  const sensors = new Map<string, Sensor>()
  const byAsset = new Map<AssetId, Sensor[]>()
  for (const each of assets) {
    known.set(each.id, toAsset(each))
    const own = sensorsFor(each, classes)
    byAsset.set(each.id, own)
    for (const sensor of own) sensors.set(sensor.id, sensor)
  }
  return {
    asset: (id) => known.get(id),
    class: (id) => classes.find((each) => each.id === id),
    assets: () => [...known.values()],
    sensor: (id) => sensors.get(id),
    sensors: () => [...sensors.values()],
    sensorsOf: (asset) => byAsset.get(asset) ?? [],
    timeZone: 'UTC',
    onChange: () => () => undefined,
  }
}

function toAsset({ id, class: assetClass, reportsThrough }: CaseAsset): Asset {
  const relations: Relation[] = reportsThrough === undefined ? [] : [{ kind: 'reports through', asset: reportsThrough }]
  return { id, name: id, class: assetClass, criticality: 3, place: { latitude: 0, longitude: 0 }, relations }
}

function sensorsFor(asset: CaseAsset, classes: readonly AssetClass[]): Sensor[] {
  const quantities = classes.find(({ id }) => id === asset.class)?.quantities ?? []
  return quantities.map((quantity) => ({ id: sensorId(asset.id, quantity.id) as SensorId, asset: asset.id, quantity }))
}
