import { crossings, type Point } from './geometry.ts'
import { inOrder, made, numbered, type Placed } from './making.ts'
import { type Site, type Street, siteAt, type TownPlan } from './plan.ts'
import type { Water } from './waters.ts'

const bridgeCount = 18

/** Wherever a street crosses water there is a bridge; over the canal and the stream the busier ones are watched. */
export function bridges(plan: TownPlan): Placed[] {
  const found = plan.waters.flatMap((water) => plan.streets.flatMap((street) => crossed(plan, water, street)))
  const chosen = found.sort((one, other) => other.weight - one.weight).slice(0, bridgeCount)
  return inOrder(chosen, ({ site }) => site).map(({ water, street, site }, index) => {
    const foot = street.called.by === 'footbridge'
    const river = water.kind === 'river'
    return made(plan, {
      id: numbered('bridge', index + 1, 2),
      name: nameOf(water, street, site.at),
      class: 'bridge',
      criticality: foot ? 2 : river && street.kind === 'main' ? 5 : street.kind === 'main' ? 4 : 3,
      site,
      // A footbridge spans the river in one go and has no pier to tilt or to be scoured.
      ...(foot ? { quantities: ['strain', 'joint-gap', 'deck-temperature'] } : {}),
      built: foot ? [1994, 2012] : [1931, 2006],
    })
  })
}

type Crossing = { readonly water: Water; readonly street: Street; readonly site: Site; readonly weight: number }

function crossed(plan: TownPlan, water: Water, street: Street): Crossing[] {
  if (water.middle === undefined) return []
  return crossings(street.line, water.middle).map(({ at }) => {
    const importance = { river: 10, canal: 2, stream: 1, pond: 0 }[water.kind] + (street.kind === 'main' ? 5 : 0)
    // Among equals the one nearer to the square: shorter than a thousandth of a step in importance a metre.
    const weight = importance - Math.hypot(at.x, at.y) / 10_000
    return { water, street, weight, site: siteAt(plan, at, street.name) }
  })
}

function nameOf(water: Water, street: Street, at: Point): string {
  if (water.kind !== 'river') return `${water.name} bridge ${street.name}`
  if (street.called.by === 'footbridge') return `Footbridge ${street.name}`
  if (street.called.by === 'outer ring') return at.x < 0 ? 'Westbrücke' : 'Ostbrücke'
  if (street.called.by === 'high street') return 'Marktbrücke'
  const names: Readonly<Record<number, string>> = { 5: 'Auhofer Brücke', 6: 'Marktbrücke', 7: 'Hafenbrücke' }
  return names[street.called.index] ?? `Bridge ${street.name}`
}
