import { type Line, length, type Point } from './geometry.ts'
import { type Random, smoothField } from './random.ts'

// Bound once: a town asks for these ten million times, and in Jest's realm every look-up of a global is slow.
const { abs, atan2, cos, floor, max, min, sin, tanh } = Math

/**
 * The lie of the land, before anything is built: a river from west to east, hills to the north, and the lines that the
 * town grew along: an old core, a ring road, eight roads out. All of it is in the *plan*, where rings are nearly round and
 * streets nearly straight; `grown` then bends plan and everything on it the way centuries do.
 */
export type Ground = {
  /** Height of the river's middle line at x (plan metres north). */
  riverAt(x: number): number
  /** Metres from the river's middle line, north of it positive. */
  offRiver(point: Point): number
  readonly roads: readonly Road[]
  /** Radius of the old town's edge, of the outer ring and of the town itself, at an angle. */
  oldTownEdge(angle: number): number
  outerRing(angle: number): number
  townEdge(angle: number): number
  /** Distance from the square, along this angle, at which the river's quay is reached. */
  quayAt(angle: number): number
  readonly park: Oval
  /** An old clay pit outside the ring, full of water. */
  readonly lake: Oval
  grown(line: Line): Point[]
  /** Metres above sea level of a grown place. */
  height(point: Point): number
}

/** No street goes through it. */
export type Oval = { readonly middle: Point; readonly rx: number; readonly ry: number }

/** A main road out of town. */
export type Road = { readonly side: 'north' | 'south'; readonly angleAt: (radius: number) => number }

export const riverWidth = 84
/** From the river's middle line to the street along it. */
export const quayOffset = 68
/** Half the size of the plan: what is drawn ends here. */
export const reach = { x: 2_600, y: 2_000 }

const full = Math.PI * 2
const degrees = Math.PI / 180

export function layGround(random: Random): Ground {
  const riverAt = tabulated(river(random), -3_600, 3_600, 1_440)
  const offRiver = ({ x, y }: Point): number => {
    const slope = (riverAt(x + 5) - riverAt(x - 5)) / 10
    return (y - riverAt(x)) / length(1, slope)
  }
  const quayAt = (angle: number): number => {
    for (let radius = 240; radius < 3_000; radius += 10) if (offRiver(polar(angle, radius)) < quayOffset) return radius
    return 3_000
  }
  const quay = tabulated(quayAt, 0, full, 720)
  const oldTown = wobbly(random, 410, 0.05)
  const ring = wobbly(random, 1_200, 0.05)
  const edge = wobbly(random, 1_980, 0.07)
  const stretched = (radius: (angle: number) => number, share: number): ((angle: number) => number) =>
    tabulated((angle) => radius(angle) * (1 + share * cos(2 * angle)), 0, full, 1_440)
  const oldTownEdge = stretched(oldTown, 0.1)
  return {
    riverAt,
    offRiver,
    quayAt: quay,
    roads: mainRoads(random),
    oldTownEdge: (angle) => min(oldTownEdge(angle), quay(angle)),
    outerRing: stretched(ring, 0.14),
    townEdge: stretched(edge, 0.17),
    park: { middle: polar(random.between(66, 76) * degrees, 790), rx: 250, ry: 170 },
    lake: { middle: polar(random.between(288, 294) * degrees, 1_640), rx: 210, ry: 140 },
    grown: growth(random),
    height: hills(random),
  }
}

/** The function by its values at even distances: laying streets asks for some of these a million times. */
function tabulated(of: (at: number) => number, from: number, to: number, count: number): (at: number) => number {
  const values = Float64Array.from({ length: count + 2 }, (_, index) => of(from + ((to - from) * index) / count))
  return (at) => {
    const place = min(count, max(0, ((at - from) / (to - from)) * count))
    const index = floor(place)
    const before = values[index] ?? 0
    return before + ((values[index + 1] ?? before) - before) * (place - index)
  }
}

export function polar(angle: number, radius: number): Point {
  return { x: cos(angle) * radius, y: sin(angle) * radius }
}

/** The angle from 0 to 2π. */
export function angleOf({ x, y }: Point): number {
  return wrapped(atan2(y, x))
}

export function wrapped(angle: number): number {
  return (angle + full) % full
}

// From the square to the river: near enough for the old town's ring to end on the quay.
const riverSouthOfSquare = 405

function river(random: Random): (x: number) => number {
  const long = random.between(0.2, 0.5)
  const short = random.between(0, full)
  const bends = (x: number): number =>
    235 * sin((full * x) / 3_500 + long) * (0.3 + 0.7 * tanh(abs(x) / 1_100) ** 2) +
    42 * sin((full * x) / 1_250 + short)
  return (x) => bends(x) - bends(0) - riverSouthOfSquare
}

/** Six roads north of the river and in the south three that cross it; the angles are even enough for a town to grow between. */
function mainRoads(random: Random): Road[] {
  const bearings = [4, 47, 93, 137, 176, 232, 271, 316]
  return bearings.map((bearing) => {
    const angle = (bearing + random.between(-4, 4)) * degrees
    const phase = random.between(0, full)
    const bend = random.between(0.03, 0.06)
    return {
      side: bearing > 180 ? 'south' : 'north',
      angleAt: (radius) => angle + bend * sin(radius / 620 + phase) * min(1, radius / 900),
    }
  })
}

function wobbly(random: Random, radius: number, share: number): (angle: number) => number {
  const phases = [2, 3, 5].map((times) => ({ times, phase: random.between(0, full) }))
  return (angle) =>
    radius * (1 + share * phases.reduce((sum, { times, phase }) => sum + sin(times * angle + phase) / times, 0))
}

/** Bends the plan: gently everywhere, and with tight turns inside the old town, whose lanes no surveyor drew. */
function growth(random: Random): (line: Line) => Point[] {
  const wide = [smoothField(random, 1_500), smoothField(random, 1_500)] as const
  const tight = [smoothField(random, 330), smoothField(random, 330)] as const
  return (line) =>
    line.map(({ x, y }) => {
      const old = max(0, 1 - length(x, y) / 560)
      return {
        x: x + 75 * wide[0](x, y) + 55 * old * tight[0](x, y),
        y: y + 75 * wide[1](x, y) + 55 * old * tight[1](x, y),
      }
    })
}

/** The ground falls to the river from both sides, and to the east with it; the north is steep. */
function hills(random: Random): (point: Point) => number {
  const rough = smoothField(random, 900)
  return ({ x, y }) => {
    const north = max(0, y + 300) / 2_400
    const south = max(0, -y - 650) / 2_000
    return 248 - x * 0.0022 + 105 * north ** 1.3 + 48 * south ** 1.2 + 5 * rough(x, y)
  }
}
