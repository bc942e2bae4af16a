import { describe, expect, test } from '@jest/globals'
import { changeTo, fires, flowLow, isOver } from './alarm-events.ts'
import { day, hour, minute, noon, openTickets } from './small-town.ts'

const began = noon - hour
const warning = fires({ startedAt: began, at: noon })
const action = fires({ startedAt: began, at: noon + 10 * minute, level: 'action', before: 'firing' })
const words = { note: 'as discussed', closing: 'unverified' } as const

describe('a firing alarm', () => {
  test('opens a ticket that says what, where, how urgent, for whom', async () => {
    const { tickets } = await openTickets()
    const decision = await tickets.consider(warning, noon)
    expect(decision).toMatchObject({ kind: 'opened', reason: 'new trouble' })
    expect(await tickets.get(1)).toMatchObject({
      number: 1,
      title: 'Pump 07: bearing wear — vibration 4.8 mm/s, above 4.5',
      state: 'open',
      severity: 'moderate',
      level: 'warning',
      priority: { score: 15 + 19 + 5 + 2, band: 'medium' },
      startedAt: began,
      raisedAt: noon,
      dueAt: noon + 7 * day,
      crew: 'water-north',
      cause: {
        rule: 'vibration-high',
        ruleVersion: '0123456789ab',
        sensor: 'pump-07/vibration',
        measured: 4.8,
        limit: 4.5,
      },
      advice: 'Check the drive-end bearing.',
      jobPlan: ['Stop it.', 'Look at it.'],
      watchMs: day,
    })
    expect(tickets.openCount()).toBe(1)
    expect(tickets.openByAsset()).toEqual(new Map([['pump-07', 1]]))
  })

  test('that began days ago is due from now', async () => {
    const { tickets } = await openTickets()
    await tickets.consider(fires({ startedAt: noon - 9 * day, at: noon - 8 * day }), noon)
    expect(await tickets.get(1)).toMatchObject({ startedAt: noon - 9 * day, raisedAt: noon, dueAt: noon + 7 * day })
    expect((await tickets.history(1))[0]?.note).toContain('It began on 25 Apr 2026, 12:00.')
  })

  test('is left alone when it is known already', async () => {
    const { tickets } = await openTickets()
    await tickets.consider(warning, noon)
    const before = [await tickets.get(1), await tickets.history(1)]
    expect(await tickets.consider(warning, noon + minute)).toMatchObject({ kind: 'left', reason: 'already raised' })
    expect([await tickets.get(1), await tickets.history(1)]).toEqual(before)
  })

  test.each([
    { kind: 'shelved', reason: 'known', by: 'Ann', until: noon + day },
    { kind: 'suppressed', reason: 'gateway down', parent: 'gateway-01' },
    { kind: 'out-of-service', reason: 'overhaul', by: 'Ann' },
  ] as const)('raises nothing while $kind, and does once it is shown', async (hiddenBy) => {
    const { tickets } = await openTickets()
    expect(await tickets.consider(fires({ startedAt: began, at: noon, hiddenBy }), noon)).toEqual({
      kind: 'left',
      reason: hiddenBy.kind,
    })
    const shown = fires({ startedAt: began, at: noon + hour, before: 'firing' })
    expect(await tickets.consider(shown, noon + hour)).toMatchObject({ kind: 'opened' })
  })

  test.each(['pending', 'recovering', 'inactive'] as const)('%s is not firing', async (state) => {
    const { tickets } = await openTickets()
    const event = changeTo(state, { startedAt: began, at: noon })
    expect(await tickets.consider(event, noon)).toEqual({ kind: 'left', reason: 'not firing' })
  })

  test('that reaches the action limit raises severity, priority and title, and brings the due date closer', async () => {
    const { tickets } = await openTickets()
    await tickets.consider(warning, noon)
    expect(await tickets.consider(action, noon + 10 * minute)).toMatchObject({
      kind: 'updated',
      reason: 'level raised',
    })
    expect(await tickets.get(1)).toMatchObject({
      title: 'Pump 07: bearing wear — vibration 7.4 mm/s, above 7.1',
      severity: 'major',
      level: 'action',
      priority: { band: 'high' },
      dueAt: noon + 10 * minute + day,
      recurrences: 0,
      cause: { level: 'warning' },
    })
    expect((await tickets.history(1)).at(-1)?.note).toBe(
      'Now past the action limit: vibration 7.4 mm/s, above 7.1 for 10 min. Priority is now high, due 5 May 2026, 12:10.',
    )
    expect(await tickets.consider(warning, noon + 11 * minute)).toMatchObject({
      kind: 'left',
      reason: 'already raised',
    })
    expect((await tickets.get(1))?.level).toBe('action')
  })

  test('of another rule joins the ticket about the same trouble', async () => {
    const { tickets } = await openTickets()
    await tickets.consider(warning, noon)
    const joins = fires({ rule: flowLow, startedAt: began - hour, at: noon + hour })
    expect(await tickets.consider(joins, noon + hour)).toMatchObject({ kind: 'updated', reason: 'another rule joined' })
    expect(await tickets.get(1)).toMatchObject({
      recurrences: 1,
      severity: 'moderate',
      startedAt: began - hour,
      watchMs: flowLow.watchMs,
    })
    expect(tickets.openCount()).toBe(1)
  })

  test('of another asset or failure mode is a ticket of its own', async () => {
    const { tickets } = await openTickets()
    await tickets.consider(warning, noon)
    await tickets.consider(fires({ asset: 'pump-08', startedAt: began, at: noon }), noon)
    await tickets.consider(fires({ rule: { ...flowLow, failureMode: 'seal-leak' }, startedAt: began, at: noon }), noon)
    expect(tickets.openCount()).toBe(3)
  })

  test('of a failure mode nobody has the skill for is unassigned, and says so', async () => {
    const { tickets } = await openTickets()
    await tickets.consider(
      fires({ rule: { ...flowLow, failureMode: 'sensor-fault' }, startedAt: began, at: noon }),
      noon,
    )
    expect((await tickets.get(1))?.crew).toBeUndefined()
    expect((await tickets.history(1))[1]?.note).toBe('Not assigned: no crew has the skill electrical.')
  })
})

describe('a ticket that was finished', () => {
  test('is not raised again by what it was about', async () => {
    const { tickets } = await openTickets()
    await tickets.consider(warning, noon)
    await tickets.act(1, { name: 'cancel', ...words }, 'Ann', noon + minute)
    const again = fires({ startedAt: began, at: noon + hour, before: 'recovering' })
    expect(await tickets.consider(again, noon + hour)).toMatchObject({ kind: 'left', reason: 'already raised' })
    expect(tickets.openCount()).toBe(0)
  })

  test('at the warning limit does not silence the action limit', async () => {
    const { tickets } = await openTickets()
    await tickets.consider(warning, noon)
    await tickets.act(1, { name: 'cancel', ...words }, 'Ann', noon + minute)
    const decision = await tickets.consider(action, noon + 10 * minute)
    expect(decision).toMatchObject({ kind: 'opened', reason: 'worse than what was dismissed', ticket: { number: 2 } })
    expect(await tickets.consider(action, noon + 10 * minute)).toMatchObject({ kind: 'left', reason: 'already raised' })
  })

  test('makes the next one about the same trouble weigh more, which names it', async () => {
    const { tickets } = await openTickets()
    await tickets.consider(warning, noon)
    await tickets.act(1, { name: 'cancel', ...words }, 'Ann', noon + minute)
    await tickets.consider(fires({ startedAt: noon + hour, at: noon + 2 * hour }), noon + 2 * hour)
    expect(await tickets.get(2)).toMatchObject({ earlier: 1, priority: { score: 15 + 19 + 5 + 2 + 5 } })
    expect((await tickets.history(2)).at(-1)?.note).toBe(
      'Ticket 1 was about the same trouble, cancelled on 4 May 2026, 12:01.',
    )
  })
})

describe('an alarm that is over', () => {
  test('is noted once; the ticket stays open until somebody has looked', async () => {
    const { tickets } = await openTickets()
    await tickets.consider(warning, noon)
    const over = isOver({ startedAt: began, at: noon + hour })
    expect(await tickets.consider(over, noon + hour)).toMatchObject({ kind: 'updated', reason: 'alarm over' })
    expect(await tickets.consider(over, noon + hour)).toMatchObject({ kind: 'left', reason: 'not firing' })
    expect(await tickets.get(1)).toMatchObject({ state: 'open', quietSince: noon + hour })
    const lines = await tickets.history(1)
    expect(lines).toHaveLength(3)
    expect(lines[2]?.note).toBe(
      'The alarm is over since 4 May 2026, 13:00: vibration 2.1 mm/s, inside the limit of 4.5. Nobody had worked on it yet: the ticket stays open until somebody has looked.',
    )
  })

  test('because late readings withdraw it, while a later bout goes on, does not make the ticket quiet', async () => {
    const { tickets } = await openTickets()
    const later = noon + 5 * hour
    await tickets.consider(warning, noon)
    const goesOn = fires({ startedAt: later, at: later })
    await tickets.consider(goesOn, later)
    // The engine withdraws the first bout and then says where the alarm stands.
    const withdrawn = isOver({ startedAt: began, at: later + hour })
    const stands = fires({ startedAt: later, at: later + hour, before: 'firing' })
    for (let replay = 0; replay < 2; replay++) {
      await tickets.consider(withdrawn, later + hour)
      await tickets.consider(stands, later + hour)
      expect((await tickets.get(1))?.quietSince).toBeUndefined()
    }
    await tickets.consider(isOver({ startedAt: later, at: later + 2 * hour }), later + 2 * hour)
    expect((await tickets.get(1))?.quietSince).toBe(later + 2 * hour)
  })

  test('under an earlier beginning than was thought, is one bout', async () => {
    const { tickets } = await openTickets()
    await tickets.consider(warning, noon)
    await tickets.consider(fires({ startedAt: began - hour, at: noon, before: 'firing' }), noon + hour)
    expect(await tickets.get(1)).toMatchObject({ recurrences: 0, startedAt: began - hour })
    await tickets.consider(isOver({ startedAt: began - hour, at: noon + 2 * hour }), noon + 2 * hour)
    expect((await tickets.get(1))?.quietSince).toBe(noon + 2 * hour)
  })

  test('is not quiet while another rule still fires', async () => {
    const { tickets } = await openTickets()
    await tickets.consider(warning, noon)
    await tickets.consider(fires({ rule: flowLow, startedAt: began, at: noon }), noon)
    await tickets.consider(isOver({ startedAt: began, at: noon + hour }), noon + hour)
    expect((await tickets.get(1))?.quietSince).toBeUndefined()
  })

  test('and comes back three hundred times counts on one ticket with a readable history', async () => {
    const { tickets } = await openTickets()
    for (let bout = 0; bout <= 300; bout++) {
      const startedAt = noon + bout * hour
      await tickets.consider(fires({ startedAt, at: startedAt + 10 * minute }), startedAt + 10 * minute)
      await tickets.consider(isOver({ startedAt, at: startedAt + 30 * minute }), startedAt + 30 * minute)
    }
    expect(await tickets.get(1)).toMatchObject({ recurrences: 300 })
    expect(tickets.openCount()).toBe(1)
    expect((await tickets.history(1)).length).toBeLessThan(20)
  })
})

describe('trouble after work was done', () => {
  const doneAt = noon + 2 * hour
  async function repaired() {
    const town = await openTickets()
    await town.tickets.consider(warning, noon)
    await town.tickets.act(1, { name: 'start' }, 'Ann', noon + hour)
    await town.tickets.act(1, { name: 'finish' }, 'Ann', doneAt)
    return town
  }

  test('reopens the same ticket, due as if raised now', async () => {
    const { tickets } = await repaired()
    const at = doneAt + 3 * hour
    const event = fires({ startedAt: at - hour, at })
    expect(await tickets.consider(event, at)).toMatchObject({ kind: 'relapsed', ticket: { number: 1 } })
    expect(await tickets.get(1)).toMatchObject({
      state: 'open',
      relapses: 1,
      recurrences: 1,
      workDoneAt: undefined,
      watchUntil: undefined,
      dueAt: at + 7 * day,
    })
    expect((await tickets.history(1)).at(-1)).toMatchObject({ action: 'relapse', from: 'verifying', to: 'open' })
    expect(await tickets.consider(event, at + minute)).toMatchObject({ kind: 'left', reason: 'already raised' })
  })

  test('is a relapse as well when the same bout fires anew without having been over', async () => {
    const { tickets } = await repaired()
    const event = fires({ startedAt: began, at: doneAt + minute, before: 'recovering' })
    expect(await tickets.consider(event, doneAt + minute)).toMatchObject({ kind: 'relapsed' })
  })

  test('is none when the value wavers on its way back, short of the limit: the verification judges it', async () => {
    const { tickets } = await repaired()
    const event = fires({ startedAt: began, at: doneAt + minute, before: 'recovering' })
    const wavering = { ...event, alarm: { ...event.alarm, measured: 4.2 } }
    expect(await tickets.consider(wavering, doneAt + minute)).toMatchObject({ kind: 'left', reason: 'already raised' })
    expect(await tickets.get(1)).toMatchObject({ state: 'verifying', relapses: 0 })
  })

  test('replayed after the second repair, is not another relapse', async () => {
    const { tickets } = await repaired()
    const event = fires({ startedAt: began, at: doneAt + hour, before: 'recovering' })
    await tickets.consider(event, doneAt + minute)
    await tickets.act(1, { name: 'start' }, 'Ann', doneAt + 2 * minute)
    // The device's clock is ahead of ours: the second repair is older than the event it repaired.
    await tickets.act(1, { name: 'finish' }, 'Ann', doneAt + 3 * minute)
    expect(await tickets.consider(event, doneAt + 4 * minute)).toMatchObject({ kind: 'left', reason: 'already raised' })
    expect(await tickets.get(1)).toMatchObject({ state: 'verifying', relapses: 1 })
  })

  test('that is no news but an alarm shown again, is left to the verification', async () => {
    const { tickets } = await repaired()
    const at = doneAt + minute
    const shown = fires({ rule: flowLow, startedAt: began, at, before: 'firing' })
    expect(await tickets.consider(shown, at)).toMatchObject({ kind: 'updated' })
    expect(await tickets.get(1)).toMatchObject({ state: 'verifying', relapses: 0 })
  })

  test('uploaded late, from before the work was done, is no relapse', async () => {
    const { tickets } = await repaired()
    const late = fires({ rule: flowLow, startedAt: began, at: doneAt - minute })
    expect(await tickets.consider(late, doneAt + hour)).toMatchObject({
      kind: 'updated',
      reason: 'another rule joined',
    })
    expect(await tickets.get(1)).toMatchObject({ state: 'verifying', relapses: 0 })
  })
})

describe('a report by a person', () => {
  const draft = {
    asset: 'pump-07',
    failureMode: 'bearing-wear',
    severity: 'major',
    note: 'It howls.\nSince Monday.',
  } as const

  test('opens a ticket of its own', async () => {
    const { tickets } = await openTickets()
    expect(await tickets.draft(draft, 'Ann', noon)).toMatchObject({
      kind: 'opened',
      ticket: {
        title: 'Pump 07: bearing wear — It howls.',
        priority: { score: 25 + 19 + 10 + 2 },
        cause: undefined,
        crew: 'water-north',
      },
    })
    expect((await tickets.history(1))[0]).toMatchObject({ by: 'Ann', action: 'raise', note: draft.note })
  })

  test('joins the ticket that stands open about the same trouble', async () => {
    const { tickets } = await openTickets()
    await tickets.consider(warning, noon)
    expect(await tickets.draft(draft, 'Ann', noon)).toMatchObject({ kind: 'already open', ticket: { number: 1 } })
    expect((await tickets.history(1)).at(-1)).toMatchObject({ by: 'Ann', action: 'comment' })
  })

  test('about what is not there is incomplete, all faults at once', async () => {
    const { tickets } = await openTickets()
    const outcome = await tickets.draft({ ...draft, asset: 'pump-99', note: ' ' }, 'Ann', noon)
    expect(outcome.kind === 'incomplete' && outcome.faults.map(({ path }) => path)).toEqual(['asset', 'note'])
  })

  test('that a sensor confirms gets its cause from there', async () => {
    const { tickets } = await openTickets()
    await tickets.draft(draft, 'Ann', noon)
    expect(await tickets.consider(warning, noon)).toMatchObject({ kind: 'updated', reason: 'seen by a sensor too' })
    expect(await tickets.get(1)).toMatchObject({
      cause: { rule: 'vibration-high' },
      watchMs: day,
      recurrences: 0,
      severity: 'major',
    })
  })

  test('waits for a word on how it ended, since no sensor sees it', async () => {
    const { tickets } = await openTickets()
    await tickets.draft(draft, 'Ann', noon)
    await tickets.act(1, { name: 'start' }, 'Ann', noon)
    await tickets.act(1, { name: 'finish' }, 'Ann', noon)
    const undecided = 'No sensor sees this trouble: a person must say how it ended.'
    expect(await tickets.get(1)).toMatchObject({ state: 'work-done', undecided })
    expect((await tickets.history(1)).at(-1)?.note).toBe(undecided)
  })
})

test('listeners hear of every line after it was written, and one that throws harms nobody', async () => {
  const { tickets } = await openTickets()
  const heard: string[] = []
  tickets.onChange(() => {
    throw new Error('mine')
  })
  const stop = tickets.onChange(({ number, state }, { action }) => heard.push(`${number} ${state} ${action}`))
  await tickets.consider(warning, noon)
  stop()
  await tickets.act(1, { name: 'start' }, 'Ann', noon)
  expect(heard).toEqual(['1 open raise', '1 open assign'])
})
