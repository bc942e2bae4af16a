import type { JSX } from 'preact'
import { now } from '../data/clock.ts'
import { timeZone } from '../data/session.ts'
import { formatAge, formatDue, formatExact, formatMoment } from '../words/time.ts'
import './when.css'

export function instantOf(at: string | number): number {
  return typeof at === 'number' ? at : Date.parse(at)
}

/** `8 s ago`, kept true every second; the exact time on hover. Wide enough from the start, so that nothing moves. */
export function Age({ at, fixed }: { at: string | number; fixed?: boolean }): JSX.Element {
  const instant = instantOf(at)
  return (
    <time
      class={fixed ? 'age fixed' : 'age'}
      dateTime={new Date(instant).toISOString()}
      title={formatExact(instant, timeZone.value)}
    >
      {formatAge(instant, now.value)}
    </time>
  )
}

/** `14:05`, `yesterday 14:05`, `Mon 23 Nov, 14:05`. */
export function Moment({ at }: { at: string | number }): JSX.Element {
  const instant = instantOf(at)
  return (
    <time dateTime={new Date(instant).toISOString()} title={formatExact(instant, timeZone.value)}>
      {formatMoment(instant, now.value, timeZone.value)}
    </time>
  )
}

/** `due in 3 h`; overdue says so in red, because then somebody is wanted now. */
export function Due({ at, settled }: { at: string | number; settled?: boolean }): JSX.Element {
  const instant = instantOf(at)
  const over = !settled && instant < now.value
  return (
    <time
      class={over ? 'due over' : 'due'}
      dateTime={new Date(instant).toISOString()}
      title={formatExact(instant, timeZone.value)}
    >
      {settled ? `was due ${formatMoment(instant, now.value, timeZone.value)}` : formatDue(instant, now.value)}
    </time>
  )
}
