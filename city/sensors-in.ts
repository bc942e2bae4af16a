import type { Asset, AssetId } from './asset.ts'
import type { AssetClass } from './asset-class.ts'
import { sensorsOfAsset } from './registry-memory.ts'
import { parseSensorId, type Sensor } from './sensor.ts'
import { SensorSuggestion } from './sensor-suggestion.ts'
import type { KnownSensors } from './source-check.ts'

/** The sensors that these assets have, found one by one: a list for a few sources need not name a million. */
export function sensorsIn(assets: ReadonlyMap<AssetId, Asset>, classes: ReadonlyMap<string, AssetClass>): KnownSensors {
  const sensorsOf = (id: AssetId): Sensor[] => {
    const asset = assets.get(id)
    return asset === undefined ? [] : sensorsOfAsset(asset, classes.get(asset.class))
  }
  let suggestion: SensorSuggestion | undefined
  return {
    sensor: (id) =>
      parseSensorId(id) === undefined
        ? undefined
        : sensorsOf(id.slice(0, id.indexOf('/'))).find((sensor) => sensor.id === id),
    suggest: (id) => {
      suggestion ??= new SensorSuggestion(assets.values(), sensorsOf)
      return suggestion.suggest(id)
    },
  }
}
