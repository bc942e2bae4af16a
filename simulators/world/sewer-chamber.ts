import type { Asset, AssetId } from '../../city/index.ts'
import type { SimulatedTown } from '../town.ts'
import { assetsOfClass, relatedTo } from '../town.ts'
import { hourMs } from './calendar.ts'
import type { Drivers, Part, PartContext, Values } from './part.ts'
import { Character, plainPart } from './part.ts'

// Litres a second of waste water from the streets round a chamber; the first of a sewer collects a whole quarter.
const headFlow = { low: 4.4, high: 9 }
const ownFlow = { low: 0.6, high: 1.4 }
// Storm water is throttled by gullies and overflows: it saturates, and a full pipe carries about four dry flows.
const stormFlows = 3.2
const stormHalfRain = 7
const overflowLevel = 5.5

type Place = {
  readonly nominal: number /** Chambers between here and the farthest head of the sewer. */
  readonly depth: number
}

/** Nominal flow and place of every chamber: what its own streets bring, and all that comes from upstream. */
function placesIn(town: SimulatedTown, context: PartContext): ReadonlyMap<AssetId, Place> {
  const chambers = new Map(assetsOfClass(town, 'sewer-chamber').map((asset) => [asset.id, asset]))
  const places = new Map<AssetId, Place>()
  const placeOf = (asset: Asset, path: ReadonlySet<AssetId>): Place => {
    const known = places.get(asset.id)
    if (known !== undefined) return known
    const upstream = relatedTo(asset, 'fed by').filter((id) => chambers.has(id) && !path.has(id))
    const own = upstream.length === 0 ? headFlow : ownFlow
    const flow = new Character(asset, context).constant('own-flow', own.low, own.high)
    const fed = upstream.flatMap((id) => {
      const above = chambers.get(id)
      return above === undefined ? [] : [placeOf(above, new Set([...path, asset.id]))]
    })
    const place = {
      nominal: flow + fed.reduce((sum, above) => sum + above.nominal, 0),
      depth: fed.reduce((deepest, above) => Math.max(deepest, above.depth + 1), 0),
    }
    places.set(asset.id, place)
    return place
  }
  for (const chamber of chambers.values()) placeOf(chamber, new Set())
  return places
}

/** Further down the rain arrives later. */
function runoffAt(depth: number, drivers: Drivers): number {
  const [short, middle, long] = drivers.runoff
  if (depth <= 1) return short
  return depth <= 4 ? middle : long
}

/** The sewers: waste water by the hour, storm water after rain, both growing and coming later downstream. */
export function sewerChambers(town: SimulatedTown, context: PartContext): readonly Part[] {
  const places = placesIn(town, context)
  return assetsOfClass(town, 'sewer-chamber').map((asset) => {
    const character = new Character(asset, context)
    const { nominal, depth } = places.get(asset.id) ?? { nominal: ownFlow.high, depth: 0 }
    const dryLevel = character.constant('dry-level', 0.24, 0.42)
    const cell = character.constant('cell', 3.53, 3.59)
    const habit = character.wander('habit', 2 * hourMs)
    return plainPart(asset, (drivers): Values => {
      const rain = runoffAt(depth, drivers)
      const storm = (stormFlows * rain) / (rain + stormHalfRain)
      const share = Math.max(0.1, (0.35 + 0.65 * drivers.sewage) * (1 + 0.05 * habit(drivers.at)) + storm)
      const blocked = character.severity('blockage', drivers.at)
      // Fat and wipes hold the water back: it stands higher and moves more slowly; what must pass still does.
      const level = dryLevel * share ** 0.5 + 2.9 * blocked
      return {
        level: Math.min(overflowLevel, level),
        flow: nominal * share * Math.max(0.01, 1 - 0.97 * Math.min(1, blocked)),
        battery:
          cell + 0.0015 * (drivers.weather.temperature - 10) - 0.62 * character.severity('battery-low', drivers.at),
      }
    })
  })
}
