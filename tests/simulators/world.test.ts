import { describe, expect, test } from '@jest/globals'
import { generateTown, libraryClasses } from '../../city/index.ts'
import { FaultBook, faultKind, faultOn, World } from '../../simulators/index.ts'
import { smallTown } from './small-town.ts'

const minuteMs = 60_000
const dayMs = 86_400_000
const from = Date.UTC(2026, 2, 3)
const town = smallTown(2)

const isWater = ({ class: of }: { class: string }) => of === 'pressure-zone' || of === 'drinking-water-pump'

function healthyWorld(seed = 3): World {
  return new World(town, { seed, faults: new FaultBook(), from })
}

function everything(world: World): unknown {
  return town.assets.map((asset) => [asset.id, world.measure(asset.id, world.measuredOn(asset.id))])
}

/** True values of an asset at every minute of a span. */
function series(world: World, asset: string, minutes: number, every = 1): Record<string, number>[] {
  const begin = world.at
  return Array.from({ length: Math.floor(minutes / every) }, (_, index) => {
    world.advanceTo(begin + (index + 1) * every * minuteMs)
    return { ...world.truth(asset) }
  })
}

function column(rows: readonly Record<string, number>[], quantity: string): number[] {
  return rows.map((row) => row[quantity] ?? Number.NaN)
}

function withFault(assetClass: string, kind: string, hours: number): World {
  const described = faultKind(assetClass, kind)
  const asset = town.assets.find((candidate) => candidate.class === assetClass)
  if (described === undefined || asset === undefined) throw new Error(`no ${kind}`)
  return new World(town, { seed: 3, faults: new FaultBook([faultOn(asset, described, from, hours)]), from })
}

describe('World', () => {
  test('every quantity of every class has a value', () => {
    const world = healthyWorld()
    for (const asset of town.assets) {
      const wanted = world.measuredOn(asset.id)
      expect(Object.keys(world.measure(asset.id, wanted)).sort()).toEqual(wanted.map((one) => one.quantity).sort())
    }
  })

  test('the same seed gives the same readings, another seed others', () => {
    const [one, same, other] = [healthyWorld(3), healthyWorld(3), healthyWorld(4)]
    for (const world of [one, same, other]) world.advanceTo(from + dayMs)
    expect(everything(one)).toEqual(everything(same))
    expect(everything(one)).not.toEqual(everything(other))
  })

  test('asked every minute or once a day, it is the same town', () => {
    const [often, seldom] = [healthyWorld(), healthyWorld()]
    for (let at = from; at <= from + dayMs; at += minuteMs) {
      often.advanceTo(at)
      if (at % (10 * minuteMs) === 0) everything(often)
    }
    seldom.advanceTo(from + dayMs)
    expect(everything(often)).toEqual(everything(seldom))
  })

  test('goes on from its memory as if it had never stopped', () => {
    const whole = healthyWorld()
    whole.advanceTo(from + dayMs)
    const memory = JSON.parse(JSON.stringify(whole.memory()))
    const resumed = new World(town, { seed: 3, faults: new FaultBook(), from: from + dayMs, memory })
    expect(everything(resumed)).toEqual(everything(whole))
    for (const world of [whole, resumed]) world.advanceTo(from + 2 * dayMs)
    expect(everything(resumed)).toEqual(everything(whole))
  })
})

describe('water', () => {
  test('a reservoir holds what flowed in less what flowed out', () => {
    const levels = series(healthyWorld(), 'reservoir-1', 2_880)
    const [first, last] = [levels[0], levels.at(-1)]
    const net = column(levels.slice(1), 'inflow').reduce((sum, inflow, index) => {
      return sum + (inflow - (levels[index + 1]?.['outflow'] ?? 0)) / 60
    }, 0)
    const rise = (last?.['level'] ?? 0) - (first?.['level'] ?? 0)
    expect(Math.abs(net)).toBeGreaterThan(1)
    // Cubic metres per metre of level: the same at every moment, as the walls are upright.
    const halves = [levels.slice(0, 1_440), levels.slice(1_440)].map((half) => {
      const volume = column(half.slice(1), 'inflow').reduce(
        (sum, inflow, index) => sum + (inflow - (half[index + 1]?.['outflow'] ?? 0)) / 60,
        0,
      )
      return volume / ((half.at(-1)?.['level'] ?? 0) - (half[0]?.['level'] ?? 0))
    })
    expect(net / rise).toBeCloseTo(halves[0] ?? 0, 4)
    expect(halves[1]).toBeCloseTo(halves[0] ?? 0, 4)
  })

  test('what the zones take leaves the reservoirs', () => {
    const world = healthyWorld()
    world.advanceTo(from + 9 * 3_600_000)
    const sum = (assetClass: string, quantity: string) =>
      town.assets
        .filter((asset) => asset.class === assetClass)
        .reduce((total, asset) => total + (world.truth(asset.id)[quantity] ?? 0), 0)
    const trunk = world.truth('reservoir-2')['inflow'] ?? 0
    expect(sum('reservoir', 'outflow')).toBeCloseTo(sum('pressure-zone', 'inflow') + trunk, 6)
    // Pump 1 fills the first reservoir; the others press the second one's water on to all zones but the first.
    expect(world.truth('drinking-water-pump-1')['flow']).toBeCloseTo(world.truth('reservoir-1')['inflow'] ?? 0, 6)
    const pressed = sum('drinking-water-pump', 'flow') - (world.truth('drinking-water-pump-1')['flow'] ?? 0)
    const lower = world.truth('pressure-zone-1')['inflow'] ?? 0
    expect(pressed).toBeCloseTo(sum('pressure-zone', 'inflow') - lower, 6)
  })

  test('the meters of the shipped reservoirs reach further than a burst main takes', () => {
    const whole = generateTown(511)
    const zone = whole.assets.find(({ id }) => id === 'zone-08')
    const burst = faultKind('pressure-zone', 'burst')
    if (zone === undefined || burst === undefined) throw new Error('no zone to burst')
    const reservoirs = whole.assets.filter(({ class: of }) => of === 'reservoir')
    const faults = new FaultBook([faultOn(zone, burst, from, 1)])
    const world = new World(
      { ...whole, assets: [...reservoirs, ...whole.assets.filter(isWater)] },
      { seed: 511, faults, from },
    )
    const most = { inflow: 0, outflow: 0 }
    for (let hour = 1; hour <= 30; hour++) {
      world.advanceTo(from + hour * 3_600_000)
      for (const { id } of reservoirs)
        for (const quantity of ['inflow', 'outflow'] as const)
          most[quantity] = Math.max(most[quantity], world.truth(id)[quantity] ?? 0)
    }
    // One that stands at its end for hours cannot be told from one that is stuck.
    const ends = libraryClasses().find(({ id }) => id === 'reservoir')?.quantities ?? []
    for (const { id, range } of ends) if (id === 'inflow' || id === 'outflow') expect(most[id]).toBeLessThan(range.max)
    expect(most.outflow).toBeGreaterThan(1_500)
  })

  test('a worn impeller takes more power for the same water, and in the end gives less pressure', () => {
    const healthy = series(healthyWorld(), 'drinking-water-pump-1', 5_760, 10)
    const worn = series(withFault('drinking-water-pump', 'impeller-wear', 96), 'drinking-water-pump-1', 5_760, 10)
    const perCubicMetre = (rows: readonly Record<string, number>[], at: number) =>
      (rows[at]?.['power'] ?? 0) / (rows[at]?.['flow'] ?? 1)
    for (const at of [200, 350, 500]) expect(perCubicMetre(worn, at)).toBeGreaterThan(1.03 * perCubicMetre(healthy, at))
    expect(Math.min(...column(worn.slice(-144), 'pressure'))).toBeLessThan(4)
  })

  test('a leak shows in the night flow of the night after, not before', () => {
    const nights = column(series(withFault('pressure-zone', 'leak', 48), 'pressure-zone-1', 4_320), 'night-flow')
    expect(nights.at(-1)).toBeGreaterThan((nights[0] ?? 0) + 40)
    expect(new Set(nights).size).toBeLessThanOrEqual(4)
  })
})

describe('weather and light', () => {
  test('lamps burn by night and not by day', () => {
    const world = healthyWorld()
    for (let minute = 0; minute < 3 * 1_440; minute += 5) {
      world.advanceTo(from + minute * minuteMs)
      const power = world.truth('streetlight-circuit-1')['power'] ?? 0
      if (world.drivers.sunElevation > 1) expect(power).toBeLessThan(0.1)
      if (world.drivers.sunElevation < -4) expect(power).toBeGreaterThan(1)
    }
  })

  test('rain is felt by the gauge first, then by the sewer, then by the river', () => {
    const world = healthyWorld(11)
    const rain: number[] = []
    const sewer: number[] = []
    const bed: number[] = []
    for (let minute = 0; minute < 4 * 1_440; minute += 1) {
      world.advanceTo(from + minute * minuteMs)
      rain.push(world.drivers.weather.rain)
      sewer.push(world.truth('sewer-chamber-2')['flow'] ?? 0)
      bed.push(world.truth('bridge-1')['scour-depth'] ?? 0)
    }
    const at = [rain, sewer, bed].map((values) => values.indexOf(Math.max(...values)))
    const [rainAt = 0, sewerAt = 0, bedAt = 0] = at
    expect(rain[rainAt]).toBeGreaterThan(1)
    expect(sewerAt - rainAt).toBeGreaterThan(2)
    expect(sewerAt - rainAt).toBeLessThan(120)
    expect(bedAt).toBeGreaterThan(sewerAt)
  })

  test('the oil of a transformer follows its load by hours', () => {
    const day = series(healthyWorld(), 'transformer-1', 1_440)
    const peakOf = (quantity: string) => column(day, quantity).indexOf(Math.max(...column(day, quantity)))
    const lag = peakOf('oil-temperature') - peakOf('load')
    expect(lag).toBeGreaterThan(20)
    expect(lag).toBeLessThan(400)
  })
})

test('a blocked pump of a lift station draws more and moves less until the well overflows', () => {
  const broken = series(withFault('lift-station', 'pump-blockage', 6), 'lift-station-1', 600)
  const running = broken.filter((row) => (row['pump-current'] ?? 0) > 1)
  expect(running.at(-1)?.['pump-current']).toBeGreaterThan(1.8 * (running[0]?.['pump-current'] ?? 0))
  expect(running.at(-1)?.['flow']).toBeLessThan(0.6 * (running[0]?.['flow'] ?? 0))
})
