import type { Asset, AssetId } from '../../city/index.ts'
import type { SimulatedTown } from '../town.ts'
import { assetsOfClass, relatedTo } from '../town.ts'
import type { PartContext } from './part.ts'
import { Character } from './part.ts'
import { Pump } from './pump.ts'
import { Reservoir } from './reservoir.ts'
import { Zone } from './zone.ts'

/** A reservoir with what stands before and behind it. */
export type Station = {
  readonly reservoir: Reservoir
  /** Pumps of the waterworks that fill it; without them it is filled by gravity, from `source` or from elsewhere. */
  readonly fillers: readonly Pump[]
  /** Pumps that press its water on to its zones. */
  readonly boosters: readonly Pump[]
  readonly zones: readonly Zone[]
  /** The reservoir that fills it through a trunk main. */
  readonly source: AssetId | undefined
}

// The busiest hour of a working day, and a reservoir filling hard, as shares of the mean.
const boostPeak = 1.85
const fillPeak = 1.45
// Cubic metres an hour through a reservoir whose zones the town's description does not name.
const meanFlowUntied = 180

type Tied = {
  readonly asset: Asset
  readonly fillers: readonly Asset[]
  readonly boosters: readonly Asset[]
  readonly zones: readonly Zone[]
  readonly source: AssetId | undefined
}

/** The reservoir that gives an asset its water: named by it, by the pump before it, or dealt out where nothing says. */
function giverOf(
  asset: Asset,
  reservoirs: readonly Asset[],
  pumps: readonly Asset[],
  index: number,
): AssetId | undefined {
  const named = [...relatedTo(asset, 'fed by'), ...relatedTo(asset, 'part of')]
  const direct = reservoirs.find((reservoir) => named.includes(reservoir.id))
  if (direct !== undefined) return direct.id
  for (const id of named) {
    const pump = pumps.find((candidate) => candidate.id === id)
    if (pump === undefined) continue
    const behind = [...relatedTo(pump, 'fed by'), ...relatedTo(pump, 'part of')]
    const giver = reservoirs.find((one) => behind.includes(one.id) || relatedTo(one, 'fed by').includes(pump.id))
    if (giver !== undefined) return giver.id
  }
  return reservoirs[index % Math.max(1, reservoirs.length)]?.id
}

function tie(town: SimulatedTown, context: PartContext): readonly Tied[] {
  const reservoirs = assetsOfClass(town, 'reservoir')
  const pumps = assetsOfClass(town, 'drinking-water-pump')
  const zones = assetsOfClass(town, 'pressure-zone')
  const filling = new Set(reservoirs.flatMap((reservoir) => relatedTo(reservoir, 'fed by')))
  const boosting = pumps.filter((pump) => !filling.has(pump.id))
  const giver = (asset: Asset, index: number) => giverOf(asset, reservoirs, pumps, index)
  return reservoirs.map((asset) => {
    const feeds = relatedTo(asset, 'fed by')
    return {
      asset,
      fillers: pumps.filter((pump) => feeds.includes(pump.id)),
      boosters: boosting.filter((pump, index) => giver(pump, index) === asset.id),
      zones: zones
        .filter((zone, index) => giver(zone, index) === asset.id)
        .map((zone) => new Zone(new Character(zone, context))),
      source: reservoirs.find((other) => other.id !== asset.id && feeds.includes(other.id))?.id,
    }
  })
}

/** Reservoirs, what fills them and what they feed, in the order the water is asked for: the farthest first. */
export function stationsOf(town: SimulatedTown, context: PartContext): readonly Station[] {
  const tied = tie(town, context)
  const means = new Map<AssetId, number>()
  const meanOf = (one: Tied, path: readonly AssetId[]): number => {
    const own = one.zones.reduce((sum, zone) => sum + zone.base + zone.background, 0)
    const on = tied.filter((other) => other.source === one.asset.id && !path.includes(other.asset.id))
    const further = on.reduce((sum, other) => sum + meanOf(other, [...path, one.asset.id]), 0)
    const mean = own + further > 0 ? own + further : meanFlowUntied
    means.set(one.asset.id, mean)
    return mean
  }
  for (const one of tied) meanOf(one, [])
  const depthOf = (one: Tied, steps = 0): number => {
    const source = tied.find((other) => other.asset.id === one.source)
    return source === undefined || steps > tied.length ? steps : depthOf(source, steps + 1)
  }
  const ordered = [...tied].sort((one, other) => depthOf(other) - depthOf(one))
  return ordered.map(({ asset, fillers, boosters, zones, source }) => {
    const mean = means.get(asset.id) ?? meanFlowUntied
    const boosted = zones.reduce((sum, zone) => sum + zone.base + zone.background, 0) || mean
    const pumps = (assets: readonly Asset[], total: number) =>
      assets.map((pump) => new Pump(new Character(pump, context), total / assets.length))
    return {
      reservoir: new Reservoir(new Character(asset, context), mean),
      fillers: pumps(fillers, mean * fillPeak),
      boosters: pumps(boosters, boosted * boostPeak),
      zones,
      source,
    }
  })
}
