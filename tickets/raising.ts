import type { DurationMs, Instant } from '../city/index.ts'
import { type AlarmEvent, drawnLimits, type Forecast } from '../rules/index.ts'
import { type Firing, firingIn, higher, isHigher, type TicketDecision, weigh, worst } from './considering.ts'
import { type Desk, programLine } from './desk.ts'
import { evidenceWindow } from './evidence.ts'
import { blankTicket, reopened } from './fresh-start.ts'
import { isFinished } from './state-machine.ts'
import type { Ticket, TicketCause } from './ticket.ts'
import type { KnownOccurrence, TicketPage } from './ticket-page.ts'
import { isWorthALine, titleOf } from './words.ts'

/** Tickets that ended this recently make a new one about the same trouble weigh more. */
const earlierWithinMs: DurationMs = 90 * 86_400_000

/** Does in one transaction what a firing alarm calls for. */
export async function considerFiring(
  page: TicketPage,
  desk: Desk,
  event: AlarmEvent,
  at: Instant,
): Promise<TicketDecision> {
  const firing = firingIn(event)
  if (typeof firing === 'string') return { kind: 'left', reason: firing }
  const occurrence = await page.occurrence(firing.occurrence)
  const ticket = occurrence && (await page.find(occurrence.ticket))
  const known = occurrence && ticket && { occurrence, ticket }
  const unfinished = await page.unfinishedAbout(firing.alarm.asset, firing.alarm.rule.failureMode)

  const verdict = weigh(firing, known, unfinished)
  switch (verdict.kind) {
    case 'open': {
      const opened = await open(page, desk, firing, at)
      return { kind: 'opened', ticket: opened, reason: verdict.reason }
    }
    case 'update': {
      const isNew = occurrence?.ticket !== verdict.ticket.number && !(await isRenamed(page, firing, verdict.ticket))
      const updated = await update(page, desk, firing, verdict.ticket, verdict.reason, isNew, at)
      return { kind: 'updated', ticket: updated, reason: verdict.reason }
    }
    case 'relapse': {
      const isNew = occurrence?.ticket !== verdict.ticket.number
      const reopened = await relapse(page, desk, firing, verdict.ticket, isNew, at)
      return { kind: 'relapsed', ticket: reopened, reason: 'fires after work was done' }
    }
    case 'leave':
      if (occurrence !== undefined && firing.at > occurrence.seenUntil)
        await heard(page, firing, occurrence, verdict.ticket, at)
      return { kind: 'left', ticket: verdict.ticket, reason: 'already raised' }
  }
}

/** Late readings may show that the trouble began at another time than was thought: one alarm has one bout at a time. */
async function isRenamed(page: TicketPage, { alarm, at }: Firing, { number }: Ticket): Promise<boolean> {
  return (await page.goingOn(alarm.id, at)).some(({ ticket }) => ticket === number)
}

/** Remembers a change that calls for nothing, or a replay after the next repair would take it for news. */
async function heard(
  page: TicketPage,
  firing: Firing,
  known: KnownOccurrence,
  ticket: Ticket,
  at: Instant,
): Promise<void> {
  const goesOn = known.overAt !== undefined && firing.at >= known.overAt
  await page.putOccurrence({ ...known, seenUntil: firing.at, overAt: goesOn ? undefined : known.overAt })
  if (goesOn && !isFinished(ticket.state))
    await page.update(ticket, { ...ticket, quietSince: undefined, updatedAt: at }, [])
}

async function open(page: TicketPage, desk: Desk, firing: Firing, at: Instant): Promise<Ticket> {
  const { alarm, event, level, severity, startedAt } = firing
  const { asset, rule } = alarm
  const mode = desk.failureMode(asset, rule.failureMode)
  const choice = desk.crewFor(asset, mode)
  const earlier = await page.endedSince(asset, rule.failureMode, at - earlierWithinMs)
  const draft = desk.priced(
    {
      ...blankTicket(at),
      asset,
      failureMode: rule.failureMode,
      title: titleOf(desk.assetName(asset), mode?.title ?? rule.failureMode, event),
      severity,
      level,
      startedAt,
      crew: choice.crew?.id,
      cause: causeOf(firing),
      advice: rule.advice,
      jobPlan: mode?.jobPlan ?? [],
      earlier: earlier.count,
      watchMs: rule.watchMs,
    },
    at,
  )
  const began = at - startedAt > 3_600_000 ? ` It began on ${desk.time(startedAt)}.` : ''
  const entries = [
    programLine(at, 'raise', `Raised by rule "${rule.title}" (${rule.version}): ${event.reason}.${began}`, {
      from: undefined,
      to: 'open',
    }),
    programLine(at, 'assign', choice.because),
  ]
  const { last } = earlier
  if (last !== undefined)
    entries.push(
      programLine(
        at,
        'note',
        `Ticket ${last.number} was about the same trouble, ${last.state} on ${desk.time(last.updatedAt)}.`,
      ),
    )
  const dueAt = dueBefore(alarm.forecast, draft.dueAt, at)
  if (dueAt !== draft.dueAt)
    entries.push(programLine(at, 'note', `Due by ${desk.time(dueAt)}: later than that the limit may be reached.`))
  const ticket = await page.insert({ ...draft, dueAt }, entries)
  await remember(page, firing, ticket)
  await wantEvidence(page, firing, ticket, at)
  return ticket
}

/**
 * What is foreseen is due before it may happen: at the early end of the forecast, also where that is later than the
 * priority alone would have it. What may happen any moment is due by the time it is likely to.
 */
function dueBefore(forecast: Forecast | undefined, dueAt: Instant, at: Instant): Instant {
  if (forecast === undefined || forecast.at <= at) return dueAt
  return forecast.from > at ? forecast.from : Math.min(dueAt, forecast.at)
}

async function update(
  page: TicketPage,
  desk: Desk,
  firing: Firing,
  before: Ticket,
  reason: 'level raised' | 'fires again' | 'another rule joined' | 'seen by a sensor too',
  isNew: boolean,
  at: Instant,
): Promise<Ticket> {
  const priced = desk.priced(joined(desk, firing, before, isNew, at), at)
  // A nearer forecast brings the date forward; a farther one does not put it off.
  const after = { ...priced, dueAt: Math.min(priced.dueAt, dueBefore(firing.alarm.forecast, priced.dueAt, at)) }
  const { rule } = firing.alarm
  const said = {
    'level raised': `Now past the ${firing.level} limit: ${firing.event.reason}.`,
    'fires again': `Fires again: ${firing.event.reason}.`,
    'another rule joined': `Rule "${rule.title}" fires too: ${firing.event.reason}.`,
    'seen by a sensor too': `A sensor sees it too, by rule "${rule.title}": ${firing.event.reason}.`,
  }[reason]
  const band = desk.bandChange(before, after)
  const isQuiet = reason === 'fires again' && band === '' && after.level === before.level
  const entries = isQuiet && !isWorthALine(after.recurrences) ? [] : [programLine(at, 'update', `${said}${band}`)]
  const ticket = await page.update(before, after, entries)
  await remember(page, firing, ticket)
  if (before.cause === undefined) await wantEvidence(page, firing, ticket, at)
  return ticket
}

async function relapse(
  page: TicketPage,
  desk: Desk,
  firing: Firing,
  before: Ticket,
  isNew: boolean,
  at: Instant,
): Promise<Ticket> {
  const ticket = await page.update(
    before,
    ...reopened(
      desk,
      before,
      joined(desk, firing, before, isNew, at),
      `Fires again after work was done: ${firing.event.reason}.`,
      at,
    ),
  )
  await remember(page, firing, ticket)
  if (before.cause === undefined) await wantEvidence(page, firing, ticket, at)
  return ticket
}

/** The ticket with this bout counted in; severity and level only rise. */
function joined(desk: Desk, firing: Firing, before: Ticket, isNew: boolean, at: Instant): Ticket {
  const { alarm, event } = firing
  const mode = desk.failureMode(before.asset, before.failureMode)
  const rises = isHigher(firing.level, before.level) || worst(firing.severity, before.severity) !== before.severity
  const first = before.cause === undefined
  return {
    ...before,
    title: rises ? titleOf(desk.assetName(before.asset), mode?.title ?? before.failureMode, event) : before.title,
    severity: worst(before.severity, firing.severity),
    level: higher(firing.level, before.level),
    startedAt: Math.min(before.startedAt, firing.startedAt),
    cause: before.cause === undefined ? causeOf(firing) : withPassed(before.cause, firing),
    advice: before.advice === '' ? alarm.rule.advice : before.advice,
    watchMs: Math.max(before.watchMs ?? 0, alarm.rule.watchMs),
    quietSince: isNew ? undefined : before.quietSince,
    recurrences: before.recurrences + (isNew && !first ? 1 : 0),
    updatedAt: at,
  }
}

async function remember(page: TicketPage, firing: Firing, ticket: Ticket): Promise<void> {
  const known = await page.occurrence(firing.occurrence)
  await page.putOccurrence({
    occurrence: firing.occurrence,
    ticket: ticket.number,
    alarm: firing.alarm.id,
    startedAt: firing.startedAt,
    level: higher(firing.level, known?.level),
    seenUntil: Math.max(firing.at, known?.seenUntil ?? firing.at),
    overAt: known?.overAt,
  })
}

async function wantEvidence(page: TicketPage, firing: Firing, ticket: Ticket, at: Instant): Promise<void> {
  const { asset, sensor, rule } = firing.alarm
  await page.wantEvidence({
    ticket: ticket.number,
    asset,
    ...evidenceWindow(firing.startedAt, Math.max(at, firing.at)),
    sensor,
    limits: drawnLimits(rule),
    ruleText: rule.text,
    ruleVersion: rule.version,
  })
}

/** What was foreseen and is measured now is foreseen no more: its priority says so. */
function withPassed(cause: TicketCause, { alarm, level }: Firing): TicketCause {
  if (cause.forecast === undefined || alarm.forecast !== undefined) return cause
  return { ...cause, passed: higher(level, cause.passed) }
}

function causeOf({ alarm, event, occurrence, level }: Firing): TicketCause {
  const { rule, sensor, measured, limit, forecast } = alarm
  return {
    occurrence,
    rule: rule.id,
    ruleVersion: rule.version,
    ruleTitle: rule.title,
    sensor,
    level,
    measured,
    limit,
    forecast,
    reason: event.reason,
  }
}
