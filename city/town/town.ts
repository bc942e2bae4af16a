import type { Asset } from '../asset.ts'
import type { CityDescription, DeviceDraft } from '../description.ts'
import { libraryClasses } from '../library.ts'
import { bridges } from './bridges.ts'
import { publicBuildings } from './buildings.ts'
import { crews } from './crews.ts'
import { townDevices } from './devices.ts'
import { townLayers } from './layers.ts'
import { drawPlan } from './plan.ts'
import { lightCircuits, transformers } from './power.ts'
import { sewers } from './sewers.ts'
import { airStations, gateways, roadWeatherStations, withRadio } from './stations.ts'
import { waterSupply } from './water-supply.ts'

/** A city with the devices that report for it; their secrets are made when they are added to a registry. */
export type Town = CityDescription & { readonly devices: readonly DeviceDraft[] }

/**
 * The town that ships: invented, drawn from a seed, the same from the same seed everywhere. About four hundred assets of
 * fourteen classes stand where they would stand, and hang together as they would.
 */
export function generateTown(seed: number): Town {
  const plan = drawPlan(seed)
  const stations = transformers(plan)
  const masts = gateways(plan)
  const assets = toldApart(
    withRadio(
      [
        ...waterSupply(plan),
        ...sewers(plan),
        ...bridges(plan),
        ...lightCircuits(plan, stations),
        ...roadWeatherStations(plan),
        ...airStations(plan),
        ...stations,
        ...publicBuildings(plan, stations),
        ...masts,
      ],
      masts,
    ),
  )
  const used = new Set(assets.map((asset) => asset.class))
  return {
    name: 'Halmstein an der Lure',
    timeZone: 'Europe/Vienna',
    classes: libraryClasses().filter((assetClass) => used.has(assetClass.id)),
    assets,
    crews,
    mapLayers: townLayers(plan),
    devices: townDevices(assets),
  }
}

/** Two things at one address are told apart as houses are: 12, 12b. */
function toldApart(assets: readonly Asset[]): Asset[] {
  const seen = new Map<string, number>()
  return assets.map((asset) => {
    const count = seen.get(asset.name) ?? 0
    seen.set(asset.name, count + 1)
    return count === 0 ? asset : { ...asset, name: `${asset.name}${String.fromCharCode('a'.charCodeAt(0) + count)}` }
  })
}
