import type { Instant } from '../city/index.ts'
import type { Alarm } from '../rules/index.ts'
import { type Desk, programLine } from './desk.ts'
import { reopened } from './fresh-start.ts'
import type { Ticket } from './ticket.ts'
import type { TicketPage } from './ticket-page.ts'
import type { RepairVerdict } from './verification.ts'
import { measuredWords, spokenDuration } from './words.ts'

/** Writes down what the readings said of a repair; `undefined` when the ticket has moved on or nothing is new. */
export async function writeVerdict(
  page: TicketPage,
  desk: Desk,
  judged: Ticket,
  verdict: RepairVerdict,
  alarms: readonly Alarm[],
  at: Instant,
): Promise<Ticket | undefined> {
  const before = await page.find(judged.number)
  if (before?.state !== 'verifying' || before.workDoneAt !== judged.workDoneAt) return undefined
  switch (verdict.kind) {
    case 'waiting':
      if (verdict.watchUntil === before.watchUntil) return undefined
      return page.update(before, { ...before, watchUntil: verdict.watchUntil, updatedAt: at }, [])
    case 'verified': {
      const closed: Ticket = {
        ...before,
        state: 'closed',
        closing: 'verified',
        watchUntil: verdict.until,
        undecided: undefined,
        updatedAt: at,
      }
      const line = programLine(at, 'verify', verifiedWords(desk, before, verdict, alarms), {
        from: 'verifying',
        to: 'closed',
      })
      return page.update(before, closed, [line])
    }
    case 'relapsed': {
      const { alarm, because } = verdict
      const how = because === 'still fires' ? 'still fires after the watch time' : 'fires anew after the work'
      const measured = measuredWords(alarm, desk.registry)
      const why = `The repair did not help: "${alarm.rule.title}" ${how}${measured === undefined ? '' : `, ${measured}`}.`
      return page.update(before, ...reopened(desk, before, before, why, at))
    }
    case 'undecided': {
      if (before.undecided !== undefined) return undefined
      const undecided = undecidedWords(before, verdict)
      return page.update(before, { ...before, undecided, updatedAt: at }, [programLine(at, 'note', undecided)])
    }
  }
}

/** `Verified: healthy for 1 day, from … to …; vibration 2.1 mm/s (limit 7.1).` */
function verifiedWords(
  desk: Desk,
  { cause }: Ticket,
  { from, until, newest }: Extract<RepairVerdict, { kind: 'verified' }>,
  alarms: readonly Alarm[],
): string {
  const own = alarms.find(({ rule }) => rule.id === cause?.rule)
  const measured = own && measuredWords(own, desk.registry)
  const healthy = until > from ? ` for ${spokenDuration(until - from)} from ${desk.time(from)}` : ''
  const last = `last reading of ${cause?.sensor} on ${desk.time(newest)}`
  return `Verified: no alarm${healthy}; ${measured === undefined ? last : `${last}, ${measured}`}.`
}

function undecidedWords({ cause }: Ticket, { because, alarm }: Extract<RepairVerdict, { kind: 'undecided' }>): string {
  const title = alarm === undefined ? 'an alarm' : `"${alarm.rule.title}"`
  const reasons = {
    silent: `${cause?.sensor ?? 'the sensor'} has not reported for twice the watch time`,
    unsteady: 'the readings have not been steady for long enough',
    hidden: `${title} has not cleared and is ${alarm?.hiddenBy?.kind ?? 'hidden'}`,
    'rule in error': `rule ${title} cannot be judged (${alarm?.error ?? 'error'})`,
  }
  return `Readings cannot tell whether the repair holds: ${reasons[because]}. A person must say how it ended.`
}
