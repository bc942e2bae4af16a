import type { Asset, AssetId } from '../../city/index.ts'
import type { SimulatedTown } from '../town.ts'
import { assetsOfClass, relatedTo } from '../town.ts'
import type { Drivers, Part, PartContext, Values } from './part.ts'
import { Character } from './part.ts'
import { Pump } from './pump.ts'
import { Reservoir } from './reservoir.ts'
import { Zone } from './zone.ts'

/*
 * Dramatis personae: a *zone* takes water; the *pumps* of a station push it there; the *reservoir* behind the station
 * gives it and is filled from the waterworks. What the zones take is what the pumps move is what leaves the reservoirs.
 */

type Station = {
  readonly pumps: readonly Pump[]
  readonly reservoir: Reservoir | undefined
  readonly zones: readonly Zone[]
}

// The busiest hour of a working day, as a share of the mean.
const peakOverMean = 1.85
// What one pump moves on average where the town's description ties no zone to it.
const meanFlowUntied = 90

/** Follows "fed by" and "part of" until an asset of the wanted class is met; relations may be drawn either way round. */
function findUpstream(town: SimulatedTown, from: Asset, assetClass: string): AssetId | undefined {
  const byId = new Map(town.assets.map((asset) => [asset.id, asset]))
  const seen = new Set<AssetId>()
  const queue: Asset[] = [from]
  for (let asset = queue.shift(); asset !== undefined; asset = queue.shift()) {
    if (asset !== from && asset.class === assetClass) return asset.id
    if (seen.has(asset.id)) continue
    seen.add(asset.id)
    for (const id of [...relatedTo(asset, 'fed by'), ...relatedTo(asset, 'part of')]) {
      const next = byId.get(id)
      if (next !== undefined) queue.push(next)
    }
  }
  return town.assets.find((asset) => asset.class === assetClass && relatedTo(asset, 'fed by').includes(from.id))?.id
}

/** Things without a reservoir of their own are dealt out, so that every station has work and every zone has water. */
function grouped<Item extends { readonly character: Character }>(
  town: SimulatedTown,
  items: readonly Item[],
  reservoirs: readonly Asset[],
): ReadonlyMap<AssetId, Item[]> {
  const groups = new Map<AssetId, Item[]>(reservoirs.map((reservoir) => [reservoir.id, []]))
  items.forEach((item, index) => {
    const found =
      findUpstream(town, item.character.asset, 'reservoir') ?? reservoirs[index % reservoirs.length]?.id ?? ''
    const group = groups.get(found)
    if (group === undefined) groups.set(found, [item])
    else group.push(item)
  })
  return groups
}

function meanTaken(zones: readonly Zone[], pumpCount: number): number {
  const tied = zones.reduce((sum, zone) => sum + zone.base + zone.background, 0)
  return tied > 0 ? tied : meanFlowUntied * Math.max(1, pumpCount)
}

function stationsOf(town: SimulatedTown, context: PartContext): readonly Station[] {
  const reservoirAssets = assetsOfClass(town, 'reservoir')
  const zones = assetsOfClass(town, 'pressure-zone').map((asset) => new Zone(new Character(asset, context)))
  const zonesBy = grouped(town, zones, reservoirAssets)
  const pumpSeats = assetsOfClass(town, 'drinking-water-pump').map((asset) => ({
    character: new Character(asset, context),
  }))
  const pumpsBy = grouped(town, pumpSeats, reservoirAssets)
  const ids = new Set([...zonesBy.keys(), ...pumpsBy.keys()])
  return [...ids].map((id) => {
    const here = zonesBy.get(id) ?? []
    const seats = pumpsBy.get(id) ?? []
    const mean = meanTaken(here, seats.length)
    const asset = reservoirAssets.find((reservoir) => reservoir.id === id)
    return {
      zones: here,
      pumps: seats.map((seat) => new Pump(seat.character, (mean * peakOverMean) / seats.length)),
      reservoir: asset === undefined ? undefined : new Reservoir(new Character(asset, context), mean),
    }
  })
}

/** Moves one station on by a minute. */
function advanceStation(station: Station, drivers: Drivers): void {
  let taken = 0
  let burst = 0
  for (const zone of station.zones) {
    zone.advance(drivers)
    taken += zone.inflow
    burst += zone.burst
  }
  if (station.zones.length === 0) taken = meanFlowUntied * Math.max(1, station.pumps.length) * drivers.demand.water
  for (const pump of station.pumps) pump.advance((taken - burst) / station.pumps.length, drivers)
  station.reservoir?.advance(taken, drivers)
}

/** Reservoirs, pumps and pressure zones as one system. */
export function waterNetwork(town: SimulatedTown, context: PartContext): Part {
  const stations = stationsOf(town, context)
  const pumps = stations.flatMap((station) => station.pumps)
  const zones = stations.flatMap((station) => station.zones)
  const reservoirs = stations.flatMap((station) => station.reservoir ?? [])
  const speakers = new Map<AssetId, (drivers: Drivers) => Values>(
    [...pumps, ...zones, ...reservoirs].map((member) => [
      member.character.asset.id,
      (drivers: Drivers) => member.values(drivers),
    ]),
  )
  return {
    id: 'water-network',
    assets: [...speakers.keys()],
    get memory() {
      return remember(pumps, zones, reservoirs)
    },
    recall: (memory) => recall(memory, pumps, zones, reservoirs),
    advance: (drivers) => {
      for (const station of stations) advanceStation(station, drivers)
    },
    values: (asset, drivers) => speakers.get(asset)?.(drivers) ?? {},
  }
}

function remember(pumps: readonly Pump[], zones: readonly Zone[], reservoirs: readonly Reservoir[]): number[] {
  return [
    ...pumps.flatMap((pump) => [pump.bearing, pump.wanted]),
    ...zones.flatMap((zone) => [...zone.night, zone.inflow]),
    ...reservoirs.flatMap(({ level, filling, inflow, outflow }) => [level, filling ? 1 : 0, inflow, outflow]),
  ]
}

function recall(
  memory: readonly number[],
  pumps: readonly Pump[],
  zones: readonly Zone[],
  reservoirs: readonly Reservoir[],
) {
  let next = 0
  const take = () => memory[next++] ?? 0
  for (const pump of pumps) {
    pump.bearing = take()
    pump.wanted = take()
  }
  for (const zone of zones) {
    zone.night = [take(), take(), take()]
    zone.inflow = take()
  }
  for (const reservoir of reservoirs) {
    reservoir.level = take()
    reservoir.filling = take() > 0.5
    reservoir.inflow = take()
    reservoir.outflow = take()
  }
}
