import type { AssetId } from '../asset.ts'
import { distance } from './geometry.ts'
import { inOrder, made, numbered, type Placed, relate } from './making.ts'
import { besideStreet, isInTown, nearestSpot, type Site, spread, type TownPlan } from './plan.ts'
import { type Spot, type Ways, waysFrom } from './street-graph.ts'

/**
 * Sewage runs downhill under the streets to a lift station by the water, and from one station to the next down the river,
 * until the last lifts it into the treatment works. Chambers are measured where much comes together.
 */
export function sewers(plan: TownPlan): Placed[] {
  const stations = stationSites(plan)
  const heights = plan.network.spots.map((spot) => plan.ground.height(spot.at))
  const ways = waysFrom(
    plan.network,
    stations.map(({ spot }) => spot.index),
    (from, to) => {
      // The water comes from `to`: every metre that it would have to climb costs as much as a detour.
      const climb = (heights[from.index] ?? 0) - (heights[to.index] ?? 0)
      return distance(from.at, to.at) + Math.max(0, climb) * detourPerMetreUp
    },
  )
  const gathered = gather(plan, ways)
  const chambers = chamberSites(plan, gathered)
  const below = new Map(chambers.map((chamber) => [chamber.id, nextBelow(plan, chamber, chambers, ways)]))
  const feeding = (target: AssetId): AssetId[] => [...below].filter(([, next]) => next === target).map(([id]) => id)
  const toStation = (index: number): AssetId[] =>
    chambers
      .filter(({ id, spot }) => below.get(id) === undefined && ways.source[spot.index] === index)
      .map(({ id }) => id)

  const median = [...chambers].sort((one, other) => other.gathered - one.gathered)[flowMeterCount]?.gathered ?? 0
  const placedChambers = chambers.map(({ id, site, name, gathered: behind }) =>
    made(plan, {
      id,
      name,
      class: 'sewer-chamber',
      criticality: behind > median * 2 ? 4 : behind > median ? 3 : 2,
      site,
      relations: relate('fed by', ...feeding(id)),
      ...(behind > median ? {} : { quantities: ['level', 'battery'] }),
      built: [1972, 2019],
    }),
  )
  const placedStations = stations.map(({ id, site, name, next }, index) =>
    made(plan, {
      id,
      name,
      class: 'lift-station',
      criticality: next === undefined ? 5 : 4,
      site,
      relations: relate(
        'fed by',
        ...toStation(index),
        ...stations.filter((other) => other.next === id).map((other) => other.id),
      ),
      built: [1985, 2016],
    }),
  )
  return [...placedChambers, ...placedStations]
}

const stationCount = 16
const chamberCount = 90
const detourPerMetreUp = 14
// The chambers with most behind them measure flow as well as level.
const flowMeterCount = 34

type Station = {
  readonly id: AssetId
  readonly name: string
  readonly spot: Spot
  readonly site: Site
  /** The station that this one pumps to. */
  readonly next: AssetId | undefined
}

function stationSites(plan: TownPlan): Station[] {
  const works = lowestEast(plan)
  const low = spread(
    plan,
    stationCount - 1,
    (spot) => {
      if (!isInTown(plan, spot)) return 0
      // Low ground lies by the water; a station up the hill would have nothing to lift.
      return 1 / (1 + (Math.max(0, plan.ground.height(spot.at) - 246) / 7) ** 2)
    },
    [works.at],
  )
  // Numbered downstream; each pumps to the next one to the east on its bank, the last ones to the works.
  const order = [...low].sort((one, other) => one.at.x - other.at.x)
  const all = [...order, works]
  return all.map((spot, index) => {
    const site = besideStreet(plan, spot, 12)
    const last = index === all.length - 1
    const next = last ? undefined : nextDownstream(plan, index, all)
    return {
      id: numbered('lift-station', index + 1, 2),
      name: last ? 'Main pumping station, treatment works' : `Lift station ${site.place.address}`,
      spot,
      site,
      next: next === undefined ? undefined : numbered('lift-station', next + 1, 2),
    }
  })
}

function lowestEast(plan: TownPlan): Spot {
  const [target] = plan.ground.grown([{ x: 1_850, y: plan.ground.riverAt(1_850) + 90 }])
  return nearestSpot(plan, target ?? { x: 1_850, y: 0 }, (spot) => isInTown(plan, spot))
}

/** The next one to the east on the same bank; where there is none, on the other, under the river. */
function nextDownstream(plan: TownPlan, index: number, all: readonly Spot[]): number {
  const from = all[index]?.at ?? { x: 0, y: 0 }
  const north = plan.ground.offRiver(from) > 0
  const east = all.map((spot, other) => ({ spot, other })).filter(({ other }) => other > index)
  const sameBank = east.filter(({ spot }) => plan.ground.offRiver(spot.at) > 0 === north)
  const [next] = (sameBank.length > 0 ? sameBank : east).sort(
    (one, other) => distance(one.spot.at, from) - distance(other.spot.at, from),
  )
  return next?.other ?? all.length - 1
}

/** How many spots lie upstream of each: the farther away in cost, the earlier it has handed on what it gathered. */
function gather(plan: TownPlan, ways: Ways): Float64Array {
  const gathered = new Float64Array(plan.network.spots.length).fill(1)
  const farthestFirst = plan.network.spots
    .map((spot) => spot.index)
    .filter((index) => Number.isFinite(ways.cost[index]))
    .sort((one, other) => (ways.cost[other] ?? 0) - (ways.cost[one] ?? 0))
  for (const index of farthestFirst) {
    const next = ways.towards[index] ?? -1
    if (next >= 0) gathered[next] = (gathered[next] ?? 0) + (gathered[index] ?? 0)
  }
  return gathered
}

type Chamber = {
  readonly id: AssetId
  readonly name: string
  readonly spot: Spot
  readonly site: Site
  readonly gathered: number
}

function chamberSites(plan: TownPlan, gathered: Float64Array): Chamber[] {
  const spots = spread(plan, chamberCount, (spot) => {
    const behind = gathered[spot.index] ?? 0
    return isInTown(plan, spot) && behind > 4 ? Math.log2(behind) : 0
  })
  const sites = spots.map((spot) => ({ spot, site: besideStreet(plan, spot, 0) }))
  return inOrder(sites, ({ site }) => site).map(({ spot, site }, index) => ({
    id: numbered('chamber', index + 1, 3),
    name: `Sewer chamber ${site.place.address}`,
    spot,
    site,
    gathered: gathered[spot.index] ?? 0,
  }))
}

// Two pipes in one crossing come together even where their chambers are not on the same spot.
const meetingReach = 45

/** The chamber that the water comes to next; `undefined` when it reaches the lift station first. */
function nextBelow(plan: TownPlan, chamber: Chamber, chambers: readonly Chamber[], ways: Ways): AssetId | undefined {
  const cost = (spot: Spot): number => ways.cost[spot.index] ?? 0
  const lower = chambers.filter(
    (other) =>
      cost(other.spot) < cost(chamber.spot) && ways.source[other.spot.index] === ways.source[chamber.spot.index],
  )
  for (let at = ways.towards[chamber.spot.index] ?? -1; at >= 0; at = ways.towards[at] ?? -1) {
    const here = plan.network.spots[at]?.at
    const met = lower.find((other) => here !== undefined && distance(other.spot.at, here) < meetingReach)
    if (met !== undefined) return met.id
  }
  return undefined
}
