import { describe, expect, test } from '@jest/globals'
import type { Alarm, Forecast } from '../../rules/index.ts'
import { priorityOf } from '../../tickets/priority.ts'
import { fires } from './alarm-events.ts'
import { day, hour, noon, openTickets } from './small-town.ts'

function foreseen(forecast: Forecast, at = noon, level: 'warning' | 'action' = 'warning', before = 'pending' as const) {
  const event = fires({ startedAt: noon - hour, at, level, before: level === 'action' ? 'firing' : before })
  return { ...event, alarm: { ...event.alarm, forecast } }
}

describe('a ticket about what is foreseen', () => {
  test('is due before it may happen, also where its priority alone would have it sooner', async () => {
    const { tickets } = await openTickets()
    const forecast = { at: noon + 12 * day, from: noon + 10 * day, to: noon + 14 * day }
    await tickets.consider(foreseen(forecast), noon)
    expect(await tickets.get(1)).toMatchObject({ dueAt: noon + 10 * day, cause: { forecast } })
    const notes = (await tickets.history(1)).map(({ note }) => note)
    expect(notes).toContain('Due by 14 May 2026, 12:00: later than that the limit may be reached.')
  })

  test('is named for the day, and leaves how sure that is to its page', async () => {
    const { tickets } = await openTickets()
    const event = foreseen({ at: noon + 3 * day, from: noon + 2 * day, to: noon + 5 * day })
    const condition = { ...event.alarm.rule.condition, kind: 'forecast' } as Alarm['rule']['condition']
    const reason =
      'vibration will pass 7.1 mm/s on Thursday 7 May (80 % sure between Wed 6 and Sat 9 May); now 5.1 mm/s'
    await tickets.consider(
      { ...event, reason, alarm: { ...event.alarm, rule: { ...event.alarm.rule, condition } } },
      noon,
    )
    expect((await tickets.get(1))?.title).toMatch(/ — vibration will pass 7\.1 mm\/s on Thursday 7 May$/)
  })

  test('says in its priority that the limit is not passed', async () => {
    const { tickets } = await openTickets()
    await tickets.consider(foreseen({ at: noon + 3 * day, from: noon + 2 * day }), noon)
    const factor = (await tickets.get(1))?.priority.factors.find(({ name }) => name === 'how soon')
    expect(factor).toMatchObject({ points: 3, because: 'The warning limit is not passed yet, but will be as it goes.' })
    expect(await tickets.get(1)).toMatchObject({ dueAt: noon + 2 * day })
  })

  test('says so no more once the limit is measured to be passed, and is the more urgent for it', async () => {
    const { tickets } = await openTickets()
    await tickets.consider(foreseen({ at: noon + 3 * day, from: noon + 2 * day }), noon)
    const howSoon = async () => (await tickets.get(1))?.priority.factors.find(({ name }) => name === 'how soon')
    const measured = (level: 'warning' | 'action', at: number) => {
      const event = fires({ startedAt: noon, at, level, before: level === 'action' ? 'firing' : 'pending' })
      const alarm = { ...event.alarm, id: 'too-high@pump-07', occurrence: `too-high@pump-07@${noon}` }
      return tickets.consider({ ...event, alarm }, at)
    }
    await measured('warning', noon + hour)
    expect(await howSoon()).toMatchObject({
      points: 5,
      because: 'The warning limit is passed, the action limit not yet.',
    })
    await measured('action', noon + 2 * hour)
    expect(await howSoon()).toMatchObject({ points: 15, because: 'The action limit is passed already.' })
    // What it was raised for stays as it was.
    expect((await tickets.get(1))?.cause).toMatchObject({ level: 'warning', forecast: { at: noon + 3 * day } })
  })

  test('is due by the likely time where it may happen any moment, and by its priority where it has happened', async () => {
    for (const [forecast, dueAt] of [
      [{ at: noon + 2 * day, from: noon - hour, to: noon + 9 * day }, noon + 2 * day],
      [{ at: noon - hour, from: noon - 2 * hour, to: noon + day }, noon + 7 * day],
    ] as const) {
      const { tickets } = await openTickets()
      await tickets.consider(foreseen(forecast), noon)
      expect(await tickets.get(1)).toMatchObject({ dueAt })
    }
  })

  test('a nearer forecast brings the date forward, a farther one does not put it off', async () => {
    const { tickets } = await openTickets()
    await tickets.consider(foreseen({ at: noon + 6 * day, from: noon + 5 * day }), noon)
    const later = noon + hour
    await tickets.consider(foreseen({ at: noon + 4 * day, from: noon + 3 * day }, later, 'action'), later)
    const after = (await tickets.get(1))?.dueAt ?? 0
    expect(after).toBeLessThanOrEqual(noon + 3 * day)
    await tickets.consider(
      foreseen({ at: noon + 20 * day, from: noon + 19 * day }, later + hour, 'action'),
      later + hour,
    )
    expect((await tickets.get(1))?.dueAt).toBe(after)
  })

  test('a forecast without an end is kept without one', async () => {
    const { tickets } = await openTickets()
    await tickets.consider(foreseen({ at: noon + 6 * day, from: noon + 5 * day }), noon)
    expect((await tickets.get(1))?.cause?.forecast).toEqual({ at: noon + 6 * day, from: noon + 5 * day })
  })
})

test('what is foreseen never weighs more than what has happened', () => {
  for (const level of ['warning', 'action'] as const) {
    const grounds = {
      severity: 'major',
      criticality: 3,
      level,
      relapses: 0,
      earlier: 0,
      dependents: 0,
      waitedMs: 0,
    } as const
    expect(priorityOf({ ...grounds, isForecast: true }).score).toBeLessThan(priorityOf(grounds).score)
  }
})
