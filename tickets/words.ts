import type { DurationMs, Instant, Registry } from '../city/index.ts'
import { type Alarm, type AlarmEvent, limitText, valueText } from '../rules/index.ts'

/** What the history says the program did is signed with this name. */
export const programName = 'lengthsman'

// A title is read in a list on a phone: two lines at most.
const titleCharactersMax = 110

const formats = new Map<string, Intl.DateTimeFormat>()

/** `4 May 2026, 10:32`, in the city's own time. */
export function spokenTime(at: Instant, timeZone: string): string {
  let format = formats.get(timeZone)
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-GB', {
      timeZone,
      day: 'numeric',
      month: 'short',
      year: 'numeric',
      hour: '2-digit',
      minute: '2-digit',
    })
    formats.set(timeZone, format)
  }
  return format.format(at)
}

const units: readonly { readonly name: string; readonly ms: DurationMs }[] = [
  { name: 'day', ms: 86_400_000 },
  { name: 'hour', ms: 3_600_000 },
  { name: 'minute', ms: 60_000 },
]

/** `2 days`, `90 minutes`: the largest unit of which there are at least two, or exactly one. */
export function spokenDuration(duration: DurationMs): string {
  const unit = units.find(({ ms }) => duration === ms || duration >= 2 * ms) ?? { name: 'minute', ms: 60_000 }
  const count = Math.round(duration / unit.ms)
  return `${count} ${unit.name}${count === 1 ? '' : 's'}`
}

/** `Pump 07: bearing wear — vibration 7.4 mm/s, above 7.1`. */
export function titleOf(assetName: string, modeTitle: string, { alarm, reason }: AlarmEvent): string {
  return shortened(`${assetName}: ${lowerFirst(modeTitle)} — ${withoutPatience(alarm, reason)}`)
}

/** A person's ticket has their own first line instead of a measurement. */
export function reportTitle(assetName: string, modeTitle: string, note: string): string {
  const [line = ''] = note.trim().split('\n')
  return shortened(`${assetName}: ${lowerFirst(modeTitle)} — ${line}`)
}

/**
 * How long a limit was passed before the alarm fired is the rule's business, not the title's; of a silence it is the point.
 * What follows a semicolon is by the way, as is between which days a forecast lies: the page says it below.
 */
function withoutPatience(alarm: Alarm, reason: string): string {
  const [main = reason] = reason.split(';')
  const { kind } = alarm.rule.condition
  if (kind === 'forecast') return main.replace(/ \(\d+ % sure .*$/, '')
  return kind === 'threshold' || kind === 'rate' ? main.replace(/ for \d[^,]*$/, '') : main
}

/** The newest value and the limit, `vibration 2.1 mm/s (limit 7.1 mm/s)`, where the rule compares plain values. */
export function measuredWords(alarm: Alarm, registry: Registry): string | undefined {
  const { condition } = alarm.rule
  const sensor = registry.sensor(alarm.sensor)
  if (condition.kind !== 'threshold' || alarm.measured === undefined || sensor === undefined) return undefined
  const { title, unit, decimals } = sensor.quantity
  const value = `${lowerFirst(title)} ${valueText(alarm.measured, unit, decimals)}`
  // An alarm that is over has no limit of its own: the first it would pass is told.
  const limit = alarm.limit ?? condition.limits.warning ?? condition.limits.action
  return limit === undefined ? value : `${value} (limit ${limitText(limit, unit)})`
}

/** Lower case in the middle of a sentence, but `PM10` and `NO2` keep theirs. */
export function lowerFirst(text: string): string {
  return /^[A-Z][a-z]/.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text
}

function shortened(text: string): string {
  if (text.length <= titleCharactersMax) return text
  const cut = text.slice(0, titleCharactersMax - 1)
  return `${cut.slice(0, Math.max(cut.lastIndexOf(' '), titleCharactersMax / 2)).replace(/[\s,;:—-]+$/, '')}…`
}

/**
 * Whether the n-th return of a flapping alarm is worth a line: the first five, then 10, 20, 50, 100 … The ticket counts all
 * of them; its history stays readable.
 */
export function isWorthALine(count: number): boolean {
  if (count <= 5) return true
  const magnitude = 10 ** Math.floor(Math.log10(count))
  return [1, 2, 5].includes(count / magnitude)
}
