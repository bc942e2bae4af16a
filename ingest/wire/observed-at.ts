import type { Instant } from '../../city/index.ts'
import type { WireFault } from './parsed.ts'

// The rule that tells Unix seconds from milliseconds: below 10^11 it is seconds. 10^11 s is the year 5138, and 10^11 ms
// is March 1973, long before any sensor's clock; no moment that is accepted can be read both ways.
const secondsBelow = 1e11
// 10^14 ms is the year 5138 too: more than that is somebody's microseconds or nanoseconds.
const millisecondsBelow = 1e14

const isoPattern = /^(\d{4})-(\d{2})-(\d{2})[Tt ](\d{2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?)(Z|z|[+-]\d{2}:?\d{2})?$/

/** ISO 8601 with its zone, or Unix seconds or milliseconds. Absent (`undefined` or `null`) is the caller's to decide. */
export function parseObservedAt(given: unknown): Instant | WireFault {
  if (typeof given === 'number') return fromUnix(given)
  if (typeof given === 'string') return fromIso(given)
  return badTime(given, 'expected ISO 8601 like "2026-05-04T10:00:00Z", or Unix seconds or milliseconds')
}

function fromUnix(given: number): Instant | WireFault {
  if (given < 0) return badTime(given, 'it is before 1970')
  if (given < secondsBelow) return Math.round(given * 1_000)
  if (given < millisecondsBelow) return Math.round(given)
  return badTime(given, 'it is too large for milliseconds: send Unix seconds or milliseconds')
}

function fromIso(given: string): Instant | WireFault {
  const match = isoPattern.exec(given)
  if (match === null) return badTime(given, 'expected ISO 8601 like "2026-05-04T10:00:00Z"')
  const [, year = '', month = '', day = '', time = '', zone] = match
  if (zone === undefined) return badTime(given, 'it has no time zone: end it with Z (UTC) or an offset like +02:00')
  const offset = zone.length === 5 ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone.toUpperCase()
  const instant = Date.parse(`${year}-${month}-${day}T${time.replace(',', '.')}${offset}`)
  if (Number.isNaN(instant) || Number(day) > daysIn(Number(year), Number(month)))
    return badTime(given, 'there is no such date or time')
  return instant
}

/** `Date.parse` takes 30 February for 2 March. */
function daysIn(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate()
}

const shownLengthMax = 60

function badTime(given: unknown, why: string): WireFault {
  const shown = JSON.stringify(given) ?? String(given)
  return { reason: 'bad-time', detail: `observedAt ${shown.slice(0, shownLengthMax)} is not a time: ${why}` }
}
