import { describe, expect, test } from '@jest/globals'
import type { Asset } from '../../city/index.ts'
import type { Fault, SimulatedTown } from '../../simulators/index.ts'
import { FaultBook, faultKinds, faultOn, stagedFaults, World } from '../../simulators/index.ts'
import type { Crossing } from './limits.ts'
import { Watch } from './limits.ts'
import { smallTown } from './small-town.ts'

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs

/** Runs a town and watches some of its assets at their own rhythm. */
function crossingsIn(
  town: SimulatedTown,
  options: { seed: number; faults: readonly Fault[]; from: number; to: number; watched?: ReadonlySet<string> },
): readonly Crossing[] {
  const world = new World(town, { seed: options.seed, faults: new FaultBook(options.faults), from: options.from })
  const assets = town.assets.filter((asset) => options.watched?.has(asset.id) ?? true)
  const watches = assets.map((asset) => ({ asset, watch: new Watch(asset.id, asset.class) }))
  for (let at = options.from; at <= options.to; at += minuteMs) {
    world.advanceTo(at)
    const minute = Math.round(at / minuteMs)
    for (const { asset, watch } of watches) {
      const due = world.measuredOn(asset.id).filter((one) => minute % (one.expectedIntervalMs / minuteMs) === 0)
      if (due.length > 0) watch.see(world.measure(asset.id, due), at)
    }
  }
  return watches.flatMap(({ watch }) => watch.crossings)
}

describe('a healthy town', () => {
  test.each([
    ['winter', 1, Date.UTC(2026, 0, 12)],
    ['summer', 2, Date.UTC(2026, 6, 10)],
    ['autumn, with the clocks set back', 3, Date.UTC(2026, 9, 22)],
  ])('keeps inside every limit for days of %s', (_, seed, from) => {
    expect(crossingsIn(smallTown(3), { seed, faults: [], from, to: from + 5 * dayMs })).toEqual([])
  })
})

describe('a fault', () => {
  const whole = smallTown(8)
  const needed = new Map<string, number>()
  for (const kind of faultKinds) needed.set(kind.class, (needed.get(kind.class) ?? 0) + 1)
  const wanted = (asset: Asset) => Number(asset.id.split('-').at(-1)) <= (needed.get(asset.class) ?? 0)
  const town = { ...whole, assets: whole.assets.filter(wanted) }
  const from = Date.UTC(2026, 9, 12, 3)
  const used = new Map<string, number>()
  const faults = faultKinds.map((kind) => {
    const number = (used.get(kind.class) ?? 0) + 1
    used.set(kind.class, number)
    const asset = town.assets.find((candidate) => candidate.id === `${kind.class}-${number}`)
    if (asset === undefined) throw new Error(`too few of ${kind.class}`)
    return faultOn(asset, kind, from, kind.hours.min)
  })
  const to = Math.max(...faults.map((fault) => fault.functionalFailureAt))
  const watched = new Set(faults.map((fault) => fault.asset))
  const crossings = crossingsIn(town, { seed: 5, faults, from: from - 2 * hourMs, to, watched })

  test.each(faults.map((fault) => [fault.asset.replace(/-\d+$/, ''), fault.kind, fault] as const))(
    'of a %s, %s, crosses a limit of its failure mode before functional failure',
    (_, __, fault) => {
      const named = crossings.filter(
        (crossing) => crossing.asset === fault.asset && crossing.limit.mode === fault.failureMode,
      )
      const first = Math.min(...named.map((crossing) => crossing.at))
      expect(first).toBeGreaterThan(fault.onsetAt)
      expect(first).toBeLessThan(fault.functionalFailureAt)
    },
  )
})

test('the demonstration shows several kinds of trouble at the start, one within minutes, one a little later', () => {
  const town = smallTown(6)
  const liveAt = Date.UTC(2026, 9, 14, 11, 20)
  const faults = stagedFaults(town, 7, liveAt)
  const watched = new Set(faults.map((fault) => fault.asset))
  const crossings = crossingsIn(town, {
    seed: 7,
    faults,
    from: liveAt - 13 * hourMs,
    to: liveAt + 40 * minuteMs,
    watched,
  })
  const own = crossings.filter((crossing) =>
    faults.some((fault) => fault.asset === crossing.asset && fault.failureMode === crossing.limit.mode),
  )
  const before = new Set(own.filter((crossing) => crossing.at <= liveAt).map((crossing) => crossing.asset))
  expect(before.size).toBeGreaterThanOrEqual(7)
  const minutes = own
    .filter((crossing) => !before.has(crossing.asset))
    .map((crossing) => (crossing.at - liveAt) / minuteMs)
  expect(minutes.some((after) => after >= 1 && after <= 6)).toBe(true)
  expect(minutes.some((after) => after > 6 && after <= 30)).toBe(true)
})
