import { afterEach, describe, expect, test } from '@jest/globals'
import { fc } from '../../support/fast-check.ts'
import {
  assetOf,
  fedBy,
  feederOut,
  meterSilent,
  minute,
  noon,
  readingOf,
  second,
  voltageLow,
  WatchedTown,
} from './watched-town.ts'

let town: WatchedTown
afterEach(() => town.close())

const meters = ['meter-01', 'meter-02', 'meter-03', 'meter-04']
const farAway = 20_000
/** Four meters fed by one feeder that says nothing of itself, far apart; and one beside it all. */
const assets = [
  assetOf('feeder-01', 'feeder'),
  ...meters.map((id, index) => ({
    ...assetOf(id, 'meter', [fedBy('feeder-01')], index * farAway),
    district: `D${index}`,
  })),
  { ...assetOf('meter-99', 'meter', [], 9 * farAway), district: 'D9' },
]

const volts = (value: number, ...ids: string[]) => ids.map((id) => readingOf(id, 'voltage', value, town.at))
const listed = () => town.incidents.list('all', undefined, 100)

describe('a flood', () => {
  test('becomes one incident with what they have in common as its root, and why', async () => {
    town = await WatchedTown.of(assets, [voltageLow])
    await town.hear(volts(230, ...meters, 'meter-99'))
    for (const id of meters.slice(0, 3)) {
      await town.pass(20 * second, undefined, 20 * second)
      await town.hear(volts(0, id))
    }
    expect(await listed()).toMatchObject([
      {
        number: 1,
        state: 'open',
        root: 'feeder-01',
        title: 'The feeder-01: 3 of 4 meters with “voltageLow”',
        assets: 3,
        alarms: 3,
        reasons: [
          '3 of 4 meters with “voltageLow”, fed by The feeder-01, within 40 s',
          'The feeder-01 itself reports no trouble; it is what they have in common',
          expect.stringContaining('All within'),
        ],
      },
    ])
    await town.hear(volts(0, 'meter-99'))
    const [incident] = await listed()
    expect(incident?.alarms).toBe(3)
    const members = await town.incidents.membersOf(1)
    expect(members.map(({ asset }) => asset)).toEqual(meters.slice(0, 3))
  })

  test('calls a crew once from then on, and is over when all of it is', async () => {
    town = await WatchedTown.of(assets, [voltageLow])
    await town.hear(volts(230, ...meters))
    await town.pass(minute)
    await town.hear(volts(0, ...meters))
    expect(town.openTickets()).toHaveLength(4)
    expect(town.messages).toMatchObject([{ incident: { number: 1, assets: 4, reasons: expect.any(Array) } }])
    await town.restart()
    const [first] = town.tickets.unfinished()
    expect(town.incidents.numberOf(first?.cause?.occurrence)).toBe(1)
    await town.pass(minute, () => volts(230, ...meters.slice(0, 3)))
    expect((await listed())[0]?.state).toBe('open')
    await town.pass(minute, () => volts(230, ...meters))
    expect(await listed()).toMatchObject([{ state: 'over', overAt: expect.any(Number) }])
    expect(town.incidents.openCount()).toBe(0)
    expect(town.messages.filter(({ change }) => change.action === 'raise')).toHaveLength(1)
  })

  test('is not kept open by what was over before it was one', async () => {
    town = await WatchedTown.of(assets, [voltageLow])
    await town.hear(volts(230, ...meters))
    await town.pass(minute, () => volts(0, 'meter-01'))
    await town.pass(minute, () => volts(230, 'meter-01'))
    await town.pass(minute, () => volts(0, 'meter-02', 'meter-03'))
    expect(await listed()).toMatchObject([{ state: 'open', assets: 3 }])
    const over = (await town.incidents.membersOf(1)).filter(({ overAt }) => overAt !== undefined)
    expect(over.map(({ asset }) => asset)).toEqual(['meter-01'])
    await town.restart()
    await town.pass(minute, () => volts(230, 'meter-02', 'meter-03'))
    expect(await listed()).toMatchObject([{ state: 'over' }])
  })

  test('by place alone takes five; two at a time are two troubles', async () => {
    const street = Array.from({ length: 6 }, (_, index) => assetOf(`meter-1${index}`, 'meter', [], index * 40))
    const ids = street.map(({ id }) => id)
    town = await WatchedTown.of(street, [voltageLow])
    await town.hear(volts(230, ...ids))
    await town.pass(minute)
    await town.hear(volts(0, ...ids.slice(0, 4)))
    expect(await listed()).toEqual([])
    await town.pass(minute, () => volts(0, ...ids.slice(0, 5)))
    expect(await listed()).toMatchObject([
      { root: undefined, assets: 5, title: '5 meters with “voltageLow”, in Old Town' },
    ])
  })

  test('troubles hours apart are no flood', async () => {
    town = await WatchedTown.of(assets, [voltageLow])
    await town.hear(volts(230, ...meters))
    for (const id of meters) {
      await town.pass(20 * minute, undefined, 10 * minute)
      await town.hear(volts(0, id))
    }
    expect(await listed()).toEqual([])
  })

  test('two incidents that turn out to be one become one', async () => {
    // Two streets far apart; the trouble of a feeder between them ties them together.
    const wide = [
      assetOf('feeder-01', 'feeder'),
      ...[...Array(10).keys()].map((index) => ({
        ...assetOf(
          `meter-2${index}`,
          'meter',
          index < 5 ? [] : [fedBy('feeder-01')],
          index < 5 ? index * 30 : farAway + index * 30,
        ),
        district: index < 5 ? 'West' : 'East',
      })),
    ]
    const ids = wide.slice(1).map(({ id }) => id)
    town = await WatchedTown.of(wide, [voltageLow])
    await town.hear(volts(230, ...ids))
    await town.pass(minute)
    await town.hear(volts(0, ...ids))
    expect(await listed()).toHaveLength(2)
    const bridge = Array.from({ length: 3 }, (_, index) =>
      assetOf(`meter-3${index}`, 'meter', [fedBy('feeder-01')], 120 + index * 10),
    )
    await town.registry.importCity({
      name: 'Testham',
      timeZone: 'UTC',
      classes: [],
      assets: bridge,
      crews: [],
      mapLayers: [],
    })
    await town.hear(bridge.map(({ id }) => readingOf(id, 'voltage', 0, town.at + second)))
    expect(await town.incidents.list('open', undefined, 10)).toMatchObject([{ number: 1, assets: 13 }])
    expect((await town.incidents.get(2))?.mergedInto).toBe(1)
  })
})

test('work in progress is no incident', async () => {
  town = await WatchedTown.of(assets, [voltageLow])
  await town.hear(volts(230, ...meters))
  const draft = {
    assets: ['feeder-01'],
    reach: 'dependents' as const,
    from: noon,
    until: noon + 60 * minute,
    reason: 'x',
  }
  await town.engine.changeWindows(town.at, (windows) => windows.plan(draft, 'mara', town.at))
  await town.pass(minute, () => volts(0, ...meters))
  expect(await listed()).toEqual([])
})

test('the same alarms in any order, in one batch or many, with restarts between: the same incidents', async () => {
  const readings = [
    ...meters.map((id, index) => readingOf(id, 'voltage', 0, noon + index * 9 * minute)),
    readingOf('meter-99', 'voltage', 0, noon),
    readingOf('feeder-01', 'voltage', 0, noon + 60 * minute),
  ]
  const found = new Set<string>()
  await fc.assert(
    fc.asyncProperty(
      fc.shuffledSubarray(readings, { minLength: readings.length }),
      fc.array(fc.integer({ min: 1, max: readings.length }), { maxLength: 3 }),
      async (order, restarts) => {
        const here = await WatchedTown.of(assets, [voltageLow, feederOut, meterSilent])
        here.at = noon + 61 * minute
        for (const [index, reading] of order.entries()) {
          if (restarts.includes(index)) await here.restart()
          await here.hear([{ ...reading, receivedAt: here.at }])
        }
        const incidents = await here.incidents.list('open', undefined, 100)
        const members = await Promise.all(incidents.map(({ number }) => here.incidents.membersOf(number)))
        found.add(
          JSON.stringify(
            incidents.map(({ title, root, reasons, assets: count }, index) => ({
              ...{ title, root, reasons, count },
              members: members[index]?.map(({ occurrence }) => occurrence),
            })),
          ),
        )
        await here.close()
      },
    ),
    { numRuns: 20 },
  )
  expect([...found]).toHaveLength(1)
  expect([...found][0]).toContain('All 4 meters')
  town = await WatchedTown.of([], [])
})
