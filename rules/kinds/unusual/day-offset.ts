import { Calendar, type DurationMs, type Instant } from '../../../city/index.ts'

const dayMs = 86_400_000

/** One for all sensors of a zone: a calendar weighs tens of kilobytes. */
const offsets = new Map<string, (at: Instant) => DurationMs>()

/**
 * What the clocks of a zone are ahead of UTC. Looked up once per day, because a fold over years of readings asks for every
 * one of them; within the days on which the clocks change, by the quarter of an hour.
 */
export function localOffset(timeZone: string): (at: Instant) => DurationMs {
  const known = offsets.get(timeZone)
  if (known !== undefined) return known
  const calendar = new Calendar(timeZone)
  const byDay = new Map<number, number>()
  let day = Number.NaN
  let ofDay = 0
  const offsetAt = (at: Instant): DurationMs => {
    const asked = Math.floor(at / dayMs)
    if (asked !== day) {
      day = asked
      ofDay = byDay.get(asked) ?? offsetOfDay(calendar, asked)
      byDay.set(asked, ofDay)
    }
    return Number.isNaN(ofDay) ? calendar.offsetAt(at) : ofDay
  }
  offsets.set(timeZone, offsetAt)
  return offsetAt
}

/** `NaN` for a day on which it changes. */
function offsetOfDay(calendar: Calendar, day: number): DurationMs {
  const begin = calendar.offsetAt(day * dayMs)
  return begin === calendar.offsetAt((day + 1) * dayMs - 1) ? begin : Number.NaN
}
