import type { DurationMs, Instant } from '../../city/index.ts'
import type { Unit } from './measure-events.ts'

/** From one moment to before the other. */
type Span = { readonly from: Instant; readonly to: Instant }

/** Second opinions on the same alerts: each stands for a while, and what counts is time. All from 0 to 1. */
export type TimeMeasure = {
  /**
   * Of the events: half for having been found at all, half for the share of their time that an alert stood (Tatbul et al.,
   * "Precision and Recall for Time Series", NeurIPS 2018, with α = ½, flat bias and no penalty for being cut up).
   */
  readonly rangeRecall: number | undefined
  /** The mean share of an alarm's time that lay in an event; alerts that overlap are one alarm. */
  readonly rangePrecision: number | undefined
  /** 1 − the mean share of an event that had passed when it was found; one that was missed counts as wholly passed. */
  readonly timeToDetection: number | undefined
  /** The mean of the share of events' time with an alarm and of the other time without one. */
  readonly confusion: number | undefined
}

/**
 * The last two are those of the BATADAL competition (S_TTD and S_CM; its score is their mean), by time instead of by hour.
 * Whoever always alarms gets half of the second and all of the first.
 */
export function measureTime(units: readonly Unit[], holdMs: DurationMs): TimeMeasure {
  const events: { readonly covered: number; readonly passed: number; readonly found: boolean }[] = []
  const alarms: number[] = []
  let eventMs = 0
  let hitMs = 0
  let alarmMs = 0
  let allMs = 0
  for (const unit of units) {
    const alarmed = union(unit.alerts.map((at) => ({ from: at, to: Math.min(at + holdMs, unit.to) })))
    const wrong = union(unit.events.map(({ startAt, endAt }) => ({ from: startAt, to: Math.min(endAt, unit.to) })))
    for (const event of wrong) {
      const covered = overlapMs(event, alarmed)
      const first = alarmed.find(({ to, from }) => to > event.from && from < event.to)
      const length = event.to - event.from
      const passed = first === undefined ? length : Math.max(0, first.from - event.from)
      events.push({ covered: covered / length, passed: passed / length, found: first !== undefined })
      eventMs += length
      hitMs += covered
    }
    for (const alarm of alarmed) {
      alarms.push(overlapMs(alarm, wrong) / (alarm.to - alarm.from))
      alarmMs += alarm.to - alarm.from
    }
    allMs += Math.max(0, unit.to - unit.from)
  }
  const normalMs = allMs - eventMs
  return {
    rangeRecall: mean(events.map(({ found, covered }) => (Number(found) + covered) / 2)),
    rangePrecision: mean(alarms),
    timeToDetection: mean(events.map(({ passed }) => 1 - passed)),
    confusion: eventMs > 0 && normalMs > 0 ? (hitMs / eventMs + 1 - (alarmMs - hitMs) / normalMs) / 2 : undefined,
  }
}

/** The same time, without overlaps and empty spans, in order. */
function union(spans: readonly Span[]): Span[] {
  const joined: { from: Instant; to: Instant }[] = []
  for (const { from, to } of [...spans].sort((one, other) => one.from - other.from)) {
    const last = joined[joined.length - 1]
    if (last !== undefined && from <= last.to) last.to = Math.max(last.to, to)
    else if (to > from) joined.push({ from, to })
  }
  return joined
}

function overlapMs({ from, to }: Span, others: readonly Span[]): DurationMs {
  let sum = 0
  for (const other of others) sum += Math.max(0, Math.min(to, other.to) - Math.max(from, other.from))
  return sum
}

function mean(shares: readonly number[]): number | undefined {
  return shares.length === 0 ? undefined : shares.reduce((sum, share) => sum + share, 0) / shares.length
}
