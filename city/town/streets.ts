import { distance, type Line, lengthOf, type Point, resampled } from './geometry.ts'
import { angleOf, type Ground, polar, quayOffset, type Road, reach, wrapped } from './ground.ts'
import { localStreets } from './local-streets.ts'
import type { Random } from './random.ts'

export type StreetKind = 'main' | 'street'

/** A street as it was laid out: a line of the plan, with what it is called after. */
export type StreetPlan = {
  readonly kind: StreetKind
  readonly line: Line
  readonly called: Calling
}

/** Streets get their names by what they are; local ones by the part of town they lie in. */
export type Calling =
  | { readonly by: 'road'; readonly index: number }
  | { readonly by: 'old town ring' | 'outer ring' | 'square' | 'high street' | 'park'; readonly index: number }
  | { readonly by: 'quay' | 'footbridge' | 'lane' | 'local'; readonly index: number }

// Close enough for a bend to look round on the map.
const step = 24
const squareRadius = 46

/** All streets of the plan: first those that the town grew along, then those that fill it. */
export function layStreets(ground: Ground, random: Random): StreetPlan[] {
  const streets: StreetPlan[] = [
    ...ringRoads(ground),
    ...ground.roads.map((road, index) => ({
      kind: 'main' as const,
      line: roadLine(ground, road),
      called: { by: 'road' as const, index },
    })),
    ...oldTown(ground),
    ...quays(ground),
    ...footbridges(ground, random),
    parkRing(ground),
    ...localStreets(ground, random),
  ]
  return streets
    .map((street) => ({ ...street, line: resampled(street.line, step) }))
    .filter((street) => lengthOf(street.line) > 30)
}

function roadLine(ground: Ground, road: Road): Point[] {
  const line: Point[] = []
  for (let radius = gateRadius(ground, road); ; radius += 20) {
    const point = polar(road.angleAt(radius), radius)
    line.push(point)
    if (Math.abs(point.x) > reach.x || Math.abs(point.y) > reach.y) return line
  }
}

/** Where a road leaves the old town. */
function gateRadius(ground: Ground, road: Road): number {
  return ground.oldTownEdge(wrapped(road.angleAt(0)))
}

function circle(radiusAt: (angle: number) => number, steps: number): Point[] {
  return Array.from({ length: steps + 1 }, (_, index) => {
    const angle = (index / steps) * Math.PI * 2
    return polar(angle, radiusAt(angle % (Math.PI * 2)))
  })
}

function ringRoads(ground: Ground): StreetPlan[] {
  // Where the old town's edge meets the river, the quay takes the ring's place.
  const arcs: Point[][] = []
  let arc: Point[] | undefined
  // Begun in the middle of the quay, so that the ring is one piece.
  for (let index = 0; index <= 240; index += 1) {
    const angle = ((1.5 + index / 120) % 2) * Math.PI
    const radius = ground.oldTownEdge(angle)
    if (radius >= ground.quayAt(angle) - 1) {
      if (arc !== undefined) arc.push(polar(angle, radius))
      arc = undefined
      continue
    }
    if (arc === undefined) {
      arc = []
      arcs.push(arc)
    }
    arc.push(polar(angle, radius))
  }
  return [
    ...arcs.map((line) => ({ kind: 'main' as const, line, called: { by: 'old town ring' as const, index: 0 } })),
    { kind: 'main', line: circle(ground.outerRing, 300), called: { by: 'outer ring', index: 0 } },
  ]
}

/** The square, the high street through it from gate to bridge, the lanes to the other gates and two loops of lanes. */
function oldTown(ground: Ground): StreetPlan[] {
  const gates = ground.roads.map((road) => polar(road.angleAt(gateRadius(ground, road)), gateRadius(ground, road)))
  const toSquare = (gate: Point): Point[] => [gate, polar(angleOf(gate), squareRadius)]
  return [
    { kind: 'street', line: circle(() => squareRadius, 24), called: { by: 'square', index: 0 } },
    ...gates.map(
      (gate, index): StreetPlan =>
        // The north road and the middle one of the south are one street, older than the town.
        index === 2 || index === 6
          ? { kind: 'main', line: toSquare(gate), called: { by: 'high street', index: 0 } }
          : { kind: 'street', line: toSquare(gate), called: { by: 'lane', index } },
    ),
    ...[0.42, 0.72].map(
      (share, index): StreetPlan => ({
        kind: 'street',
        line: circle((angle) => squareRadius + (ground.oldTownEdge(angle) - squareRadius) * share, 64),
        called: { by: 'lane', index: 10 + index },
      }),
    ),
  ]
}

function quays(ground: Ground): StreetPlan[] {
  return [1, -1].map((side, index) => {
    const line: Point[] = []
    for (let x = -1_900; x <= 1_900; x += 20) {
      const slope = (ground.riverAt(x + 5) - ground.riverAt(x - 5)) / 10
      const length = Math.hypot(1, slope)
      const point = {
        x: x - (slope / length) * quayOffset * side,
        y: ground.riverAt(x) + (quayOffset / length) * side,
      }
      // The quays reach a little beyond the outer ring.
      if (distance(point, { x: 0, y: 0 }) < ground.outerRing(angleOf(point)) + 160) line.push(point)
    }
    return { kind: 'street', line, called: { by: 'quay', index } }
  })
}

function footbridges(ground: Ground, random: Random): StreetPlan[] {
  return [-800, 690].map((middle, index) => {
    const x = middle + random.between(-60, 60)
    const y = ground.riverAt(x)
    const slope = (ground.riverAt(x + 5) - ground.riverAt(x - 5)) / 10
    const length = Math.hypot(1, slope)
    const end = (side: number): Point => ({
      x: x - (slope / length) * quayOffset * side,
      y: y + (quayOffset / length) * side,
    })
    return { kind: 'street', line: [end(1), end(-1)], called: { by: 'footbridge', index } }
  })
}

function parkRing(ground: Ground): StreetPlan {
  const { middle, rx, ry } = ground.park
  const line = circle(() => 1, 60).map(({ x, y }) => ({ x: middle.x + x * rx, y: middle.y + y * ry }))
  return { kind: 'street', line, called: { by: 'park', index: 0 } }
}
