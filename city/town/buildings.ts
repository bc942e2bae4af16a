import type { AssetId, Criticality } from '../asset.ts'
import type { DistrictName } from './districts.ts'
import type { Point } from './geometry.ts'
import { polar } from './ground.ts'
import { made, nearest, numbered, type Placed, relate } from './making.ts'
import { besideStreet, nearestSpot, type Site, type TownPlan, toDegrees } from './plan.ts'

const besideHouse = 16

type House = {
  readonly name: string
  readonly district: DistrictName
  /** Where to look for it, as direction (degrees, east is 0) and metres from the square. */
  readonly at: readonly [direction: number, metres: number]
  readonly criticality: Criticality
  readonly lifts: number
  readonly escalators?: number
}

const houses: readonly House[] = [
  { name: 'Town Hall', district: 'Altstadt', at: [60, 75], criticality: 4, lifts: 3 },
  { name: 'Market Hall', district: 'Altstadt', at: [200, 170], criticality: 2, lifts: 1, escalators: 2 },
  { name: 'City Library', district: 'Altstadt', at: [130, 240], criticality: 3, lifts: 2 },
  { name: 'Municipal Theatre', district: 'Altstadt', at: [20, 290], criticality: 2, lifts: 1 },
  { name: 'City Museum', district: 'Altstadt', at: [285, 260], criticality: 2, lifts: 1 },
  { name: 'Court House', district: 'Altstadt', at: [100, 330], criticality: 3, lifts: 1 },
  { name: 'Hospital', district: 'Neustift', at: [112, 1_180], criticality: 5, lifts: 8 },
  { name: 'Lindenschule', district: 'Neustift', at: [80, 560], criticality: 3, lifts: 1 },
  { name: 'Kindergarten Am Stadtpark', district: 'Neustift', at: [58, 980], criticality: 3, lifts: 0 },
  { name: 'Music School', district: 'Neustift', at: [100, 850], criticality: 2, lifts: 0 },
  { name: 'Central Station', district: 'Bahnhofviertel', at: [22, 930], criticality: 4, lifts: 4, escalators: 4 },
  {
    name: 'Congress Centre Lurehalle',
    district: 'Bahnhofviertel',
    at: [345, 900],
    criticality: 3,
    lifts: 3,
    escalators: 2,
  },
  { name: 'Municipal Offices', district: 'Bahnhofviertel', at: [10, 620], criticality: 3, lifts: 3 },
  { name: 'Police Headquarters', district: 'Bahnhofviertel', at: [38, 700], criticality: 4, lifts: 1 },
  { name: 'Secondary School', district: 'Bahnhofviertel', at: [355, 1_350], criticality: 3, lifts: 1 },
  { name: 'Primary School Kirchberg', district: 'Kirchberg', at: [165, 720], criticality: 3, lifts: 1 },
  { name: 'Sports Hall Kirchberg', district: 'Kirchberg', at: [155, 1_300], criticality: 2, lifts: 1 },
  { name: 'Care Home Sonnleiten', district: 'Kirchberg', at: [148, 960], criticality: 4, lifts: 3 },
  { name: 'Fire Station', district: 'Kirchberg', at: [190, 800], criticality: 5, lifts: 1 },
  { name: 'Primary School Gerberau', district: 'Gerberau', at: [238, 800], criticality: 3, lifts: 1 },
  { name: 'Kindergarten Mühlkanal', district: 'Gerberau', at: [255, 640], criticality: 3, lifts: 0 },
  { name: 'Swimming Pool', district: 'Gerberau', at: [222, 1_250], criticality: 3, lifts: 1 },
  { name: 'Vocational College', district: 'Lurewerk', at: [290, 760], criticality: 3, lifts: 2 },
  { name: 'Works Depot', district: 'Lurewerk', at: [318, 1_250], criticality: 3, lifts: 0 },
]

/** Public buildings, and the lifts and escalators that are part of them. */
export function publicBuildings(plan: TownPlan, stations: readonly Placed[]): Placed[] {
  const buildings: Placed[] = []
  const lifts: Placed[] = []
  const escalators: Placed[] = []
  for (const [index, house] of houses.entries()) {
    const id = numbered('building', index + 1, 2)
    const site = siteOf(plan, house)
    buildings.push(
      made(plan, {
        id,
        name: house.name,
        class: 'public-building',
        criticality: house.criticality,
        site,
        relations: relate('fed by', nearest(stations, site.at).asset.id),
        built: [1958, 2015],
      }),
    )
    for (let unit = 1; unit <= house.lifts; unit += 1)
      lifts.push(
        machine(
          plan,
          numbered('lift', lifts.length + 1, 2),
          'lift',
          `Lift ${letter(unit)}, ${house.name}`,
          id,
          house,
          shifted(plan, site, unit),
        ),
      )
    for (let unit = 1; unit <= (house.escalators ?? 0); unit += 1)
      escalators.push(
        machine(
          plan,
          numbered('escalator', escalators.length + 1, 1),
          'escalator',
          `Escalator ${letter(unit)}, ${house.name}`,
          id,
          house,
          shifted(plan, site, -unit),
        ),
      )
  }
  return [...buildings, ...lifts, ...escalators]
}

function siteOf(plan: TownPlan, house: House): Site {
  const [direction, metres] = house.at
  const wanted: Point = polar((direction * Math.PI) / 180, metres)
  // Deep enough behind the street for a house of its size.
  const spot = nearestSpot(plan, wanted, (each) => plan.streets[each.street]?.district === house.district)
  return besideStreet(plan, spot, 26)
}

function machine(
  plan: TownPlan,
  id: AssetId,
  kind: 'lift' | 'escalator',
  name: string,
  building: AssetId,
  house: House,
  site: Site,
): Placed {
  return made(plan, {
    id,
    name,
    class: kind,
    // People in beds and wheelchairs have no stairs to take.
    criticality: house.criticality >= 4 && kind === 'lift' ? 4 : house.criticality >= 3 ? 3 : 2,
    site,
    relations: relate('part of', building),
    built: [1988, 2022],
  })
}

/** Lifts of one building stand apart enough to be told apart on the map. */
function shifted(plan: TownPlan, site: Site, unit: number): Site {
  const turned = (angle: number): Point => ({
    x: site.at.x + Math.cos(angle) * besideHouse,
    y: site.at.y + Math.sin(angle) * besideHouse,
  })
  // Turned on until it is not in the river.
  const angle = [0, 1, 2, 3, 4, 5].map((turn) => unit * 2.4 + turn).find((each) => plan.isDry(turned(each))) ?? 0
  const at = turned(angle)
  return { ...site, at, place: { ...toDegrees(at), address: site.place.address ?? '' } }
}

function letter(unit: number): string {
  return String.fromCharCode('A'.charCodeAt(0) + unit - 1)
}
