import { afterEach, describe, expect, test } from '@jest/globals'
import { Registry } from '../../../city/index.ts'
import {
  assetOf,
  below,
  fedBy,
  feederOut,
  gatewaySilent,
  meterSilent,
  minute,
  partOf,
  readingOf,
  silentAfter,
  through,
  voltageLow,
  WatchedTown,
} from './watched-town.ts'

let town: WatchedTown
afterEach(() => town.close())

const volts = (value: number, ...assets: string[]) => assets.map((id) => readingOf(id, 'voltage', value, town.at))

describe('a feeder whose failure explains everything behind it', () => {
  const assets = [assetOf('feeder-01', 'feeder'), assetOf('meter-01', 'meter', [fedBy('feeder-01')])]

  test('hides what follows from its outage, and shows what is left of it afterwards', async () => {
    town = await WatchedTown.of(assets, [voltageLow, feederOut])
    await town.hear(volts(230, 'feeder-01', 'meter-01'))
    await town.pass(minute)
    await town.hear(volts(0, 'feeder-01', 'meter-01'))
    expect(town.openTickets()).toEqual(['feeder-01 outage'])
    expect(town.engine.alarm('VoltageLow@meter-01')).toMatchObject({
      state: 'firing',
      hiddenBy: { kind: 'suppressed', parent: 'feeder-01', reason: expect.stringContaining('by which it is fed') },
    })
    await town.pass(minute, () => volts(230, 'feeder-01'))
    expect(town.openTickets()).toEqual(['feeder-01 outage', 'meter-01 low-voltage'])
    expect(town.hidden()).toEqual([])
  })

  test('a child that is seen first waits while the feeder shows signs, and is taken back by its outage', async () => {
    town = await WatchedTown.of(assets, [voltageLow, { ...feederOut, forMs: 5 * minute }])
    await town.hear(volts(230, 'feeder-01', 'meter-01'))
    await town.pass(minute)
    await town.hear(volts(0, 'feeder-01'))
    await town.hear(volts(0, 'meter-01'))
    expect(town.openTickets()).toEqual([])
    expect(town.engine.alarm('VoltageLow@meter-01')?.hiddenBy).toMatchObject({
      parent: 'feeder-01',
      until: expect.any(Number),
    })
    await town.pass(6 * minute, () => volts(0, 'feeder-01', 'meter-01'))
    expect(town.openTickets()).toEqual(['feeder-01 outage'])
  })

  test('signs that come to nothing leave the child its ticket', async () => {
    town = await WatchedTown.of(assets, [voltageLow, { ...feederOut, forMs: 5 * minute }])
    await town.hear(volts(230, 'feeder-01', 'meter-01'))
    await town.pass(minute)
    await town.hear(volts(0, 'feeder-01', 'meter-01'))
    await town.pass(minute, () => [...volts(230, 'feeder-01'), ...volts(0, 'meter-01')])
    expect(town.openTickets()).toEqual(['meter-01 low-voltage'])
  })

  test('does not explain what was wrong long before', async () => {
    town = await WatchedTown.of(assets, [voltageLow, feederOut])
    await town.hear([...volts(230, 'feeder-01'), ...volts(0, 'meter-01')])
    await town.pass(10 * minute, () => [...volts(230, 'feeder-01'), ...volts(0, 'meter-01')])
    await town.pass(2 * minute, () => volts(0, 'feeder-01', 'meter-01'))
    expect(town.openTickets()).toEqual(['feeder-01 outage', 'meter-01 low-voltage'])
  })

  test('a failure mode that does not explain, explains nothing', async () => {
    const drift = below('FeederDrifts', 'feeder', 'sensor-fault', 50)
    town = await WatchedTown.of(assets, [voltageLow, drift])
    await town.hear(volts(230, 'feeder-01', 'meter-01'))
    await town.pass(minute, () => volts(0, 'feeder-01', 'meter-01'))
    expect(town.openTickets()).toEqual(['feeder-01 sensor-fault', 'meter-01 low-voltage'])
  })
})

describe('chains', () => {
  const chain = [
    assetOf('feeder-01', 'feeder'),
    assetOf('gateway-01', 'gateway', [fedBy('feeder-01')]),
    assetOf('meter-01', 'meter', [through('gateway-01')]),
    assetOf('meter-02', 'meter', [partOf('feeder-01')]),
  ]

  test('a feeder explains its gateway, and the gateway what reports through it: one ticket, for the feeder', async () => {
    town = await WatchedTown.of(chain, [meterSilent, gatewaySilent, feederOut])
    await town.pass(10 * minute, () => [
      ...volts(230, 'feeder-01', 'meter-01', 'meter-02'),
      readingOf('gateway-01', 'signal', -80, town.at),
    ])
    await town.pass(90 * minute, () => volts(0, 'feeder-01'))
    expect(town.openTickets()).toEqual(['feeder-01 outage'])
    expect(town.hidden()).toEqual(['GatewaySilent@gateway-01', 'MeterSilent@meter-01', 'MeterSilent@meter-02'])
  })

  test('a ring of feeders that all fail leaves the first of them on show', async () => {
    const ring = [
      assetOf('feeder-01', 'feeder', [fedBy('feeder-03')]),
      assetOf('feeder-02', 'feeder', [fedBy('feeder-01')]),
      assetOf('feeder-03', 'feeder', [fedBy('feeder-02')]),
    ]
    town = await WatchedTown.of(ring, [feederOut])
    await town.hear(volts(230, 'feeder-01', 'feeder-02', 'feeder-03'))
    for (const id of ['feeder-02', 'feeder-03', 'feeder-01']) {
      await town.pass(10_000, undefined, 10_000)
      await town.hear(volts(0, id))
    }
    await town.pass(minute)
    expect(town.openTickets()).toEqual(['feeder-02 outage'])
    expect(town.hidden()).toEqual(['FeederOut@feeder-01', 'FeederOut@feeder-03'])
  })

  test('what is part of itself or reports through itself is refused', async () => {
    town = await WatchedTown.of([], [])
    const registry = await Registry.open(town.database, () => town.at)
    for (const relation of [through, partOf]) {
      const assets = [
        assetOf('meter-08', 'meter', [relation('meter-09')]),
        assetOf('meter-09', 'meter', [relation('meter-08')]),
      ]
      const city = { name: 'X', timeZone: 'UTC', classes: [], assets, crews: [], mapLayers: [] }
      await expect(registry.importCity(city)).rejects.toThrow('meter-08 → meter-09 → meter-08')
    }
  })
})

test('silence of a feeder that no failure mode speaks of explains nothing of what it feeds', async () => {
  const assets = [assetOf('feeder-01', 'feeder'), assetOf('meter-01', 'meter', [fedBy('feeder-01')])]
  town = await WatchedTown.of(assets, [meterSilent, silentAfter('FeederSilent', 'feeder', 'voltage', 20)])
  await town.hear(volts(230, 'feeder-01', 'meter-01'))
  await town.pass(30 * minute)
  expect(town.openTickets()).toEqual(['feeder-01 sensor-fault', 'meter-01 sensor-fault'])
})
