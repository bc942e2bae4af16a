import type { AssetId } from '../../city/index.ts'
import type { SimulatedTown } from '../town.ts'
import type { Drivers, Part, PartContext, Values } from './part.ts'
import type { Station } from './water-supply.ts'
import { stationsOf } from './water-supply.ts'

/*
 * Dramatis personae: a *zone* takes water; *boosters* press it there; a *reservoir* gives it, to its zones and through a
 * trunk main to further reservoirs; *fillers* at the waterworks fill it. What is taken is what is moved is what leaves.
 */

/** Moves one station on by a minute. `further`: what the reservoirs that it fills take now. */
function advanceStation(station: Station, further: number, drivers: Drivers): void {
  const { zones, boosters, fillers, reservoir } = station
  let taken = 0
  let burst = 0
  for (const zone of zones) {
    zone.advance(drivers)
    taken += zone.inflow
    burst += zone.burst
  }
  // Where nobody is known to drink, somebody unknown does.
  if (zones.length === 0 && further === 0) taken = reservoir.meanOutflow * drivers.demand.water
  for (const pump of boosters) pump.advance((taken - burst) / boosters.length, drivers)
  reservoir.advance(taken + further, drivers)
  // What a burst takes besides comes from the works' high tank, past the pumps.
  for (const pump of fillers) pump.advance(Math.min(pump.peak, reservoir.inflow / fillers.length), drivers)
}

/** Reservoirs, pumps and pressure zones as one system. */
export function waterNetwork(town: SimulatedTown, context: PartContext): Part {
  const stations = stationsOf(town, context)
  const members = stations.flatMap(({ reservoir, fillers, boosters, zones }) => [
    reservoir,
    ...fillers,
    ...boosters,
    ...zones,
  ])
  const speakers = new Map<AssetId, (drivers: Drivers) => Values>(
    members.map((member) => [member.character.asset.id, (drivers: Drivers) => member.values(drivers)]),
  )
  const furtherOf = (station: Station) =>
    stations.filter((other) => other.source === station.reservoir.character.asset.id).map((other) => other.reservoir)
  const trunks = stations.map((station) => ({ station, further: furtherOf(station) }))
  return {
    id: 'water-network',
    assets: [...speakers.keys()],
    get memory() {
      return members.flatMap((member) => member.remembered())
    },
    recall: (memory) => {
      let next = 0
      const take = () => memory[next++] ?? 0
      for (const member of members) member.recall(take)
    },
    advance: (drivers) => {
      for (const { station, further } of trunks) {
        const drawn = further.reduce((sum, reservoir) => sum + reservoir.inflow, 0)
        advanceStation(station, drawn, drivers)
      }
    },
    values: (asset, drivers) => speakers.get(asset)?.(drivers) ?? {},
  }
}
