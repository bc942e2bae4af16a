import type { Place } from '../asset.ts'
import { type District, type DistrictName, districtAt, layDistricts } from './districts.ts'
import { along, boxOf, distance, inside, type Line, length, lengthOf, type Point } from './geometry.ts'
import { angleOf, type Ground, layGround } from './ground.ts'
import { type Random, randomFrom } from './random.ts'
import { connected, type Network, networkOf, type Spot } from './street-graph.ts'
import { nameGiver } from './street-names.ts'
import { layStreets, type StreetKind, type StreetPlan } from './streets.ts'
import { layWaters, type Water } from './waters.ts'

export type Street = {
  readonly name: string
  readonly kind: StreetKind
  readonly line: Line
  readonly district: DistrictName
  readonly called: StreetPlan['called']
}

/** The town's ground plan: all that its things are placed on. */
export type TownPlan = {
  readonly random: Random
  readonly ground: Ground
  readonly districts: readonly District[]
  readonly waters: readonly Water[]
  readonly streets: readonly Street[]
  readonly network: Network
  /** Whether something can stand there; over the river only bridges do. */
  readonly isDry: (at: Point) => boolean
  /** The spots of the network that are dry. */
  readonly sites: readonly Spot[]
}

export function drawPlan(seed: number): TownPlan {
  const random = randomFrom(seed)
  const ground = layGround(random)
  const districts = layDistricts(ground)
  const waters = layWaters(ground, random)
  const plans = layStreets(ground, random).map((street) => ({ ...street, line: ground.grown(street.line) }))
  const reached = connected(plans.map((street) => street.line))
  const nameFor = nameGiver(random)
  const streets = plans
    .filter((_, index) => reached[index])
    .map(({ kind, line, called }): Street => {
      const district = districtAt(districts, along(line, lengthOf(line) / 2).at)
      return { name: nameFor(called, district), kind, line, district, called }
    })
  const network = networkOf(streets.map((street) => street.line))
  const wet = waters
    .filter((water) => water.kind === 'river' || water.kind === 'pond')
    .map(({ area }) => ({ area, box: boxOf(area) }))
  const isDry = (at: Point): boolean =>
    !wet.some(({ area, box }) => at.y >= box.south && at.y <= box.north && inside(area, at))
  const sites = network.spots.filter((spot) => isDry(spot.at))
  return { random, ground, districts, waters, streets, network, isDry, sites }
}

/** Where the square is on the globe. The valley is real, the town is not. */
const origin = { latitude: 48.2164, longitude: 15.3337 }
const metresPerDegree = 111_320
// A hand's breadth.
const placeDecimals = 6

export function toDegrees({ x, y }: Point): { readonly latitude: number; readonly longitude: number } {
  return {
    latitude: Number((origin.latitude + y / metresPerDegree).toFixed(placeDecimals)),
    longitude: Number(
      (origin.longitude + x / (metresPerDegree * Math.cos((origin.latitude * Math.PI) / 180))).toFixed(placeDecimals),
    ),
  }
}

/** Where something stands: on the plan, on the globe, and in which part of town. */
export type Site = { readonly at: Point; readonly place: Place; readonly district: DistrictName }

/** A site beside the street, with its address: odd numbers on the left, a number about every 14 m. */
export function besideStreet(plan: TownPlan, spot: Spot, offset: number): Site {
  const street = plan.streets[spot.street]
  if (street === undefined) throw new Error(`no street ${spot.street}`)
  const { at, direction } = along(street.line, spot.along)
  const beside = (side: number): Point => ({ x: at.x - direction.y * side, y: at.y + direction.x * side })
  const wanted = plan.random.chance(0.5)
  const left = plan.isDry(beside(wanted ? offset : -offset)) ? wanted : !wanted
  const number = 2 * Math.floor(spot.along / 14) + (left ? 1 : 2)
  return siteAt(plan, beside(left ? offset : -offset), `${street.name} ${number}`)
}

export function siteAt(plan: TownPlan, at: Point, address: string): Site {
  return { at, place: { ...toDegrees(at), address }, district: districtAt(plan.districts, at) }
}

/** Whether a spot lies in the built town, and not on a main road between fields. */
export function isInTown(plan: TownPlan, { at }: Spot): boolean {
  return length(at.x, at.y) < plan.ground.townEdge(angleOf(at))
}

export function nearestSpot(plan: TownPlan, at: Point, allowed: (spot: Spot) => boolean = () => true): Spot {
  let best: Spot | undefined
  for (const spot of plan.sites)
    if (allowed(spot) && (best === undefined || distance(spot.at, at) < distance(best.at, at))) best = spot
  if (best === undefined) throw new Error('the town has no streets')
  return best
}

/**
 * `count` spots spread evenly: each next one is the farthest from those chosen so far, where `weight` says how much closer
 * together they may stand (2: at half the distance). They keep away from the places in `near` too.
 */
export function spread(
  plan: TownPlan,
  count: number,
  weight: (spot: Spot) => number,
  near: readonly Point[] = [],
): Spot[] {
  const candidates = plan.sites.filter((spot) => weight(spot) > 0)
  const weights = Float64Array.from(candidates, weight)
  const far = new Float64Array(candidates.length).fill(Number.MAX_VALUE)
  const keepFrom = (at: Point): void => {
    for (let index = 0; index < candidates.length; index += 1) {
      const here = distance(candidates[index]?.at ?? at, at)
      if (here < (far[index] ?? 0)) far[index] = here
    }
  }
  for (const at of near) keepFrom(at)
  const chosen: Spot[] = []
  while (chosen.length < Math.min(count, candidates.length)) {
    let best = chosen.length + near.length === 0 ? plan.random.whole(0, candidates.length - 1) : 0
    let bestScore = 0
    for (let index = 0; index < candidates.length && chosen.length + near.length > 0; index += 1) {
      const score = (far[index] ?? 0) * (weights[index] ?? 0)
      if (score > bestScore) [best, bestScore] = [index, score]
    }
    const spot = candidates[best]
    if (spot === undefined) break
    chosen.push(spot)
    keepFrom(spot.at)
  }
  return chosen
}
