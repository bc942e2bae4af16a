import { describe, expect, test } from '@jest/globals'
import type { Row } from '../../simulators/index.ts'
import { FaultBook, Reporter, type SensorTrouble, TroubleBook, World } from '../../simulators/index.ts'
import { deliveryOf, isCutOff } from '../../simulators/trouble/delivery.ts'
import { smallTown } from './small-town.ts'

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const from = Date.UTC(2026, 2, 3, 6)
const town = smallTown(2)

function rowsWith(troubles: readonly SensorTrouble[], hours: number): readonly Row[] {
  const world = new World(town, { seed: 3, faults: new FaultBook(), from })
  const reporter = new Reporter(town, world, new TroubleBook(troubles), 3)
  return Array.from({ length: hours * 60 }, (_, minute) => reporter.rowsOf(from + minute * minuteMs)).flat()
}

function valuesOf(rows: readonly Row[], asset: string, quantity: string): number[] {
  return rows.filter((row) => row.asset === asset).flatMap((row) => row.values[quantity] ?? [])
}

function troubled(kind: SensorTrouble['kind'], quantity = 'pressure'): SensorTrouble {
  const sensor = `drinking-water-pump-1/${quantity}`
  const clock = kind === 'clock-skew' ? { aheadMs: 9 * minuteMs } : {}
  return { sensor, kind, fromAt: from + hourMs, toAt: from + 3 * hourMs, ...clock }
}

describe('Reporter', () => {
  test('reports every quantity at its expected interval, at a second of its own', () => {
    const rows = rowsWith([], 2)
    expect(valuesOf(rows, 'drinking-water-pump-1', 'flow')).toHaveLength(120)
    expect(valuesOf(rows, 'bridge-1', 'tilt')).toHaveLength(12)
    expect(valuesOf(rows, 'transformer-2', 'hydrogen')).toHaveLength(2)
    expect(new Set(rows.map((row) => row.trueAt % minuteMs)).size).toBeGreaterThan(8)
  })

  test('history is the same readings, fewer of them', () => {
    const world = new World(town, { seed: 3, faults: new FaultBook(), from })
    const reporter = new Reporter(town, world, new TroubleBook(), 3)
    const coarse = Array.from({ length: 120 }, (_, minute) => reporter.rowsOf(from + minute * minuteMs, 10)).flat()
    const fine = rowsWith([], 2)
    // Every second of the minutely readings, every second of the five-minute ones.
    const flows = valuesOf(coarse, 'drinking-water-pump-1', 'flow').length
    expect(Math.abs(flows - 60)).toBeLessThanOrEqual(1)
    // A pump that runs for two minutes would look like a spike.
    expect(valuesOf(coarse, 'lift-station-1', 'pump-current')).toHaveLength(120)
    expect(valuesOf(coarse, 'transformer-1', 'load')).toHaveLength(12)
    for (const row of coarse) {
      const same = fine.find((other) => other.asset === row.asset && other.observedAt === row.observedAt)
      expect(same?.values).toMatchObject(row.values)
    }
  })
})

describe('TroubleBook', () => {
  test('a stuck sensor repeats one value and then goes on', () => {
    const values = valuesOf(rowsWith([troubled('stuck')], 4), 'drinking-water-pump-1', 'pressure')
    expect(new Set(values.slice(61, 179)).size).toBe(1)
    expect(new Set(values.slice(0, 59)).size).toBeGreaterThan(10)
    expect(new Set(values.slice(181)).size).toBeGreaterThan(10)
  })

  test('a silent sensor says nothing while the others of its asset go on', () => {
    const rows = rowsWith([troubled('silent')], 4)
    expect(valuesOf(rows, 'drinking-water-pump-1', 'pressure')).toHaveLength(120)
    expect(valuesOf(rows, 'drinking-water-pump-1', 'flow')).toHaveLength(240)
  })

  test('a drifting sensor wanders off; one with spikes does not', () => {
    const whole = valuesOf(rowsWith([], 3), 'drinking-water-pump-1', 'pressure')
    const drifting = valuesOf(rowsWith([troubled('drift')], 3), 'drinking-water-pump-1', 'pressure')
    const spiking = valuesOf(rowsWith([troubled('spikes')], 3), 'drinking-water-pump-1', 'pressure')
    expect(drifting.at(-1)).toBeGreaterThan(whole.at(-1) ?? 0)
    const spikes = spiking.filter((value, index) => Math.abs(value - (whole[index] ?? 0)) > 0.15)
    expect(spikes.length).toBeGreaterThan(4)
    expect(spikes.length).toBeLessThan(40)
  })

  test('a wrong clock moves the time and not the value', () => {
    const rows = rowsWith([troubled('clock-skew')], 4).filter((row) => row.asset === 'drinking-water-pump-1')
    const skewed = rows.filter((row) => row.observedAt !== row.trueAt)
    expect(skewed).toHaveLength(120)
    expect(new Set(skewed.map((row) => row.observedAt - row.trueAt))).toEqual(new Set([9 * minuteMs]))
  })

  test('a repaired sensor is whole from then on', () => {
    const book = new TroubleBook([troubled('silent')])
    expect(book.repair('drinking-water-pump-1', from + 2 * hourMs)).toHaveLength(1)
    expect(book.troubles()[0]?.repairedAt).toBe(from + 2 * hourMs)
    expect(book.repair('drinking-water-pump-1', from + 2 * hourMs)).toHaveLength(0)
  })
})

describe('delivery', () => {
  test('few rows are lost, repeated or overtaken', () => {
    const counts: Record<string, number> = {}
    for (let minute = 0; minute < 100_000; minute += 1) {
      const fate = deliveryOf('device', 'asset', from + minute * minuteMs, 1)
      counts[fate] = (counts[fate] ?? 0) + 1
    }
    expect(counts['lost']).toBeGreaterThan(5)
    expect(counts['lost']).toBeLessThan(60)
    expect(counts['sent twice']).toBeGreaterThan(50)
    expect(counts['after the next']).toBeLessThan(200)
  })

  test('an outage is shorter than what a silence rule waits for', () => {
    for (const [everyMinute, longest] of [
      [true, 15],
      [false, 40],
    ] as const) {
      let run = 0
      let worst = 0
      for (let minute = 0; minute < 400 * 1_440; minute += 1) {
        run = isCutOff('device', everyMinute, from + minute * minuteMs, 2) ? run + 1 : 0
        worst = Math.max(worst, run)
      }
      expect(worst).toBeGreaterThan(5)
      expect(worst).toBeLessThanOrEqual(longest)
    }
  })
})
