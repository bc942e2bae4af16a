import { inside, type Line, length, type Point, resampled, simplified } from './geometry.ts'
import { angleOf, type Ground, polar, type Road, wrapped } from './ground.ts'

/** A part of town, by name, with its bounds (grown; first point repeated at the end). */
export type District = { readonly name: DistrictName; readonly area: Line }

export const districtNames = ['Altstadt', 'Neustift', 'Kirchberg', 'Bahnhofviertel', 'Gerberau', 'Lurewerk'] as const
export type DistrictName = (typeof districtNames)[number]

// A little of the fields around belongs to the town.
const beyondEdge = 1.07

/**
 * Six districts that share their bounds exactly: the old town between its ring and the river, three on the north bank
 * parted by the north-west and north-east roads, two on the south bank parted by the middle bridge's road.
 */
export function layDistricts(ground: Ground): District[] {
  const [, northEast, , northWest, , , south] = ground.roads
  if (northEast === undefined || northWest === undefined || south === undefined) throw new Error('roads are missing')
  const edgeAt = (angle: number): number => ground.townEdge(wrapped(angle)) * beyondEdge
  const corners = quayCorners(ground)
  const west = edgeCrossing(ground, edgeAt, -1)
  const east = edgeCrossing(ground, edgeAt, 1)
  const bridge = riverCrossing(ground, south)
  const piece = (line: Line): Point[] => simplified(ground.grown(resampled(line, 30)), 1.5)
  const onRiver = (from: number, to: number): Point[] =>
    piece(
      Array.from({ length: 61 }, (_, step) => from + ((to - from) * step) / 60).map((x) => ({
        x,
        y: ground.riverAt(x),
      })),
    )
  const onCurve = (radius: (angle: number) => number, from: number, to: number): Point[] =>
    piece(
      Array.from({ length: 121 }, (_, step) => from + ((to - from) * step) / 120).map((angle) =>
        polar(angle, radius(wrapped(angle))),
      ),
    )
  const onRoad = (road: Road, from: number, to: number): Point[] =>
    piece(
      Array.from({ length: 81 }, (_, step) => from + ((to - from) * step) / 80).map((radius) =>
        polar(road.angleAt(radius), radius),
      ),
    )
  const outerEnd = (road: Road): number => edgeAt(road.angleAt(1_900))
  const gate = (road: Road): number => ground.oldTownEdge(wrapped(road.angleAt(400)))

  const ring = {
    east: onCurve(ground.oldTownEdge, corners.east.angle - Math.PI * 2, northEast.angleAt(gate(northEast))),
    north: onCurve(ground.oldTownEdge, northEast.angleAt(gate(northEast)), northWest.angleAt(gate(northWest))),
    west: onCurve(ground.oldTownEdge, northWest.angleAt(gate(northWest)), corners.west.angle),
  }
  const bank = {
    west: piece([polar(corners.west.angle, ground.oldTownEdge(corners.west.angle)), corners.west.river]),
    east: piece([polar(corners.east.angle, ground.oldTownEdge(corners.east.angle)), corners.east.river]),
  }
  const river = {
    farWest: onRiver(west.x, corners.west.river.x),
    oldTownWest: onRiver(corners.west.river.x, bridge.x),
    oldTownEast: onRiver(bridge.x, corners.east.river.x),
    farEast: onRiver(corners.east.river.x, east.x),
  }
  const road = {
    northEast: onRoad(northEast, gate(northEast), outerEnd(northEast)),
    northWest: onRoad(northWest, gate(northWest), outerEnd(northWest)),
    south: onRoad(south, length(bridge.x, bridge.y), outerEnd(south)),
  }
  const rim = {
    east: onCurve(edgeAt, east.angle - Math.PI * 2, northEast.angleAt(outerEnd(northEast))),
    north: onCurve(edgeAt, northEast.angleAt(outerEnd(northEast)), northWest.angleAt(outerEnd(northWest))),
    west: onCurve(edgeAt, northWest.angleAt(outerEnd(northWest)), west.angle),
    southWest: onCurve(edgeAt, west.angle, south.angleAt(outerEnd(south))),
    southEast: onCurve(edgeAt, south.angleAt(outerEnd(south)), east.angle),
  }
  const area = (...pieces: readonly Line[]): Point[] => {
    const line = pieces.flat()
    const [first] = line
    return first === undefined ? line : [...line, first]
  }
  const back = (line: Line): Point[] => [...line].reverse()
  return [
    {
      name: 'Altstadt',
      area: area(ring.east, ring.north, ring.west, bank.west, river.oldTownWest, river.oldTownEast, back(bank.east)),
    },
    { name: 'Neustift', area: area(back(ring.north), road.northEast, rim.north, back(road.northWest)) },
    { name: 'Kirchberg', area: area(road.northWest, rim.west, river.farWest, back(bank.west), back(ring.west)) },
    { name: 'Bahnhofviertel', area: area(river.farEast, rim.east, back(road.northEast), back(ring.east), bank.east) },
    { name: 'Gerberau', area: area(river.farWest, river.oldTownWest, road.south, back(rim.southWest)) },
    { name: 'Lurewerk', area: area(river.oldTownEast, river.farEast, back(rim.southEast), back(road.south)) },
  ]
}

/** The district that a grown place lies in, or the one whose bounds are nearest. */
export function districtAt(districts: readonly District[], place: Point): DistrictName {
  const found = districts.find((district) => inside(district.area, place))
  if (found !== undefined) return found.name
  const far = (district: District): number =>
    Math.min(...district.area.map((point) => length(point.x - place.x, point.y - place.y)))
  const [nearest] = [...districts].sort((one, other) => far(one) - far(other))
  return nearest?.name ?? 'Altstadt'
}

type Corner = { readonly angle: number; readonly river: Point }

/** Where the old town's ring reaches the quay, west and east, and the river's middle in the same direction. */
function quayCorners(ground: Ground): { readonly west: Corner; readonly east: Corner } {
  const atQuay = (angle: number): boolean => ground.oldTownEdge(angle) >= ground.quayAt(angle) - 1
  const found = (from: number, step: number): Corner => {
    let angle = from
    while (!atQuay(angle) && Math.abs(angle - from) < Math.PI) angle += step
    let radius = ground.oldTownEdge(angle)
    while (ground.offRiver(polar(angle, radius)) > 0) radius += 2
    return { angle, river: polar(angle, radius) }
  }
  return { west: found(Math.PI, 0.004), east: found(Math.PI * 1.98, -0.004) }
}

/** Where the river's middle passes the edge of the town. */
function edgeCrossing(ground: Ground, edgeAt: (angle: number) => number, side: 1 | -1): { x: number; angle: number } {
  let x = 600 * side
  let point = { x, y: ground.riverAt(x) }
  while (length(point.x, point.y) < edgeAt(angleOf(point))) {
    x += 4 * side
    point = { x, y: ground.riverAt(x) }
  }
  return { x, angle: angleOf(point) }
}

function riverCrossing(ground: Ground, road: Road): Point {
  let radius = 200
  while (ground.offRiver(polar(road.angleAt(radius), radius)) > 0) radius += 1
  return polar(road.angleAt(radius), radius)
}
