import { afterEach, describe, expect, test } from '@jest/globals'
import { onSiteMs } from '../../../rules/index.ts'
import {
  assetOf,
  fedBy,
  hour,
  meterSilent,
  minute,
  noon,
  partOf,
  readingOf,
  voltageLow,
  WatchedTown,
} from './watched-town.ts'

const assets = [
  assetOf('meter-01', 'meter'),
  assetOf('meter-02', 'meter', [partOf('meter-01')]),
  assetOf('meter-03', 'meter', [fedBy('meter-02')]),
]
const all = ['meter-01', 'meter-02', 'meter-03']

let town: WatchedTown
afterEach(() => town.close())

const volts = (value: number, ...ids: string[]) => ids.map((id) => readingOf(id, 'voltage', value, town.at))
const low = (...ids: string[]) => ids.map((id) => `${id} low-voltage`)

async function started(rules = [voltageLow]): Promise<void> {
  town = await WatchedTown.of(assets, rules)
  await town.hear(volts(230, ...all))
}

describe('planned maintenance', () => {
  test.each([
    ['asset', ['meter-01']],
    ['parts', ['meter-01', 'meter-02']],
    ['dependents', all],
  ] as const)('that reaches "%s" hides no more and no less', async (reach, reached) => {
    await started()
    const draft = { assets: ['meter-01'], reach, from: noon + minute, until: noon + hour, reason: 'new cable' }
    await town.engine.changeWindows(town.at, (windows) => windows.plan(draft, 'mara', town.at))
    await town.pass(2 * minute, () => volts(0, ...all))
    expect(town.hidden()).toEqual(reached.map((id) => `VoltageLow@${id}`))
    expect(town.openTickets()).toEqual(low(...all.filter((id) => !reached.some((each) => each === id))))
    expect(town.engine.alarm('VoltageLow@meter-01')).toMatchObject({
      state: 'firing',
      hiddenBy: { kind: 'out-of-service', by: 'mara', reason: 'maintenance: new cable', until: noon + hour },
    })
  })

  test.each([false, true])(
    'ends by itself and raises what is still true (program down at its end: %s)',
    async (down) => {
      await started()
      const draft = { assets: ['meter-01'], reach: 'parts' as const, from: noon, until: noon + hour, reason: 'x' }
      await town.engine.changeWindows(town.at, (windows) => windows.plan(draft, 'mara', town.at))
      await town.pass(10 * minute, () => volts(0, 'meter-01', 'meter-02'))
      await town.pass(10 * minute, () => volts(230, 'meter-02'))
      expect(town.openTickets()).toEqual([])
      if (down) {
        await town.engine.checkpoint(town.at)
        town.at = noon + 2 * hour
        await town.restart(false)
      }
      await town.pass(hour)
      expect(town.openTickets()).toEqual(low('meter-01'))
      expect(town.hidden()).toEqual([])
    },
  )

  test('hides what fires already when it begins, and says so', async () => {
    await started()
    await town.pass(minute, () => volts(0, 'meter-03'))
    const draft = { assets: ['meter-03'], reach: 'asset' as const, from: town.at, until: noon + hour, reason: 'x' }
    await town.engine.changeWindows(town.at, (windows) => windows.plan(draft, 'mara', town.at))
    await town.pass(minute)
    expect(town.events.at(-1)).toMatchObject({ reason: 'out of service: maintenance: x' })
    // The ticket that was there goes on.
    expect(town.openTickets()).toEqual(low('meter-03'))
  })

  test('what was observed in it belongs to it, however late it is heard of', async () => {
    await started()
    const draft = { assets: ['meter-01'], reach: 'asset' as const, from: noon, until: noon + hour, reason: 'x' }
    await town.engine.changeWindows(town.at, (windows) => windows.plan(draft, 'mara', town.at))
    await town.pass(90 * minute)
    // A logger uploads what it saw: a test during the work, and that all was well after it.
    await town.hear([
      readingOf('meter-01', 'voltage', 0, noon + 30 * minute, town.at),
      readingOf('meter-01', 'voltage', 230, noon + 50 * minute, town.at),
    ])
    await town.pass(minute)
    expect(town.openTickets()).toEqual([])
    await town.hear([readingOf('meter-01', 'voltage', 0, noon + 55 * minute, town.at)])
    await town.pass(minute)
    // That still holds after the window.
    expect(town.openTickets()).toEqual(low('meter-01'))
  })

  test('can be changed, called off and ended; not into the past, not for years, not for no reason', async () => {
    await started()
    const draft = {
      assets: ['meter-01'],
      reach: 'asset' as const,
      from: noon + hour,
      until: noon + 2 * hour,
      reason: 'x',
    }
    const change = <Result>(work: (windows: typeof town.engine.windows) => Promise<Result>) =>
      town.engine.changeWindows(town.at, work)
    const planned = await change((windows) => windows.plan(draft, 'mara', town.at))
    const sooner = await change((windows) => windows.replan(planned.id, { ...draft, from: noon }, 'jon', town.at))
    expect(sooner).toMatchObject({ id: planned.id, by: 'jon', from: noon })
    await town.pass(minute, () => volts(0, 'meter-01'))
    expect(town.openTickets()).toEqual([])
    await change((windows) => windows.end(planned.id, 'mara', town.at))
    await town.pass(1_000, undefined, 1_000)
    expect(town.openTickets()).toEqual(low('meter-01'))
    expect(await change((windows) => windows.end(planned.id, 'mara', town.at))).toBeUndefined()
    expect(await change((windows) => windows.replan(planned.id, draft, 'mara', town.at))).toBeUndefined()
    for (const wrong of [
      { until: noon - hour },
      { from: noon + 2 * hour, until: noon + hour },
      { until: noon + 400 * 24 * hour },
      { reason: ' ' },
      { from: Number.NaN },
    ])
      await expect(change((windows) => windows.plan({ ...draft, ...wrong }, 'mara', town.at))).rejects.toMatchObject({
        code: 'WINDOW_INVALID',
      })
  })
})

describe('out of service', () => {
  test('an asset: thirty days when nobody says otherwise, over a restart, and back', async () => {
    await started()
    const given = { reason: 'drained', by: 'mara', until: undefined }
    await town.engine.changeWindows(town.at, (windows) => windows.takeOut({ asset: 'meter-01' }, given, town.at))
    await town.pass(minute, () => volts(0, 'meter-01', 'meter-02'))
    await town.restart()
    expect(town.hidden()).toEqual(['VoltageLow@meter-01'])
    expect(town.openTickets()).toEqual(low('meter-02'))
    expect(town.engine.windows.ofAsset('meter-01', town.at)?.until).toBe(noon + 30 * 24 * hour)
    await town.engine.changeWindows(town.at, (windows) => windows.putBack({ asset: 'meter-01' }, 'jon', town.at))
    await town.pass(1_000, undefined, 1_000)
    expect(town.openTickets()).toEqual(low('meter-01', 'meter-02'))
  })

  test('one alarm alone: the other rules of the asset go on calling, and it is listed though it is quiet', async () => {
    await started([voltageLow, meterSilent])
    const what = { asset: 'meter-01', alarm: 'VoltageLow@meter-01' }
    const given = { reason: 'rule is wrong here', by: 'mara', until: noon + 2 * hour }
    await town.engine.changeWindows(town.at, (windows) => windows.takeOut(what, given, town.at))
    expect(town.engine.alarms().map(({ id }) => id)).toEqual(['VoltageLow@meter-01'])
    await town.pass(minute, () => volts(0, 'meter-01'))
    await town.pass(30 * minute)
    expect(town.openTickets()).toContain('meter-01 sensor-fault')
    expect(town.openTickets()).not.toContain('meter-01 low-voltage')
    await town.pass(2 * hour)
    expect(town.openTickets()).toContain('meter-01 low-voltage')
  })
})

describe('a crew on site', () => {
  const act = (number: number, name: 'start' | 'hold' | 'resume' | 'finish', more = {}) =>
    town.tickets.act(number, { name, ...more }, 'crew', town.at)

  /** What goes on elsewhere. */
  const others = () => volts(230, 'meter-02', 'meter-03')

  async function atWork(): Promise<number> {
    await started([voltageLow, meterSilent])
    await town.pass(minute, () => volts(0, 'meter-01'))
    const [ticket] = town.tickets.unfinished()
    if (ticket === undefined) throw new Error('no ticket')
    await act(ticket.number, 'start')
    await town.onSite.settled()
    return ticket.number
  }

  test('switches things off without a ticket for it; when it is done, the readings judge', async () => {
    const number = await atWork()
    await town.pass(30 * minute, others)
    expect(town.openTickets()).toEqual(low('meter-01'))
    expect(town.hidden()).toEqual(['MeterSilent@meter-01', 'VoltageLow@meter-01'])
    await act(number, 'finish')
    await town.pass(minute, () => volts(230, ...all))
    expect(town.hidden()).toEqual([])
    expect(town.openTickets()).toEqual(low('meter-01'))
    await town.tickets.verify(
      (asset) => town.engine.alarmsOf(asset),
      () => town.at,
      town.at,
    )
    expect((await town.tickets.get(number))?.state).toBe('verifying')
  })

  test('what it leaves behind is raised when it has gone', async () => {
    const number = await atWork()
    await town.pass(30 * minute, others)
    await act(number, 'finish')
    await town.pass(minute, others)
    expect(town.openTickets()).toEqual(['meter-01 low-voltage', 'meter-01 sensor-fault'])
  })

  test('ends by itself after a shift, and on hold; resumed it begins anew', async () => {
    const number = await atWork()
    await act(number, 'hold', { holdReason: 'parts' })
    await town.onSite.settled()
    expect(town.engine.windows.list(town.at)).toEqual([])
    await act(number, 'resume')
    await town.onSite.settled()
    expect(town.engine.windows.list(town.at)).toMatchObject([{ kind: 'crew on site', ticket: number, by: 'crew' }])
    await town.pass(onSiteMs - minute, others, 10 * minute)
    expect(town.openTickets()).toEqual(low('meter-01'))
    await town.pass(2 * minute, others)
    expect(town.openTickets()).toEqual(['meter-01 low-voltage', 'meter-01 sensor-fault'])
  })

  test('is known after a crash between the ticket and its window', async () => {
    await started()
    await town.pass(minute, () => volts(0, 'meter-01'))
    const [ticket] = town.tickets.unfinished()
    // Nobody listens: the program dies right behind the ticket's transaction.
    town.onSite.follow = () => undefined
    await act(ticket?.number ?? 0, 'start')
    expect(town.engine.windows.list(town.at)).toEqual([])
    await town.restart()
    expect(town.engine.windows.list(town.at)).toMatchObject([{ kind: 'crew on site', ticket: ticket?.number }])
  })
})
