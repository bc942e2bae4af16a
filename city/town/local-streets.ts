import { length, lengthOf, type Point } from './geometry.ts'
import { angleOf, type Ground, type Oval, quayOffset, reach, wrapped } from './ground.ts'
import { type Random, smoothField } from './random.ts'
import type { StreetPlan } from './streets.ts'

// Bound once: a town asks for these ten million times, and in Jest's realm every look-up of a global is slow.
const { abs, cos, max, min, sin } = Math

/**
 * Between the main roads lie *cells*: the old town, and pieces of the belts inside and outside the outer ring. Each was
 * built at one time and has a grid of its own, in its own direction. A grid line is walked from end to end of the cell and
 * kept where the walk is inside it, so that every street ends on the main road or quay that bounds the cell.
 */
export function localStreets(ground: Ground, random: Random): StreetPlan[] {
  const built = smoothField(random, 620)
  const streets: StreetPlan[] = []
  let index = 0
  for (const cell of findCells(ground)) {
    for (const line of gridOf(cell, ground, random, built)) {
      streets.push({ kind: 'street', line, called: { by: 'local', index } })
      index += 1
    }
  }
  return streets
}

type Cell = {
  readonly key: string
  readonly belt: 0 | 1 | 2
  readonly middle: Point
  readonly radius: number
}

const walkStep = 8
// A run shorter than this is a yard, not a street.
const shortestStreet = 70
// A street nearer than this to the bounding road, over most of its length, would only double it.
const besideRoad = 38

/** Which cell a point of the plan lies in; `undefined` in the river, the park, on the square and beyond the town. */
function cellAt(ground: Ground, point: Point): string | undefined {
  const off = ground.offRiver(point)
  if (abs(off) < quayOffset) return undefined
  if (isWithin(ground.park, point) || isWithin(ground.lake, point)) return undefined
  const radius = length(point.x, point.y)
  if (radius < 60) return undefined
  const angle = angleOf(point)
  const side = off > 0 ? 'north' : 'south'
  if (side === 'north' && radius < ground.oldTownEdge(angle)) return 'old town'
  if (radius > ground.townEdge(angle)) return undefined
  const belt = radius < ground.outerRing(angle) ? 1 : 2
  let sector = 0
  for (let index = 0; index < ground.roads.length; index += 1) {
    const road = ground.roads[index]
    if (road?.side === side && angle > wrapped(road.angleAt(radius))) sector = index + 1
  }
  // Past the last road of a side, or before its first, is one and the same sector.
  return `${belt} ${side} ${side === 'north' && sector === 0 ? 'east' : sector}`
}

function isWithin({ middle, rx, ry }: Oval, point: Point): boolean {
  return ((point.x - middle.x) / rx) ** 2 + ((point.y - middle.y) / ry) ** 2 < 1
}

function findCells(ground: Ground): Cell[] {
  const points = new Map<string, Point[]>()
  for (let x = -reach.x; x <= reach.x; x += 45)
    for (let y = -reach.y; y <= reach.y; y += 45) {
      const key = cellAt(ground, { x, y })
      if (key === undefined) continue
      const list = points.get(key)
      if (list === undefined) points.set(key, [{ x, y }])
      else list.push({ x, y })
    }
  return [...points].map(([key, list]) => {
    const middle = {
      x: list.reduce((sum, point) => sum + point.x, 0) / list.length,
      y: list.reduce((sum, point) => sum + point.y, 0) / list.length,
    }
    const radius = max(...list.map((point) => length(point.x - middle.x, point.y - middle.y))) + 60
    return { key, belt: key === 'old town' ? 0 : key.startsWith('1') ? 1 : 2, middle, radius }
  })
}

/** How far apart a cell's streets are: long sides and short sides of its blocks, in metres. */
function blockSize(cell: Cell, random: Random): { readonly long: number; readonly short: number } {
  if (cell.belt === 0) return { long: 104, short: 78 }
  // The works in the south-east have yards between their streets, not gardens.
  if (cell.middle.x > 250 && cell.middle.y < -300)
    return { long: random.between(270, 320), short: random.between(175, 205) }
  return cell.belt === 1
    ? { long: random.between(170, 215), short: random.between(98, 122) }
    : { long: random.between(200, 260), short: random.between(125, 150) }
}

function gridOf(cell: Cell, ground: Ground, random: Random, built: (x: number, y: number) => number): Point[][] {
  const { long, short } = blockSize(cell, random)
  // Along the road out, with the little that surveyors of another decade were off.
  const turn = (cell.belt === 0 ? 0.5 : angleOf(cell.middle)) + random.between(-0.12, 0.12)
  const lines: Point[][] = []
  for (const family of [
    { direction: turn, apart: short, blocks: long },
    { direction: turn + Math.PI / 2, apart: long, blocks: short },
  ]) {
    const along = { x: cos(family.direction), y: sin(family.direction) }
    const across = { x: -along.y, y: along.x }
    const start = random.between(0, family.apart)
    for (let off = start - cell.radius; off < cell.radius; off += family.apart * random.between(0.88, 1.12)) {
      const at = (metres: number): Point => ({
        x: cell.middle.x + along.x * metres + across.x * off,
        y: cell.middle.y + along.y * metres + across.y * off,
      })
      for (const run of runsInside(cell, ground, at))
        lines.push(...kept(run, family.blocks, cell, ground, random, built))
    }
  }
  return lines.filter((line) => lengthOf(line) >= shortestStreet && !hugsEdge(line, cell, ground))
}

type Run = { readonly from: number; readonly to: number; readonly at: (metres: number) => Point }

/** The stretches of a grid line that lie in the cell, ended exactly on its bounds. */
function runsInside(cell: Cell, ground: Ground, at: (metres: number) => Point): Run[] {
  const within = (metres: number): boolean => cellAt(ground, at(metres)) === cell.key
  const runs: Run[] = []
  let from: number | undefined
  for (let metres = -cell.radius; metres <= cell.radius + walkStep; metres += walkStep) {
    const here = within(metres)
    if (here && from === undefined) from = bound(within, metres, metres - walkStep)
    if (!here && from !== undefined) {
      runs.push({ from, to: bound(within, metres - walkStep, metres), at })
      from = undefined
    }
  }
  return runs
}

/** Where between a place inside and one outside the bound lies. */
function bound(within: (metres: number) => boolean, inner: number, outer: number): number {
  let [low, high] = [inner, outer]
  for (let times = 0; times < 6; times += 1) {
    const middle = (low + high) / 2
    if (within(middle)) low = middle
    else high = middle
  }
  return high
}

/** The run without the blocks where nothing was built, or where two blocks became one. */
function kept(
  { from, to, at }: Run,
  block: number,
  cell: Cell,
  ground: Ground,
  random: Random,
  built: (x: number, y: number) => number,
): Point[][] {
  const lines: Point[][] = []
  let line: Point[] = []
  const blocks = max(1, Math.round((to - from) / block))
  for (let index = 0; index < blocks; index += 1) {
    const start = at(from + ((to - from) * index) / blocks)
    const end = at(from + ((to - from) * (index + 1)) / blocks)
    if (
      isBuilt({ x: (start.x + end.x) / 2, y: (start.y + end.y) / 2 }, cell, ground, built) &&
      !random.chance(cell.belt === 2 ? 0.05 : 0.08)
    ) {
      if (line.length === 0) line.push(start)
      line.push(end)
    } else if (line.length > 0) {
      lines.push(line)
      line = []
    }
  }
  if (line.length > 0) lines.push(line)
  return lines
}

/** Inside the ring everything is; outside, less and less, and longest along the roads. */
function isBuilt(point: Point, cell: Cell, ground: Ground, built: (x: number, y: number) => number): boolean {
  if (cell.belt !== 2) return true
  const angle = angleOf(point)
  const radius = length(point.x, point.y)
  const ring = ground.outerRing(angle)
  const outwards = (radius - ring) / (ground.townEdge(angle) - ring)
  const nearest = min(...ground.roads.map((road) => abs(sin((angle - road.angleAt(radius)) / 2)) * 2 * radius))
  return 1.02 - outwards * 1.1 + 0.4 * built(point.x, point.y) + max(0, 0.45 - nearest / 700) > 0.35
}

function hugsEdge(line: readonly Point[], cell: Cell, ground: Ground): boolean {
  const [first] = line
  const last = line.at(-1)
  if (first === undefined || last === undefined) return true
  const long = length(last.x - first.x, last.y - first.y) || 1
  const across = { x: (-(last.y - first.y) / long) * besideRoad, y: ((last.x - first.x) / long) * besideRoad }
  const shares = [0.15, 0.3, 0.5, 0.7, 0.85]
  const near = shares.filter((share) => {
    const at = { x: first.x + (last.x - first.x) * share, y: first.y + (last.y - first.y) * share }
    return [1, -1].some((side) => cellAt(ground, { x: at.x + across.x * side, y: at.y + across.y * side }) !== cell.key)
  })
  return near.length >= 3
}
