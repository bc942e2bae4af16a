import { describe, expect, test } from '@jest/globals'
import {
  replayHistory,
  type TicketAction,
  type TicketActionName,
  ticketActions,
  verdictOf,
} from '../../tickets/index.ts'
import { fc } from '../support/fast-check.ts'
import { fires } from './alarm-events.ts'
import { hour, minute, noon, openTickets } from './small-town.ts'

/** An action with everything it could need. */
const whole = (name: TicketActionName): TicketAction => ({
  name,
  note: 'as discussed',
  crew: 'water-south',
  holdReason: 'parts',
  closing: 'unverified',
  foundCause: 'worn bearing',
  remedy: 'bearing replaced',
  ...(name === 'judge' ? { verdict: 'true' } : {}),
})

async function raised() {
  const town = await openTickets()
  const decision = await town.tickets.consider(fires({ startedAt: noon - hour, at: noon }), noon)
  if (decision.kind !== 'opened') throw new Error(decision.kind)
  return { ...town, number: decision.ticket.number }
}

async function taken(...names: TicketActionName[]) {
  const town = await raised()
  for (const [index, name] of names.entries()) {
    const outcome = await town.tickets.act(town.number, whole(name), 'Ann', noon + (index + 1) * minute)
    expect(outcome.kind).toBe('done')
  }
  return { ...town, state: (await town.tickets.get(town.number))?.state }
}

describe('the way of a ticket', () => {
  test.each<[TicketActionName[], string]>([
    [['acknowledge'], 'acknowledged'],
    [['start'], 'in-progress'],
    [['acknowledge', 'start', 'hold'], 'on-hold'],
    [['start', 'hold', 'resume'], 'in-progress'],
    [['start', 'finish'], 'verifying'],
    [['start', 'close'], 'closed'],
    [['start', 'finish', 'close'], 'closed'],
    [['start', 'finish', 'reopen'], 'open'],
    [['start', 'finish', 'close', 'reopen'], 'open'],
    [['start', 'hold', 'cancel'], 'cancelled'],
    [['assign', 'comment'], 'open'],
    [['start', 'judge'], 'in-progress'],
    [['start', 'close', 'judge'], 'closed'],
    [['cancel', 'judge'], 'cancelled'],
  ])('%j leads to %s', async (names, state) => {
    expect((await taken(...names)).state).toBe(state)
  })

  test.each<[TicketActionName[], TicketActionName]>([
    [[], 'finish'],
    [[], 'hold'],
    [[], 'close'],
    [[], 'reopen'],
    [[], 'judge'],
    [['acknowledge'], 'acknowledge'],
    [['start', 'hold'], 'finish'],
    [['start', 'finish'], 'start'],
    [['start', 'finish'], 'cancel'],
    [['cancel'], 'reopen'],
    [['start', 'close'], 'assign'],
  ])('after %j, %s is refused and nothing changes', async (names, refused) => {
    const { tickets, number } = await taken(...names)
    const before = await tickets.get(number)
    const outcome = await tickets.act(number, whole(refused), 'Ann', noon + hour)
    if (before === undefined) throw new Error('lost')
    expect(outcome).toEqual({
      kind: 'refused',
      reason: expect.stringContaining(refused),
      allowed: tickets.allowedActions(before),
    })
    expect(await tickets.get(number)).toEqual(before)
  })

  test('whether it was right is said by the way or afterwards, and stands in the history', async () => {
    const { tickets, number } = await taken('start')
    const bare = await tickets.act(number, { name: 'judge' }, 'Ann', noon)
    expect(bare).toMatchObject({ kind: 'incomplete', faults: [{ path: 'verdict' }] })
    await tickets.act(number, { name: 'finish', verdict: 'too-late' }, 'Ann', noon + minute)
    expect((await tickets.get(number))?.verdict).toBe('too-late')
    await tickets.act(number, { name: 'judge', verdict: 'true' }, 'Bo', noon + 2 * minute)
    const ticket = await tickets.get(number)
    expect(ticket && verdictOf(ticket)).toBe('true')
    const said = (await tickets.history(number)).filter(({ by }) => by !== 'lengthsman').map(({ note }) => note)
    expect(said.slice(-2)).toEqual(['The warning was right, but came too late.', 'The warning was right, and in time.'])
  })

  test('who closes without having found a fault has said that it was false', async () => {
    const { tickets, number } = await taken('start')
    await tickets.act(number, { name: 'close', closing: 'no-fault-found', note: 'nothing' }, 'Ann', noon)
    const ticket = await tickets.get(number)
    expect(ticket?.verdict).toBeUndefined()
    expect(ticket && verdictOf(ticket)).toBe('false')
  })

  test('an unknown number is said to be unknown', async () => {
    const { tickets } = await raised()
    expect(await tickets.act(99, whole('start'), 'Ann', noon)).toEqual({ kind: 'unknown' })
  })

  test('a reopened ticket may not stand beside a newer one about the same trouble', async () => {
    const { tickets, number } = await taken('start', 'close')
    const later = noon + 2 * hour
    const next = await tickets.consider(fires({ startedAt: later, at: later }), later)
    expect(next.kind).toBe('opened')
    expect(await tickets.act(number, whole('reopen'), 'Ann', later)).toEqual({
      kind: 'refused',
      reason: 'ticket 2 is open about the same trouble',
      allowed: ['judge', 'comment'],
    })
  })
})

describe('what an action needs', () => {
  test.each<[TicketActionName[], TicketActionName, string[]]>([
    [[], 'assign', ['crew']],
    [[], 'cancel', ['note']],
    [[], 'comment', ['note']],
    [['start'], 'hold', ['holdReason']],
    [['start'], 'close', ['note', 'closing']],
    [['start', 'finish'], 'reopen', ['note']],
  ])('after %j, a bare %s lacks %j', async (names, name, paths) => {
    const { tickets, number } = await taken(...names)
    const outcome = await tickets.act(number, { name }, 'Ann', noon + hour)
    expect(outcome.kind === 'incomplete' && outcome.faults.map(({ path }) => path)).toEqual(paths)
  })

  test('a bare finish is enough: a crew in the rain may fill in the rest later', async () => {
    const { tickets, number } = await taken('start')
    expect((await tickets.act(number, { name: 'finish' }, 'Ann', noon + hour)).kind).toBe('done')
  })

  test('nobody may say "verified" but the readings', async () => {
    const { tickets, number } = await taken('start')
    const outcome = await tickets.act(number, { name: 'close', closing: 'verified', note: 'fine' }, 'Ann', noon + hour)
    expect(outcome).toMatchObject({ kind: 'incomplete', faults: [{ path: 'closing' }] })
  })

  test('an unknown crew is named', async () => {
    const { tickets, number } = await raised()
    const outcome = await tickets.act(number, { name: 'assign', crew: 'night-watch' }, 'Ann', noon)
    expect(outcome).toMatchObject({ kind: 'incomplete', faults: [{ message: 'there is no crew "night-watch"' }] })
  })
})

describe('the history', () => {
  test('says who did what, in words', async () => {
    const { tickets, number } = await taken('start', 'hold', 'resume', 'finish')
    const lines = (await tickets.history(number)).map(({ by, action, from, to, note }) => [by, action, from, to, note])
    expect(lines).toEqual([
      [
        'lengthsman',
        'raise',
        undefined,
        'open',
        'Raised by rule "Vibration high" (0123456789ab): vibration 4.8 mm/s, above 4.5 for 10 min.',
      ],
      [
        'lengthsman',
        'assign',
        undefined,
        undefined,
        'Assigned to Water North: has the skill mechanical, serves oldtown.',
      ],
      ['Ann', 'start', 'open', 'in-progress', 'Acknowledged by starting. as discussed'],
      ['Ann', 'hold', 'in-progress', 'on-hold', 'Waits for parts. as discussed'],
      ['Ann', 'resume', 'on-hold', 'in-progress', 'as discussed'],
      ['Ann', 'finish', 'in-progress', 'work-done', 'Cause: worn bearing. Remedy: bearing replaced. as discussed'],
      [
        'lengthsman',
        'watch',
        'work-done',
        'verifying',
        'pump-07/vibration is watched: healthy for 1 day, until 5 May 2026, 12:04, and the ticket closes by itself.',
      ],
    ])
  })

  test('can only be added to', async () => {
    const { database } = await raised()
    const { sql } = await import('kysely')
    await expect(sql`update ticket_history set note = 'nothing happened'`.execute(database.kysely)).rejects.toThrow(
      'append-only',
    )
    await expect(sql`delete from ticket_history`.execute(database.kysely)).rejects.toThrow('append-only')
  })

  test('whatever is asked for in whatever order, the state follows from the table and the history adds up to it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom(...ticketActions), { maxLength: 25 }), async (names) => {
        const { tickets, number, database } = await raised()
        for (const [index, name] of names.entries()) {
          const before = await tickets.get(number)
          if (before === undefined) throw new Error('lost')
          const outcome = await tickets.act(number, whole(name), 'Ann', noon + index * minute)
          expect(outcome.kind).toBe(tickets.allowedActions(before).includes(name) ? 'done' : 'refused')
        }
        const replayed = replayHistory(await tickets.history(number))
        expect(replayed).toEqual({ kind: 'state', state: (await tickets.get(number))?.state })
        await database.close()
      }),
      { numRuns: 60 },
    )
  })

  test('that does not follow is found', () => {
    const line = { at: noon, by: 'Ann', note: '' }
    expect(replayHistory([])).toMatchObject({ kind: 'broken' })
    expect(
      replayHistory([
        { ...line, action: 'raise', from: undefined, to: 'open' },
        { ...line, action: 'finish', from: 'open', to: 'work-done' },
      ]),
    ).toEqual({ kind: 'broken', line: 1, reason: 'finish leads from open to undefined, not to work-done' })
  })
})
