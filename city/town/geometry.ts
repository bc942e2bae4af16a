// Bound once: a town asks for these ten million times, and in Jest's realm every look-up of a global is slow.
const { abs, max, min, sqrt } = Math

/** Metres east and north of the market square. */
export type Point = { readonly x: number; readonly y: number }
export type Line = readonly Point[]

export function distance(one: Point, other: Point): number {
  return length(one.x - other.x, one.y - other.y)
}

/** Math.hypot guards against overflow, which a town does not need, and takes ten times as long. */
export function length(x: number, y: number): number {
  return sqrt(x * x + y * y)
}

export function lengthOf(line: Line): number {
  return line.reduce((sum, point, index) => sum + distance(line[index - 1] ?? point, point), 0)
}

/** The point that far along the line, and the direction the line runs there (a unit vector). */
export function along(line: Line, metres: number): { readonly at: Point; readonly direction: Point } {
  let left = metres
  for (const [index, to] of line.entries()) {
    const from = line[index - 1]
    if (from === undefined) continue
    const length = distance(from, to)
    if (left <= length || index === line.length - 1) {
      const share = length === 0 ? 0 : min(1, left / length)
      const direction = { x: (to.x - from.x) / (length || 1), y: (to.y - from.y) / (length || 1) }
      return { at: { x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share }, direction }
    }
    left -= length
  }
  return { at: line[0] ?? { x: 0, y: 0 }, direction: { x: 1, y: 0 } }
}

/** The line as points of equal distance, near `step` metres, both ends kept. */
export function resampled(line: Line, step: number): Point[] {
  const [first] = line
  const last = line.at(-1)
  if (first === undefined || last === undefined) return []
  const whole = lengthOf(line)
  const apart = whole / max(1, Math.round(whole / step))
  const points = [first]
  let walked = 0
  let wanted = apart
  for (let index = 1; index < line.length; index += 1) {
    const [from, to] = [line[index - 1] ?? first, line[index] ?? last]
    const long = distance(from, to)
    // Half a step is left for the last point itself, whatever rounding did.
    for (; wanted <= walked + long && wanted < whole - apart / 2; wanted += apart) {
      const share = (wanted - walked) / long
      points.push({ x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share })
    }
    walked += long
  }
  points.push(last)
  return points
}

/** Where the two lines cross, with how far along the first that is. */
export function crossings(first: Line, second: Line): { readonly at: Point; readonly along: number }[] {
  const found: { at: Point; along: number }[] = []
  if (!overlap(boxOf(first), boxOf(second))) return found
  let walked = 0
  for (let index = 1; index < first.length; index += 1) {
    const from = first[index - 1]
    const to = first[index]
    if (from === undefined || to === undefined) continue
    for (let other = 1; other < second.length; other += 1) {
      const otherFrom = second[other - 1] ?? from
      const otherTo = second[other] ?? to
      if (min(from.x, to.x) > max(otherFrom.x, otherTo.x)) continue
      if (max(from.x, to.x) < min(otherFrom.x, otherTo.x)) continue
      const share = crossing(from, to, otherFrom, otherTo)
      if (share === undefined) continue
      const at = { x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share }
      found.push({ at, along: walked + distance(from, at) })
    }
    walked += distance(from, to)
  }
  return found
}

/** The box round a line, to rule out quickly what is nowhere near it. */
export type Box = { readonly west: number; readonly east: number; readonly south: number; readonly north: number }

export function boxOf(line: Line): Box {
  let [west, east, south, north] = [Infinity, -Infinity, Infinity, -Infinity]
  for (const { x, y } of line) {
    west = min(west, x)
    east = max(east, x)
    south = min(south, y)
    north = max(north, y)
  }
  return { west, east, south, north }
}

function overlap(one: Box, other: Box): boolean {
  return one.west <= other.east && other.west <= one.east && one.south <= other.north && other.south <= one.north
}

/** Which share of the way from `a` to `b` the line from `c` to `d` is met. */
function crossing(a: Point, b: Point, c: Point, d: Point): number | undefined {
  const across = (b.x - a.x) * (d.y - c.y) - (b.y - a.y) * (d.x - c.x)
  if (across === 0) return undefined
  const share = ((c.x - a.x) * (d.y - c.y) - (c.y - a.y) * (d.x - c.x)) / across
  const other = ((c.x - a.x) * (b.y - a.y) - (c.y - a.y) * (b.x - a.x)) / across
  return share >= 0 && share < 1 && other >= 0 && other < 1 ? share : undefined
}

/** Whether the point lies inside the ring (first and last point alike or not). */
export function inside(ring: Line, point: Point): boolean {
  let within = false
  for (let index = 0; index < ring.length; index += 1) {
    const a = ring[index] ?? point
    const b = ring[index === 0 ? ring.length - 1 : index - 1] ?? a
    if (a.y > point.y !== b.y > point.y && point.x < ((b.x - a.x) * (point.y - a.y)) / (b.y - a.y) + a.x)
      within = !within
  }
  return within
}

/** The line as an area that is `width(share of the way)` metres wide: a ring, first point repeated at the end. */
export function widened(line: Line, width: (share: number) => number): Point[] {
  const sides = line.map((point, index) => {
    const before = line[index - 1] ?? point
    const after = line[index + 1] ?? point
    const length = distance(before, after) || 1
    const half = width(index / max(1, line.length - 1)) / 2
    const across = { x: (-(after.y - before.y) / length) * half, y: ((after.x - before.x) / length) * half }
    return {
      left: { x: point.x + across.x, y: point.y + across.y },
      right: { x: point.x - across.x, y: point.y - across.y },
    }
  })
  const ring = [...sides.map((side) => side.left), ...sides.map((side) => side.right).reverse()]
  const [first] = ring
  return first === undefined ? [] : [...ring, first]
}

/** Without the points that a straight line between their neighbours passes within `tolerance` metres of. */
export function simplified(line: Line, tolerance: number): Point[] {
  const [first] = line
  const last = line.at(-1)
  if (first === undefined || last === undefined || line.length < 3) return [...line]
  let farthest = 0
  let index = 0
  for (const [each, point] of line.entries()) {
    const off = offLine(point, first, last)
    if (off > farthest) [farthest, index] = [off, each]
  }
  if (farthest <= tolerance) return [first, last]
  return [...simplified(line.slice(0, index + 1), tolerance).slice(0, -1), ...simplified(line.slice(index), tolerance)]
}

function offLine(point: Point, from: Point, to: Point): number {
  const length = distance(from, to)
  // A ring begins where it ends.
  if (length === 0) return distance(point, from)
  return abs((to.x - from.x) * (from.y - point.y) - (from.x - point.x) * (to.y - from.y)) / length
}
