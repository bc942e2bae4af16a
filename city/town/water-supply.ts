import { distance, length, type Point } from './geometry.ts'
import { angleOf } from './ground.ts'
import { made, nearest, numbered, type Placed, relate } from './making.ts'
import { besideStreet, isInTown, nearestSpot, type Site, siteAt, spread, type TownPlan } from './plan.ts'

/**
 * Three waterworks on the river lift water into three reservoirs; these give it by gravity to the zones below and through
 * trunk mains to five higher ones, whose pumps press it into the zones that lie as high as they do.
 */
export function waterSupply(plan: TownPlan): Placed[] {
  const sites = reservoirSites(plan)
  const works = waterworksSites(plan, sites.slice(0, worksCount))
  const reservoirs: Placed[] = []
  const pumps: Placed[] = []
  for (const [index, { name, site }] of sites.entries()) {
    const id = numbered('reservoir', index + 1, 1)
    const own = works[index]
    const house = own ?? { name: `${name} booster station`, site }
    const pumpIds = [1, 2, 3].map((unit) => numbered('pump', index * pumpsPerStation + unit, 2))
    const source = own === undefined ? [nearest(reservoirs.slice(0, worksCount), site.at).asset.id] : pumpIds
    reservoirs.push(
      made(plan, {
        id,
        name,
        class: 'reservoir',
        criticality: own === undefined ? 4 : 5,
        site,
        relations: relate('fed by', ...source),
        built: [1968, 2004],
      }),
    )
    for (const [unit, pumpId] of pumpIds.entries())
      pumps.push(
        made(plan, {
          id: pumpId,
          name: `Pump ${unit + 1}, ${house.name}`,
          class: 'drinking-water-pump',
          criticality: own === undefined ? 3 : 4,
          site: besideOthers(plan, house.site, unit),
          relations: own === undefined ? relate('fed by', id) : [],
          built: [1996, 2021],
        }),
      )
  }
  return [...reservoirs, ...pumps, ...zones(plan, reservoirs)]
}

const reservoirCount = 8
const worksCount = 3
const pumpsPerStation = 3
const zoneCount = 14
const zonesPerReservoirMax = 2

type Named = { readonly name: string; readonly site: Site }

/** At the end of a street, on the highest ground that each part of the rim has. */
function reservoirSites(plan: TownPlan): Named[] {
  const names = [
    'Kapellenberg',
    'Sonnleiten',
    'Hochfeld',
    'Galgenkogel',
    'Rebenhang',
    'Steinbruch',
    'Hafnerhöhe',
    'Ziegelfeld',
  ]
  const onRim = ({ x, y }: Point): boolean => length(x, y) > plan.ground.outerRing(angleOf({ x, y })) + 80
  const spots = spread(plan, reservoirCount, (spot) => {
    if (!isInTown(plan, spot) || !onRim(spot.at) || Math.abs(plan.ground.offRiver(spot.at)) < 550) return 0
    return (plan.ground.height(spot.at) - 235) / 60
  })
  // From west to east, north first: the waterworks fill those in the north, which lie highest.
  const sorted = [...spots].sort((one, other) => Number(other.at.y > 0) - Number(one.at.y > 0) || one.at.x - other.at.x)
  return sorted.map((spot, index) => ({
    name: `Reservoir ${names[index] ?? index + 1}`,
    site: besideStreet(plan, spot, 55),
  }))
}

/** By the river, one for each of the reservoirs they fill, upstream of the sewage. */
function waterworksSites(plan: TownPlan, reservoirs: readonly Named[]): Named[] {
  const names = ['Waterworks Auhof', 'Waterworks Quellgrund', 'Waterworks Krebsau']
  const wanted = [-2_000, -1_720, -1_430]
  return reservoirs.map((_, index) => {
    const x = wanted[index] ?? -1_400
    const [bank] = plan.ground.grown([{ x, y: plan.ground.riverAt(x) + 150 }])
    const spot = nearestSpot(plan, bank ?? { x, y: 0 }, (each) => each.at.y > plan.ground.riverAt(each.at.x))
    return { name: names[index] ?? 'Waterworks', site: besideStreet(plan, spot, 40) }
  })
}

function besideOthers(plan: TownPlan, site: Site, unit: number): Site {
  return siteAt(plan, { x: site.at.x + 14 * (unit - 1), y: site.at.y - 30 }, site.place.address ?? '')
}

/** Metered where the main enters; each takes its water from the nearest reservoir that has a main to spare. */
function zones(plan: TownPlan, reservoirs: readonly Placed[]): Placed[] {
  const sites = spread(plan, zoneCount, (spot) =>
    isInTown(plan, spot) && length(spot.at.x, spot.at.y) < plan.ground.outerRing(angleOf(spot.at)) * 1.25 ? 1 : 0,
  ).map((spot) => besideStreet(plan, spot, 5))
  const given = new Map<number, Site[]>(reservoirs.map((_, index) => [index, []]))
  const left = new Set(sites)
  const give = (index: number, site: Site | undefined): void => {
    if (site !== undefined && left.delete(site)) given.get(index)?.push(site)
  }
  // Every reservoir has a zone before any has two.
  for (const [index, reservoir] of reservoirs.entries()) give(index, byDistance([...left], reservoir.site)[0])
  const pairs = [...left].flatMap((site) =>
    reservoirs.map((reservoir, index) => ({ site, index, far: distance(site.at, reservoir.site.at) })),
  )
  for (const { site, index } of pairs.sort((one, other) => one.far - other.far))
    if ((given.get(index)?.length ?? 0) < zonesPerReservoirMax) give(index, site)
  const inDistrict = new Map<string, number>()
  let number = 0
  return [...given].flatMap(([index, own]) =>
    own.map((site) => {
      number += 1
      const count = (inDistrict.get(site.district) ?? 0) + 1
      inDistrict.set(site.district, count)
      const pumps = [1, 2, 3].map((unit) => numbered('pump', index * pumpsPerStation + unit, 2))
      return made(plan, {
        id: numbered('zone', number, 2),
        name: `Pressure zone ${site.district} ${count}`,
        class: 'pressure-zone',
        criticality: 3,
        site,
        relations:
          index < worksCount ? relate('fed by', reservoirs[index]?.asset.id ?? '') : relate('fed by', ...pumps),
        built: [2008, 2022],
      })
    }),
  )
}

function byDistance(sites: readonly Site[], from: Site): Site[] {
  return [...sites].sort((one, other) => distance(one.at, from.at) - distance(other.at, from.at))
}
