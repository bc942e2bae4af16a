import {
  type Asset,
  type AssetClass,
  type AssetId,
  type Instant,
  type Place,
  type Relation,
  type Sensor,
  type SensorId,
  sensorId,
} from '../../city/index.ts'
import type { RuleRegistry } from '../engine/watch-list.ts'

/** An asset of a case: its class, and what it hangs together with. */
export type CaseAsset = { readonly id: AssetId; readonly class: string; readonly relations?: readonly Relation[] }

/** Where and when a case plays. */
export type CaseSurroundings = { readonly timeZone: string; readonly place: Place; readonly beginsAt: Instant }

/** On the equator in the sea, on a Monday at midnight, UTC. */
export const nowhere: CaseSurroundings = {
  timeZone: 'UTC',
  place: { latitude: 0, longitude: 0 },
  beginsAt: Date.UTC(2026, 4, 4),
}

/** A city made of nothing but what a case names; it never changes. */
export function caseCity(
  assets: readonly CaseAsset[],
  classes: readonly AssetClass[],
  { timeZone, place }: CaseSurroundings = nowhere,
): RuleRegistry {
  const known = new Map<AssetId, Asset>()
  const sensors = new Map<string, Sensor>()
  const byAsset = new Map<AssetId, Sensor[]>()
  for (const each of assets) {
    known.set(each.id, toAsset(each, place))
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
    timeZone,
    onChange: () => () => undefined,
  }
}

function toAsset({ id, class: assetClass, relations = [] }: CaseAsset, place: Place): Asset {
  return { id, name: id, class: assetClass, criticality: 3, place, relations }
}

function sensorsFor(asset: CaseAsset, classes: readonly AssetClass[]): Sensor[] {
  const quantities = classes.find(({ id }) => id === asset.class)?.quantities ?? []
  return quantities.map((quantity) => ({ id: sensorId(asset.id, quantity.id) as SensorId, asset: asset.id, quantity }))
}
