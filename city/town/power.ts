import { length } from './geometry.ts'
import { angleOf } from './ground.ts'
import { inOrder, made, nearest, numbered, type Placed, relate } from './making.ts'
import { besideStreet, isInTown, spread, type TownPlan } from './plan.ts'
import type { Spot } from './street-graph.ts'

const transformerCount = 30
const circuitCount = 110
// Cabinets from before 2010 count no lamps: the controller only switches.
const oldCabinetEvery = 4

export function transformers(plan: TownPlan): Placed[] {
  const sites = spread(plan, transformerCount, (spot) => (isInTown(plan, spot) ? denser(plan, spot) : 0))
  return inOrder(
    sites.map((spot) => besideStreet(plan, spot, 16)),
    (site) => site,
  ).map((site, index) =>
    made(plan, {
      id: numbered('transformer', index + 1, 2),
      name: `Transformer station ${site.place.address}`,
      class: 'transformer',
      criticality: site.district === 'Altstadt' || site.district === 'Lurewerk' ? 4 : 3,
      site,
      built: [1974, 2018],
    }),
  )
}

/** One cabinet each, on the pavement, fed by the nearest transformer. */
export function lightCircuits(plan: TownPlan, stations: readonly Placed[]): Placed[] {
  const sites = spread(plan, circuitCount, (spot) => (isInTown(plan, spot) ? denser(plan, spot) : 0)).map((spot) => ({
    main: plan.streets[spot.street]?.kind === 'main',
    site: besideStreet(plan, spot, 7),
  }))
  return inOrder(sites, ({ site }) => site).map(({ main, site }, index) =>
    made(plan, {
      id: numbered('light', index + 1, 3),
      name: `Lighting circuit ${site.place.address}`,
      class: 'streetlight-circuit',
      criticality: main ? 3 : 2,
      site,
      relations: relate('fed by', nearest(stations, site.at).asset.id),
      ...(index % oldCabinetEvery === 0 ? { quantities: ['power', 'current', 'voltage'] } : {}),
      built: index % oldCabinetEvery === 0 ? [1992, 2009] : [2010, 2023],
    }),
  )
}

/** The old town has most to a hectare, the belt outside the ring least. */
function denser(plan: TownPlan, { at }: Spot): number {
  const angle = angleOf(at)
  const radius = length(at.x, at.y)
  if (radius < plan.ground.oldTownEdge(angle)) return 1.5
  return radius < plan.ground.outerRing(angle) ? 1.2 : 0.9
}
