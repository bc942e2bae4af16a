import { type Line, type Point, simplified, widened } from './geometry.ts'
import { type Ground, reach, riverWidth } from './ground.ts'
import type { Random } from './random.ts'

/** A water of the town as it lies on the map. */
export type Water = {
  readonly name: string
  readonly kind: 'river' | 'canal' | 'stream' | 'pond'
  /** Its middle line, upstream end first; absent for a pond. */
  readonly middle?: Line
  readonly area: Line
}

export const riverName = 'Lure'

export function layWaters(ground: Ground, random: Random): Water[] {
  return [
    flowing(ground, riverName, 'river', riverLine(ground), (share) => riverWidth * (0.9 + 0.14 * share)),
    flowing(ground, 'Mühlkanal', 'canal', canalLine(ground, random), () => 16),
    flowing(ground, 'Krebsbach', 'stream', streamLine(ground, random), (share) => 7 + 7 * share),
    pond(ground, random, 'Schwanenteich', { x: ground.park.middle.x + 50, y: ground.park.middle.y - 25 }, 105, 62),
    pond(ground, random, 'Ziegelteich', ground.lake.middle, 155, 92),
  ]
}

function flowing(
  ground: Ground,
  name: string,
  kind: Water['kind'],
  plan: Line,
  width: (share: number) => number,
): Water {
  const middle = ground.grown(plan)
  return { name, kind, middle, area: simplified(widened(middle, width), 0.8) }
}

function riverLine(ground: Ground): Point[] {
  const line: Point[] = []
  for (let x = -reach.x - 60; x <= reach.x + 60; x += 30) line.push({ x, y: ground.riverAt(x) })
  return line
}

/** Leaves the river above the town's south bank and comes back below it: it drove the tanners' mills. */
function canalLine(ground: Ground, random: Random): Point[] {
  const from = -1_080 + random.between(-60, 60)
  const to = 430 + random.between(-60, 60)
  const line: Point[] = []
  for (let share = 0; share <= 1.0001; share += 0.02) {
    const x = from + (to - from) * share
    const off = 215 * Math.sin(Math.PI * share) ** 0.6 + 16 * Math.sin(share * 19)
    line.push({ x, y: ground.riverAt(x) - off })
  }
  return line
}

/** Comes down from the northern hills and meets the river west of the old town. */
function streamLine(ground: Ground, random: Random): Point[] {
  const phase = random.between(0, Math.PI * 2)
  const mouth = -1_120
  const line: Point[] = []
  for (let y = reach.y; y > ground.riverAt(mouth); y -= 25)
    line.push({ x: mouth + 0.2 * (y + 450) + 105 * Math.sin(y / 270 + phase) + 30 * Math.sin(y / 90), y })
  const last = line.at(-1)
  return last === undefined ? line : [...line, { x: last.x, y: ground.riverAt(last.x) }]
}

function pond(ground: Ground, random: Random, name: string, middle: Point, rx: number, ry: number): Water {
  const phase = random.between(0, Math.PI * 2)
  const area = Array.from({ length: 41 }, (_, index) => {
    const angle = ((index % 40) / 40) * Math.PI * 2
    const wave = 1 + 0.12 * Math.sin(3 * angle + phase) + 0.07 * Math.sin(5 * angle)
    return { x: middle.x + Math.cos(angle) * rx * wave, y: middle.y + Math.sin(angle) * ry * wave }
  })
  return { name, kind: 'pond', area: ground.grown(area) }
}
