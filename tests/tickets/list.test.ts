import { describe, expect, test } from '@jest/globals'
import { crewMessage } from '../../tickets/index.ts'
import { fires, vibrationHigh } from './alarm-events.ts'
import { hour, minute, noon, openTickets } from './small-town.ts'

/** Seven tickets: three assets, three failure modes; the first two are finished. */
async function several() {
  const town = await openTickets()
  let raised = 0
  for (const failureMode of ['bearing-wear', 'seal-leak', 'sensor-fault']) {
    for (const asset of ['pump-07', 'pump-08', 'pump-09']) {
      if (++raised > 7) break
      const rule = { ...vibrationHigh, id: `${failureMode}-rule`, failureMode }
      const level = asset === 'pump-08' ? 'action' : 'warning'
      await town.tickets.consider(
        fires({ rule, asset, level, startedAt: noon - hour, at: noon }),
        noon + raised * minute,
      )
    }
  }
  for (const number of [1, 2]) await town.tickets.act(number, { name: 'cancel', note: 'no' }, 'Ann', noon + hour)
  return town
}

describe('the list', () => {
  test('has what is to be done first, the most pressing at the top', async () => {
    const { tickets } = await several()
    const { items, next } = await tickets.list({ limit: 100 })
    expect(next).toBeNull()
    expect(items.map(({ number, state, priority }) => [number, state, priority.score])).toEqual([
      [5, 'open', 25 + 8 + 15 + 1],
      [7, 'open', 15 + 19 + 5 + 2],
      [4, 'open', 15 + 19 + 5 + 2],
      [6, 'open', 15 + 8 + 5],
      [3, 'open', 15 + 8 + 5],
      [2, 'cancelled', 25 + 8 + 15 + 1],
      [1, 'cancelled', 15 + 19 + 5 + 2],
    ])
  })

  test.each([1, 2, 3, 7])('in pages of %d has each ticket once', async (limit) => {
    const { tickets } = await several()
    const whole = (await tickets.list({ limit: 100 })).items
    const found = []
    for (let after: string | undefined, page = 0; page < 10; page++) {
      const { items, next } = await tickets.list({ limit, after })
      found.push(...items)
      if (next === null) break
      after = next
    }
    expect(found).toEqual(whole)
  })

  test.each([
    [{ states: ['cancelled'] as const }, [2, 1]],
    [{ states: [] }, []],
    [{ asset: 'pump-07' }, [7, 4, 1]],
    [{ crew: 'water-south' }, [3, 2]],
    [{ band: 'low' as const }, [6, 3]],
    [{ asset: 'pump-07', states: ['open'] as const }, [7, 4]],
  ])('filtered by %j', async (filter, numbers) => {
    const { tickets } = await several()
    const { items } = await tickets.list({ ...filter, limit: 100 })
    expect(items.map(({ number }) => number)).toEqual(numbers)
  })

  test('refuses a cursor that is not its own', async () => {
    const { tickets } = await several()
    await expect(tickets.list({ limit: 1, after: 'x' })).rejects.toMatchObject({ code: 'TICKETS_CURSOR_INVALID' })
  })
})

test('a crew is told in one flat message what happened to which ticket', async () => {
  const { tickets } = await openTickets()
  const messages: unknown[] = []
  tickets.onChange((ticket, entry) => messages.push(JSON.parse(JSON.stringify(crewMessage(ticket, entry)))))
  await tickets.consider(fires({ startedAt: noon, at: noon }), noon)
  expect(messages[0]).toEqual({
    number: 1,
    asset: 'pump-07',
    failureMode: 'bearing-wear',
    title: 'Pump 07: bearing wear — vibration 4.8 mm/s, above 4.5',
    state: 'open',
    priority: { score: 41, band: 'medium' },
    dueAt: '2026-05-11T12:00:00.000Z',
    change: {
      at: '2026-05-04T12:00:00.000Z',
      by: 'lengthsman',
      action: 'raise',
      note: 'Raised by rule "Vibration high" (0123456789ab): vibration 4.8 mm/s, above 4.5 for 10 min.',
    },
  })
})
