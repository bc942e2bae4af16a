import type { Instant } from '../city/index.ts'
import type { AlarmEvent } from '../rules/index.ts'
import type { TicketDecision } from './considering.ts'
import { type Desk, programLine } from './desk.ts'
import { isFinished } from './state-machine.ts'
import type { Ticket } from './ticket.ts'
import type { TicketPage } from './ticket-book.ts'

/**
 * Notes that an alarm is over. The ticket stays as it is: trouble that went away by itself has not been looked at, and
 * only a repair is proved by readings. The first time it falls quiet gets a line; a flapping alarm none for each bout.
 */
export async function considerOver(
  page: TicketPage,
  desk: Desk,
  event: AlarmEvent,
  at: Instant,
): Promise<TicketDecision> {
  const overAt = Math.round(event.at)
  const bouts = await page.goingOn(event.alarm.id, overAt)
  for (const bout of bouts) await page.putOccurrence({ ...bout, overAt })
  const newest = Math.max(0, ...bouts.map(({ ticket }) => ticket))
  const before = newest === 0 ? undefined : await page.find(newest)
  if (before === undefined) return { kind: 'left', reason: 'not firing' }
  if (isFinished(before.state)) return { kind: 'left', reason: 'not firing', ticket: before }

  const quietSince = await page.quietSince(before.number)
  if (quietSince === undefined) return { kind: 'left', reason: 'not firing', ticket: before }
  const entries = before.recurrences === 0 ? [programLine(at, 'note', wordsFor(before, desk.time(quietSince)))] : []
  const ticket = await page.update(before, { ...before, quietSince, updatedAt: at }, entries)
  return { kind: 'updated', ticket, reason: 'alarm over' }
}

function wordsFor({ state }: Ticket, since: string): string {
  if (state === 'open' || state === 'acknowledged')
    return `The alarm is over since ${since}, before anyone worked on it. The ticket stays open until somebody has looked.`
  return `The alarm is over since ${since}.`
}
