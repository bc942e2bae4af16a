import { formatDay, formatTime, zoneOffsetMs } from '../words/time.ts'

const secondMs = 1_000
const minuteMs = 60_000
const hourMs = 3_600_000
const dayMs = 86_400_000

/** Distances between ticks that people count in. */
const stepsMs: readonly number[] = [
  ...[1, 5, 10, 30].map((count) => count * secondMs),
  ...[1, 2, 5, 10, 15, 30].map((count) => count * minuteMs),
  ...[1, 2, 3, 6, 12].map((count) => count * hourMs),
  ...[1, 2, 7, 14, 28, 91, 182, 364].map((count) => count * dayMs),
]

export type Tick = { readonly at: number; readonly label: string; readonly strong: boolean }

/** A wall-clock moment (as if UTC) back to an instant. In the hour that a clock skips, the instant after it. */
function instantOfWall(wall: number, zone: string): number {
  const guess = wall - zoneOffsetMs(wall, zone)
  return wall - zoneOffsetMs(guess, zone)
}

/**
 * Ticks at round times of the city's own clock, also across a change of summer time: every one is a moment inside the
 * range, ascending, each once. Midnight carries the date; seconds are shown only when the steps need them.
 */
export function timeTicks(from: number, to: number, ticksMax: number, zone: string): readonly Tick[] {
  if (!(to > from) || ticksMax < 1) return []
  const step = stepsMs.find((candidate) => (to - from) / candidate <= ticksMax) ?? 364 * dayMs
  const ticks: Tick[] = []
  const startWall = from + zoneOffsetMs(from, zone)
  // Weeks are counted from a Monday; 1970-01-05 was one.
  const anchor = step >= 7 * dayMs ? 4 * dayMs : 0
  for (let wall = Math.floor((startWall - anchor) / step) * step + anchor; ; wall += step) {
    const at = instantOfWall(wall, zone)
    if (at > to) break
    const last = ticks.at(-1)
    if (at < from || (last && at <= last.at)) continue
    ticks.push(tickAt(at, step, zone))
  }
  return ticks
}

function tickAt(at: number, step: number, zone: string): Tick {
  const clock = formatTime(at, zone, step < minuteMs)
  const midnight = clock.startsWith('00:00') && (step >= minuteMs || clock === '00:00:00')
  if (step >= dayMs || midnight) return { at, label: formatDay(at, zone), strong: true }
  return { at, label: clock, strong: false }
}
