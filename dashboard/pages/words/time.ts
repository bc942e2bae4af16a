/**
 * Times as people say them, in the city's own time zone: a crew reads the clock on the wall, wherever the page is open.
 */
const secondMs = 1_000
const minuteMs = 60_000
const hourMs = 3_600_000
const dayMs = 86_400_000

const formats = new Map<string, Intl.DateTimeFormat>()

function formatOf(zone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${zone} ${JSON.stringify(options)}`
  const known = formats.get(key)
  if (known) return known
  const made = new Intl.DateTimeFormat('en-GB', { ...options, timeZone: zone, hourCycle: 'h23' })
  formats.set(key, made)
  return made
}

const time: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit' }
const timeWithSeconds: Intl.DateTimeFormatOptions = { ...time, second: '2-digit' }
const day: Intl.DateTimeFormatOptions = { weekday: 'short', day: 'numeric', month: 'short' }
const dayWithYear: Intl.DateTimeFormatOptions = { ...day, year: 'numeric' }

/** `14:05` */
export function formatTime(at: number, zone: string, seconds = false): string {
  return formatOf(zone, seconds ? timeWithSeconds : time).format(at)
}

/** `Mon 23 Nov` (the comma of en-GB is left out) */
export function formatDay(at: number, zone: string): string {
  return formatOf(zone, day).format(at).replace(',', '')
}

/** `27 Jan 2012` */
export function formatDate(at: number, zone: string): string {
  return formatOf(zone, { day: 'numeric', month: 'short', year: 'numeric' }).format(at)
}

/** `Mon 23 Nov, 14:05` */
export function formatDayTime(at: number, zone: string): string {
  return `${formatDay(at, zone)}, ${formatTime(at, zone)}`
}

/** `Mon 23 Nov 2026, 14:05:09 (Europe/Berlin)`: all there is to know, for the tooltip. */
export function formatExact(at: number, zone: string): string {
  return `${formatOf(zone, dayWithYear).format(at).replace(/,/g, '')}, ${formatTime(at, zone, true)} (${zone})`
}

/** `14:05` today, `yesterday 14:05`, else `Mon 23 Nov, 14:05`. */
export function formatMoment(at: number, now: number, zone: string): string {
  if (formatDay(at, zone) === formatDay(now, zone) && Math.abs(now - at) < dayMs * 2) return formatTime(at, zone)
  const yesterday = formatDay(now - dayMs, zone) === formatDay(at, zone) && Math.abs(now - at) < dayMs * 3
  return yesterday ? `yesterday ${formatTime(at, zone)}` : formatDayTime(at, zone)
}

/** `8 s`, `3 min`, `2 h`, `4 d`: the largest unit of which there are at least two, or one minute, hour, day. */
export function formatSpan(spanMs: number): string {
  const span = Math.abs(spanMs)
  if (span < minuteMs) return `${Math.floor(span / secondMs)} s`
  if (span < hourMs) return `${Math.floor(span / minuteMs)} min`
  if (span < 2 * dayMs) return `${Math.floor(span / hourMs)} h`
  return `${Math.floor(span / dayMs)} d`
}

/** A span with its remainder where it matters: `1 h 20 min`, `2 d 4 h`. */
export function formatSpanFully(spanMs: number): string {
  const span = Math.abs(spanMs)
  if (span < hourMs) return formatSpan(span)
  const [large, small, largeWord, smallWord] =
    span < 2 * dayMs ? [hourMs, minuteMs, 'h', 'min'] : [dayMs, hourMs, 'd', 'h']
  const whole = Math.floor(span / large)
  const rest = Math.floor((span - whole * large) / small)
  return rest === 0 ? `${whole} ${largeWord}` : `${whole} ${largeWord} ${rest} ${smallWord}`
}

/** `now`, `8 s ago`, `in 3 h`. Clocks differ by a second or two; that is not the future. */
export function formatAge(at: number, now: number): string {
  const age = now - at
  if (age < -5 * secondMs) return `in ${formatSpan(age)}`
  return age < secondMs ? 'now' : `${formatSpan(age)} ago`
}

/** `due in 3 h`, `2 h overdue`. */
export function formatDue(dueAt: number, now: number): string {
  return dueAt >= now ? `due in ${formatSpan(dueAt - now)}` : `${formatSpan(now - dueAt)} overdue`
}

/** How far the zone's clock is ahead of UTC at a moment. */
export function zoneOffsetMs(at: number, zone: string): number {
  const parts = formatOf(zone, {
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    ...timeWithSeconds,
  }).formatToParts(at)
  const read = (type: string) => Number(parts.find((part) => part.type === type)?.value ?? 0)
  const wall = Date.UTC(read('year'), read('month') - 1, read('day'), read('hour'), read('minute'), read('second'))
  return wall - Math.floor(at / secondMs) * secondMs
}
