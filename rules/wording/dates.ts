import type { DurationMs, Instant } from '../../city/index.ts'
import type { Forecast } from '../alarm.ts'

/** Nearer than this, the hour matters. */
const hoursMatterMs: DurationMs = 2 * 86_400_000

const formats = new Map<string, Intl.DateTimeFormat>()

/** `on Thursday 26 Nov (80 % sure between Wed 25 Nov and Sat 28 Nov)`; with hours where they matter. */
export function forecastText({ at, from, to }: Forecast, now: Instant, timeZone: string): string {
  const withTime = at - now < hoursMatterMs
  const text = (moment: Instant, weekday: 'long' | 'short') => dateText(moment, now, timeZone, weekday, withTime)
  const first = from <= now ? 'now' : text(from, 'short')
  const last = to === undefined ? undefined : text(to, 'short')
  const sure =
    last === undefined
      ? `90 % sure not before ${first}`
      : first === last
        ? '80 % sure that it is that day'
        : `80 % sure between ${first} and ${last}`
  return `on ${text(at, 'long')} (${sure})`
}

/** With the year only when it is not this one's. */
function dateText(at: Instant, now: Instant, timeZone: string, weekday: 'long' | 'short', withTime: boolean): string {
  const withYear = !withTime && yearOf(at, timeZone) !== yearOf(now, timeZone)
  const parts = formatOf(timeZone, weekday, withTime, withYear).formatToParts(at)
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.find((each) => each.type === type)?.value ?? ''
  const day = `${part('weekday')} ${part('day')} ${part('month')}`
  return withTime ? `${day} ${part('hour')}:${part('minute')}` : withYear ? `${day} ${part('year')}` : day
}

function yearOf(at: Instant, timeZone: string): string {
  const parts = formatOf(timeZone, 'long', false, true).formatToParts(at)
  return parts.find(({ type }) => type === 'year')?.value ?? ''
}

function formatOf(
  timeZone: string,
  weekday: 'long' | 'short',
  withTime: boolean,
  withYear: boolean,
): Intl.DateTimeFormat {
  const key = `${timeZone} ${weekday} ${withTime} ${withYear}`
  const known = formats.get(key)
  if (known !== undefined) return known
  const made = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    weekday,
    day: 'numeric',
    month: 'short',
    ...(withTime ? { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } : {}),
    ...(withYear ? { year: 'numeric' } : {}),
  })
  formats.set(key, made)
  return made
}
