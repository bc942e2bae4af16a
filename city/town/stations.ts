import type { Asset } from '../asset.ts'
import { length } from './geometry.ts'
import { angleOf } from './ground.ts'
import { inOrder, made, nearest, numbered, type Placed, relate } from './making.ts'
import { besideStreet, isInTown, spread, type TownPlan } from './plan.ts'

const roadWeatherCount = 8
const airCount = 10
const gatewayCount = 20

/** On the main roads, where they climb and where they leave the town. */
export function roadWeatherStations(plan: TownPlan): Placed[] {
  const spots = spread(plan, roadWeatherCount, (spot) => {
    const street = plan.streets[spot.street]
    return street?.kind === 'main' && length(spot.at.x, spot.at.y) > 900 && length(spot.at.x, spot.at.y) < 2_150 ? 1 : 0
  })
  return inOrder(
    spots.map((spot) => besideStreet(plan, spot, 9)),
    (site) => site,
  ).map((site, index) =>
    made(plan, {
      id: numbered('road-weather', index + 1, 1),
      name: `Road-weather station ${site.place.address}`,
      class: 'road-weather-station',
      criticality: 3,
      site,
      built: [2004, 2021],
    }),
  )
}

export function airStations(plan: TownPlan): Placed[] {
  const spots = spread(plan, airCount, (spot) => {
    const inside = length(spot.at.x, spot.at.y) < plan.ground.outerRing(angleOf(spot.at)) * 1.2
    return inside ? (plan.streets[spot.street]?.kind === 'main' ? 1.3 : 1) : 0
  })
  return inOrder(
    spots.map((spot) => besideStreet(plan, spot, 6)),
    (site) => site,
  ).map((site, index) =>
    made(plan, {
      id: numbered('air', index + 1, 2),
      name: `Air-quality station ${site.place.address}`,
      class: 'air-quality-station',
      criticality: 2,
      site,
      built: [2012, 2023],
    }),
  )
}

/** On roofs and masts, spread so that every sensor has one near. */
export function gateways(plan: TownPlan): Placed[] {
  const spots = spread(plan, gatewayCount, (spot) => (isInTown(plan, spot) ? 1 : 0))
  const inDistrict = new Map<string, number>()
  return inOrder(
    spots.map((spot) => besideStreet(plan, spot, 18)),
    (site) => site,
  ).map((site, index) => {
    const count = (inDistrict.get(site.district) ?? 0) + 1
    inDistrict.set(site.district, count)
    return made(plan, {
      id: numbered('gateway', index + 1, 2),
      name: `Gateway ${site.district} ${count}`,
      class: 'gateway',
      criticality: 3,
      site,
      built: [2016, 2024],
    })
  })
}

/** What is out in the street without a cable of its own. */
const byRadio = [
  'sewer-chamber',
  'pressure-zone',
  'streetlight-circuit',
  'air-quality-station',
  'road-weather-station',
  'bridge',
]

/** Things without a cable report through the nearest gateway. */
export function withRadio(placed: readonly Placed[], masts: readonly Placed[]): Asset[] {
  return placed.map(({ asset, site }) =>
    byRadio.includes(asset.class)
      ? { ...asset, relations: [...asset.relations, ...relate('reports through', nearest(masts, site.at).asset.id)] }
      : asset,
  )
}
