import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import type { Instant } from '../../city/index.ts'
import type { Reading } from '../../ingest/index.ts'
import {
  assetOf,
  below,
  gatewaySilent,
  hour,
  meterSilent,
  minute,
  readingOf,
  silentAfter,
  through,
  WatchedTown,
} from '../rules/situation/watched-town.ts'

// A gateway dies and with it all that is heard of a thousand meters. The crew is to be called once, for the gateway; and
// of the meters nothing may be lost: which of them were silent, and which stay silent when the gateway is back.

const count = 1_000
const meters = Array.from({ length: count }, (_, index) => `meter-${String(index).padStart(4, '0')}`)
const assets = [assetOf('gateway-01', 'gateway'), ...meters.map((id) => assetOf(id, 'meter', [through('gateway-01')]))]

/** Everything reports: meters each minute, the gateway each fifth. */
const alive = (reporting: readonly string[]) => (at: Instant) => [
  ...reporting.map((id) => readingOf(id, 'voltage', 230, at)),
  ...(at % (5 * minute) === 0 ? [readingOf('gateway-01', 'signal', -80, at)] : []),
]

let town: WatchedTown
afterEach(() => town.close())

describe.each([
  ['before the gateway is', 20],
  ['in the same moment', 45],
  ['after the gateway is', 60],
])('meters that are missed %s', (_, intervals) => {
  beforeEach(async () => {
    const silent = { ...meterSilent, ...silentAfter('MeterSilent', 'meter', 'voltage', intervals) }
    town = await WatchedTown.of(assets, [silent, gatewaySilent])
    await town.pass(10 * minute, alive(meters))
    expect(town.engine.alarms()).toEqual([])
  })

  test.each([
    ['', [], 90],
    // Nobody is blamed for silence while nobody listened: each start gives everything its whole time again.
    [', and the program is started anew three times', [15, 30, 70], 180],
  ])('one ticket, one message, no state lost%s', async (_name, restarts, minutes) => {
    for (let passed = 0; passed < minutes; passed += 5) {
      if (restarts.some((each) => each === passed)) await town.restart()
      await town.pass(5 * minute)
    }
    expect(town.openTickets()).toEqual(['gateway-01 radio-fault'])
    expect(town.messages).toHaveLength(1)
    expect(town.messages[0]).toMatchObject({ asset: 'gateway-01' })
    // The crew is told how much hangs on it, where that is known by then.
    if (intervals <= 45) expect(town.messages[0]?.incident?.reasons[0]).toMatch(/^All 1000 meters silent/)
    const firing = town.engine.alarms().filter(({ state }) => state === 'firing')
    expect(firing).toHaveLength(count + 1)
    expect(town.hidden()).toHaveLength(count)
    expect(firing.find(({ asset }) => asset === 'meter-0007')?.hiddenBy).toMatchObject({
      kind: 'suppressed',
      parent: 'gateway-01',
    })
    const [incident] = await town.incidents.list('open', undefined, 10)
    expect(incident).toMatchObject({ root: 'gateway-01', assets: count + 1, alarms: count + 1 })
  })

  test('when it is back, those that stay silent are raised, and no others', async () => {
    await town.pass(90 * minute)
    await town.restart()
    const dead = meters.slice(0, 3)
    const living = alive(meters.slice(3))
    await town.pass(10 * minute, living)
    // Back, but not steady: it still explains them.
    expect(town.openTickets()).toEqual(['gateway-01 radio-fault'])
    await town.restart()
    await town.pass(10 * minute, living)
    expect(town.openTickets()).toEqual(['gateway-01 radio-fault', ...dead.map((id) => `${id} sensor-fault`)])
    expect(town.hidden()).toEqual([])
    await town.pass(hour, living)
    expect(town.openTickets()).toHaveLength(4)
  })
})

describe('a gateway that lives', () => {
  test('explains nothing: a meter that is silent alone has its ticket at once', async () => {
    town = await WatchedTown.of(assets.slice(0, 4), [meterSilent, gatewaySilent])
    const [dead = '', ...living] = meters.slice(0, 3)
    await town.pass(10 * minute, alive([dead, ...living]))
    await town.pass(21 * minute, alive(living))
    expect(town.openTickets()).toEqual([`${dead} sensor-fault`])
  })

  test('does not explain what was silent before it, once it dies as well', async () => {
    town = await WatchedTown.of(assets.slice(0, 4), [meterSilent, gatewaySilent])
    const [dead = '', ...living] = meters.slice(0, 3)
    await town.pass(10 * minute, alive([dead, ...living]))
    await town.pass(30 * minute, alive(living))
    await town.pass(90 * minute)
    expect(town.openTickets()).toEqual(['gateway-01 radio-fault', `${dead} sensor-fault`])
    expect(town.engine.alarm(`MeterSilent@${dead}`)?.hiddenBy).toBeUndefined()
  })

  test('is told from a dead one by a sensor that nobody misses', async () => {
    const weak = { ...below('SupplyLow', 'gateway', 'power-supply', 11), id: 'SupplyLow' }
    const condition = { ...weak.condition, quantity: 'supply-voltage' }
    town = await WatchedTown.of(assets.slice(0, 2), [meterSilent, gatewaySilent, { ...weak, condition } as typeof weak])
    const supply = (at: Instant) => [readingOf('gateway-01', 'supply-voltage', 12, at, at + 3_000)]
    await town.pass(10 * minute, (at) => [...alive(meters.slice(0, 1))(at), ...supply(at)])
    await town.pass(hour, supply)
    // Its signal meter is broken, it lives, and so the meter is silent by itself.
    expect(town.openTickets()).toEqual(['gateway-01 radio-fault', 'meter-0000 sensor-fault'])
    await town.pass(10 * minute, (at) => [...alive(meters.slice(0, 1))(at), ...supply(at)])
    await town.pass(90 * minute)
    // Now all of it is silent, and explains what is.
    expect(town.hidden()).toEqual(['MeterSilent@meter-0000'])
  })

  test('of which one sensor is broken goes on living', async () => {
    const silences = ['signal', 'supply-voltage'].map((quantity) =>
      silentAfter(`Gateway-${quantity}`, 'gateway', quantity, 9),
    )
    town = await WatchedTown.of(assets.slice(0, 3), [meterSilent, ...silences])
    const [dead = '', living = ''] = meters
    const both = (at: Instant): Reading[] => [
      readingOf(living, 'voltage', 230, at),
      readingOf('gateway-01', 'signal', -80, at),
    ]
    await town.pass(5 * minute, (at) => [
      ...both(at),
      readingOf(dead, 'voltage', 230, at),
      readingOf('gateway-01', 'supply-voltage', 12, at),
    ])
    await town.pass(hour, both)
    expect(town.openTickets()).toEqual(['gateway-01 radio-fault', `${dead} sensor-fault`])
    expect(town.hidden()).toEqual([])
  })
})
