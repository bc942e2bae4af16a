import type { Instant } from '../city/index.ts'
import type { AlarmEvent } from '../rules/index.ts'
import type { TicketDecision } from './considering.ts'
import { type Desk, programLine } from './desk.ts'
import { isFinished } from './state-machine.ts'
import type { Ticket } from './ticket.ts'
import type { TicketPage } from './ticket-page.ts'

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
  // A bout of which something newer was heard is not ended by what is older: that is a replay.
  const bouts = (await page.goingOn(event.alarm.id, overAt)).filter(({ seenUntil }) => seenUntil < overAt)
  for (const bout of bouts) await page.putOccurrence({ ...bout, overAt })
  const newest = Math.max(0, ...bouts.map(({ ticket }) => ticket))
  const before = newest === 0 ? undefined : await page.find(newest)
  if (before === undefined) return { kind: 'left', reason: 'not firing' }
  if (isFinished(before.state)) return { kind: 'left', reason: 'not firing', ticket: before }

  const quietSince = await page.quietSince(before.number)
  if (quietSince === undefined) return { kind: 'left', reason: 'not firing', ticket: before }
  const entries =
    before.recurrences === 0 ? [programLine(at, 'note', wordsFor(before, desk.time(quietSince), event.reason))] : []
  const ticket = await page.update(before, { ...before, quietSince, updatedAt: at }, entries)
  return { kind: 'updated', ticket, reason: 'alarm over' }
}

function wordsFor({ state }: Ticket, since: string, reason: string): string {
  const isUntouched = state === 'open' || state === 'acknowledged'
  const untouched = ' Nobody had worked on it yet: the ticket stays open until somebody has looked.'
  return `The alarm is over since ${since}: ${reason}.${isUntouched ? untouched : ''}`
}
