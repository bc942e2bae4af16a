import { describe, expect, test } from '@jest/globals'
import type { Instant } from '../../city/index.ts'
import type { Alarm } from '../../rules/index.ts'
import { replayHistory } from '../../tickets/index.ts'
import { alarm, fires, flowLow, isOver } from './alarm-events.ts'
import { day, hour, minute, noon, openTickets } from './small-town.ts'

const began = noon - hour
const doneAt = noon + 2 * hour
const healthy = (since: Instant, more: Partial<Alarm> = {}): Alarm => ({
  ...alarm('inactive', { startedAt: began, at: since }),
  ...more,
})

/** A ticket in verification, its alarm over before the work was done. */
async function repaired() {
  const town = await openTickets()
  await town.tickets.consider(fires({ startedAt: began, at: noon }), noon)
  await town.tickets.act(1, { name: 'start' }, 'Ann', noon + hour)
  await town.tickets.act(1, { name: 'finish' }, 'Ann', doneAt)
  const verify = (alarms: readonly Alarm[], newest: Instant | undefined, at: Instant) =>
    town.tickets.verify(
      () => alarms,
      (sensor) => (sensor === 'pump-07/vibration' ? newest : undefined),
      at,
    )
  const lastLine = async () => (await town.tickets.history(1)).at(-1)
  return { ...town, verify, lastLine }
}

describe('a repair', () => {
  test('is proved when the asset was healthy for the watch time, and says by what', async () => {
    const { tickets, verify, lastLine } = await repaired()
    const until = doneAt + day
    expect(await verify([healthy(noon + hour)], until - minute, until + minute)).toEqual([])
    expect((await tickets.get(1))?.state).toBe('verifying')
    expect(await verify([healthy(noon + hour)], until, until + minute)).toMatchObject([
      { number: 1, state: 'closed', closing: 'verified' },
    ])
    expect(await lastLine()).toMatchObject({
      by: 'lengthsman',
      action: 'verify',
      note: 'Verified: no alarm for 1 day from 4 May 2026, 14:00; last reading of pump-07/vibration on 5 May 2026, 14:00, vibration 2.1 mm/s (limit 4.5 mm/s).',
    })
    expect(replayHistory(await tickets.history(1))).toEqual({ kind: 'state', state: 'closed' })
    expect(tickets.openCount()).toBe(0)
  })

  test('is judged by readings, not by the clock: without readings nothing is proved', async () => {
    const { verify } = await repaired()
    expect(await verify([healthy(noon)], doneAt - minute, doneAt + day + hour)).toEqual([])
    expect(await verify([healthy(noon)], undefined, doneAt + day + hour)).toEqual([])
  })

  test('is not proved by a device whose clock runs ahead', async () => {
    const { verify } = await repaired()
    expect(await verify([healthy(noon)], doneAt + 2 * day, doneAt + hour)).toEqual([])
  })

  test('counts from when the alarm was over, where that was after the work; the page is told until when', async () => {
    const { tickets, verify } = await repaired()
    const overAt = doneAt + hour
    expect(await verify([healthy(overAt)], doneAt + day, doneAt + day)).toEqual([])
    expect((await tickets.get(1))?.watchUntil).toBe(overAt + day)
    expect(await verify([healthy(overAt)], overAt + day, overAt + day)).toHaveLength(1)
  })

  test('is not proved while another alarm of the same failure mode is pending; one of another mode does not matter', async () => {
    const { verify } = await repaired()
    const until = doneAt + day
    const pending = alarm('pending', { rule: flowLow, startedAt: until - minute, at: until - minute })
    const other = alarm('firing', { rule: { ...flowLow, failureMode: 'seal-leak' }, startedAt: noon, at: noon })
    expect(await verify([healthy(noon), pending], until, until)).toEqual([])
    expect(await verify([healthy(noon), other], until, until)).toHaveLength(1)
  })

  test('did not help when the alarm still fires after the watch time: the ticket is open again', async () => {
    const { tickets, verify, lastLine } = await repaired()
    const firing = alarm('firing', { startedAt: began, at: noon })
    await verify([firing], doneAt + day - minute, doneAt + day)
    expect((await tickets.get(1))?.state).toBe('verifying')
    expect(await verify([firing], doneAt + day, doneAt + day)).toEqual([])
    expect(await tickets.get(1)).toMatchObject({ state: 'open', relapses: 1, workDoneAt: undefined })
    expect((await lastLine())?.note).toBe(
      'The repair did not help: "Vibration high" still fires after the watch time, vibration 4.8 mm/s (limit 4.5 mm/s). Work was done on 4 May 2026, 14:00.',
    )
  })

  test('did not help when the alarm fires anew, beyond its limit for as long as it takes to raise it', async () => {
    const { tickets, verify, lastLine } = await repaired()
    const anew = alarm('firing', { startedAt: began, at: doneAt + hour })
    const short = { ...anew, measured: 4.2 }
    const held = doneAt + hour + 10 * minute
    await verify([anew], held - minute, held)
    await verify([short], held + hour, held + hour)
    expect((await tickets.get(1))?.state).toBe('verifying')
    await verify([anew], held, held)
    expect(await tickets.get(1)).toMatchObject({ state: 'open', relapses: 1, workDoneAt: undefined })
    expect((await lastLine())?.note).toContain('"Vibration high" fires anew after the work, vibration 4.8 mm/s')
  })

  test('of a ticket that an alarm has just reopened is not judged', async () => {
    const { tickets, verify } = await repaired()
    const at = doneAt + hour
    await tickets.consider(isOver({ startedAt: began, at }), at)
    await tickets.consider(fires({ startedAt: at + hour, at: at + 2 * hour }), at + 2 * hour)
    expect(await verify([healthy(noon)], doneAt + day, doneAt + day)).toEqual([])
    expect((await tickets.get(1))?.state).toBe('open')
  })
})

describe('where readings cannot tell', () => {
  test('a sensor that stays silent for twice the watch time: a person is asked, once, and may decide', async () => {
    const { tickets, verify, lastLine } = await repaired()
    const at = doneAt + 2 * day
    await verify([healthy(noon)], noon, at - minute)
    expect((await tickets.get(1))?.undecided).toBeUndefined()
    await verify([healthy(noon)], noon, at)
    await verify([healthy(noon)], noon, at + day)
    const undecided =
      'Readings cannot tell whether the repair holds: pump-07/vibration has not reported for twice the watch time. A person must say how it ended.'
    expect(await tickets.get(1)).toMatchObject({ state: 'verifying', undecided })
    expect((await tickets.history(1)).filter(({ note }) => note === undecided)).toHaveLength(1)
    await tickets.act(1, { name: 'close', closing: 'unverified', note: 'runs quietly' }, 'Ann', at + day)
    expect(await tickets.get(1)).toMatchObject({ state: 'closed', closing: 'unverified', undecided: undefined })
    expect((await lastLine())?.note).toBe('Closed without proof by readings. runs quietly')
  })

  test('a sensor that speaks again still proves the repair', async () => {
    const { verify } = await repaired()
    await verify([healthy(noon)], noon, doneAt + 3 * day)
    expect(await verify([healthy(noon)], doneAt + 4 * day, doneAt + 4 * day)).toHaveLength(1)
  })

  test('an alarm that fires behind a shelf', async () => {
    const { tickets, verify } = await repaired()
    const hiddenBy = { kind: 'shelved', reason: 'known', by: 'Ann', until: noon + 9 * day } as const
    await verify([alarm('firing', { startedAt: began, at: noon, hiddenBy })], doneAt + day, doneAt + day)
    expect((await tickets.get(1))?.undecided).toContain('"Vibration high" has not cleared and is shelved')
  })

  test('a rule that threw', async () => {
    const { tickets, verify } = await repaired()
    await verify([healthy(noon, { error: 'no such quantity' })], doneAt + day, doneAt + day)
    expect((await tickets.get(1))?.undecided).toContain('cannot be judged (no such quantity)')
  })

  test('readings that never stay quiet for the whole watch time', async () => {
    const { tickets, verify } = await repaired()
    const at = doneAt + 5 * day
    await verify([healthy(at - hour)], at, at)
    expect((await tickets.get(1))?.undecided).toContain('not been steady')
  })
})

test('a ticket that waits for days becomes more pressing, and says so when its band changes', async () => {
  const { tickets } = await openTickets()
  const minor = { ...flowLow, severity: { warning: 'minor' as const } }
  await tickets.consider(fires({ rule: minor, asset: 'pump-07', startedAt: began, at: noon, level: 'warning' }), noon)
  await tickets.consider(fires({ asset: 'pump-08', startedAt: began, at: noon, level: 'warning' }), noon)
  expect(await tickets.get(2)).toMatchObject({ priority: { score: 15 + 8 + 5 + 1, band: 'low' } })
  const at = noon + day
  await tickets.verify(
    () => [],
    () => undefined,
    at,
  )
  expect(await tickets.get(2)).toMatchObject({ priority: { score: 30, band: 'medium' }, dueAt: at + 7 * day })
  expect((await tickets.history(2)).at(-1)?.note).toBe('Priority is now medium, due 12 May 2026, 12:00.')
})
