import { Calendar, type Instant, type Place, sunElevation } from '../../city/index.ts'

/** When a rule is judged at all, by the clocks and the sun of its city. What is absent does not matter. */
export type Schedule = {
  /** Minutes after midnight, the end excluded; an end before the beginning is on the next day. */
  readonly hours?: { readonly from: number; readonly to: number }
  /** 0 is Sunday. */
  readonly weekdays?: readonly number[]
  /** 0 is January. */
  readonly months?: readonly number[]
  readonly light?: 'day' | 'dark'
}

// Between them lies the dusk, which belongs to neither: lamps switch in it, each at its own moment.
const dayDegrees = 3
const darkDegrees = -6
const minuteMs = 60_000

/** Whether a moment lies in the schedule. Readings of many sensors come in a minute, so each minute is looked up once. */
export function whenIn(schedule: Schedule, timeZone: string, place: Place | undefined): (at: Instant) => boolean {
  const calendar = new Calendar(timeZone)
  let minute = Number.NaN
  let answer = false
  return (at) => {
    const asked = Math.floor(at / minuteMs)
    if (asked !== minute) {
      minute = asked
      answer = isInHours(schedule, calendar, asked * minuteMs) && isInLight(schedule, place, asked * minuteMs)
    }
    return answer
  }
}

function isInHours({ hours, weekdays, months }: Schedule, calendar: Calendar, at: Instant): boolean {
  const local = new Date(at + calendar.offsetAt(at))
  if (months !== undefined && !months.includes(local.getUTCMonth())) return false
  const weekday = local.getUTCDay()
  if (hours === undefined) return weekdays?.includes(weekday) ?? true
  const minutes = local.getUTCHours() * 60 + local.getUTCMinutes()
  const { from, to } = hours
  if (from < to) return minutes >= from && minutes < to && (weekdays?.includes(weekday) ?? true)
  // The night from Friday to Saturday is Friday's.
  if (minutes >= from) return weekdays?.includes(weekday) ?? true
  return minutes < to && (weekdays?.includes((weekday + 6) % 7) ?? true)
}

/** Without a place there is no sun, and a rule that asks for it is not judged. */
function isInLight({ light }: Schedule, place: Place | undefined, at: Instant): boolean {
  if (light === undefined) return true
  if (place === undefined) return false
  const elevation = sunElevation(at, place.latitude, place.longitude)
  return light === 'day' ? elevation > dayDegrees : elevation < darkDegrees
}
