import type { Instant } from '../city/index.ts'
import {
  type Alarm,
  type AlarmEvent,
  isBeyondLimit,
  type Level,
  levels,
  type Severity,
  severities,
} from '../rules/index.ts'
import { isFinished } from './state-machine.ts'
import type { Ticket } from './ticket.ts'
import type { KnownOccurrence } from './ticket-page.ts'

/** Why an alarm changed nothing. */
export type LeftReason = 'not firing' | 'already raised' | 'shelved' | 'suppressed' | 'out-of-service'

/** What changed on a ticket that stood open already. */
export type UpdateReason =
  | 'level raised'
  | 'fires again'
  | 'another rule joined'
  | 'seen by a sensor too'
  | 'alarm over'

/** What became of an alarm's change. */
export type TicketDecision =
  | {
      readonly kind: 'opened'
      readonly ticket: Ticket
      readonly reason: 'new trouble' | 'worse than what was dismissed'
    }
  | { readonly kind: 'updated'; readonly ticket: Ticket; readonly reason: UpdateReason }
  | { readonly kind: 'relapsed'; readonly ticket: Ticket; readonly reason: 'fires after work was done' }
  | { readonly kind: 'left'; readonly ticket?: Ticket; readonly reason: LeftReason }

/** What is to be done about a firing alarm; the pure part of `Tickets.consider`. */
export type Verdict =
  | { readonly kind: 'open'; readonly reason: 'new trouble' | 'worse than what was dismissed' }
  | { readonly kind: 'update'; readonly ticket: Ticket; readonly reason: Exclude<UpdateReason, 'alarm over'> }
  | { readonly kind: 'relapse'; readonly ticket: Ticket }
  | { readonly kind: 'leave'; readonly ticket: Ticket }

/** An alarm's change that calls for a look at the tickets. */
export type Firing = {
  readonly event: AlarmEvent
  readonly alarm: Alarm
  readonly occurrence: string
  readonly level: Level
  readonly severity: Severity
  readonly at: Instant
  readonly startedAt: Instant
}

/** The firing in an event, or why crews need not hear of it. */
export function firingIn(event: AlarmEvent): Firing | Exclude<LeftReason, 'already raised'> {
  const { alarm } = event
  if (alarm.state !== 'firing' || alarm.occurrence === undefined) return 'not firing'
  if (alarm.hiddenBy !== undefined) return alarm.hiddenBy.kind
  const level = alarm.level ?? 'warning'
  return {
    event,
    alarm,
    occurrence: alarm.occurrence,
    level,
    severity: alarm.rule.severity[level] ?? alarm.rule.severity.action ?? alarm.rule.severity.warning ?? 'moderate',
    at: Math.round(event.at),
    startedAt: Math.round(alarm.startedAt ?? event.at),
  }
}

/**
 * Decides what a firing alarm means, given the bout as it is known (with its ticket) and the unfinished ticket about the
 * same trouble. Whatever was decided for an event is not decided again when the event is replayed: a bout is known by its
 * occurrence, its level only rises, and its `seenUntil` tells which of its changes were considered.
 */
export function weigh(
  firing: Firing,
  known: { readonly occurrence: KnownOccurrence; readonly ticket: Ticket } | undefined,
  unfinished: Ticket | undefined,
): Verdict {
  if (known !== undefined) return weighKnown(firing, known, unfinished)
  if (unfinished === undefined) return { kind: 'open', reason: 'new trouble' }
  // One that fired before, and was hidden or is known by another beginning, is not new: the verification judges it.
  const isNews = firing.event.before.state !== 'firing' || firing.startedAt > (unfinished.workDoneAt ?? 0)
  if (isNews && isAfterWork(firing, unfinished)) return { kind: 'relapse', ticket: unfinished }
  return { kind: 'update', ticket: unfinished, reason: joinReason(firing, unfinished) }
}

function weighKnown(
  firing: Firing,
  { occurrence, ticket }: { readonly occurrence: KnownOccurrence; readonly ticket: Ticket },
  unfinished: Ticket | undefined,
): Verdict {
  const worse = isHigher(firing.level, occurrence.level)
  if (isFinished(ticket.state)) {
    if (!worse) return { kind: 'leave', ticket }
    // Who dismissed a warning did not dismiss the action limit.
    const verdict = weigh(firing, undefined, unfinished)
    return verdict.kind === 'open' ? { kind: 'open', reason: 'worse than what was dismissed' } : verdict
  }
  // What wavers on its way back, short of the limit, is not over yet; the verification judges it.
  const isAnew = firing.event.before.state !== 'firing' && isBeyondLimit(firing.alarm)
  const news = firing.at > occurrence.seenUntil && (worse || isAnew)
  if (news && isAfterWork(firing, ticket)) return { kind: 'relapse', ticket }
  return worse ? { kind: 'update', ticket, reason: 'level raised' } : { kind: 'leave', ticket }
}

/** In event time: a late upload from before the repair says nothing against it. */
function isAfterWork({ at }: Firing, ticket: Ticket): boolean {
  if (ticket.state !== 'work-done' && ticket.state !== 'verifying') return false
  return at > (ticket.workDoneAt ?? Number.POSITIVE_INFINITY)
}

function joinReason({ alarm }: Firing, { cause }: Ticket): Exclude<UpdateReason, 'alarm over'> {
  if (cause === undefined) return 'seen by a sensor too'
  return cause.rule === alarm.rule.id ? 'fires again' : 'another rule joined'
}

export function isHigher(a: Level, b: Level | undefined): boolean {
  return b === undefined || levels.indexOf(a) > levels.indexOf(b)
}

export function higher(a: Level, b: Level | undefined): Level {
  return b === undefined || isHigher(a, b) ? a : b
}

export function worst(a: Severity, b: Severity): Severity {
  return severities.indexOf(a) >= severities.indexOf(b) ? a : b
}
