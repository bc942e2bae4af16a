import { describe, expect, test } from '@jest/globals'
import { measureEvents, unitsWith } from '../../rules/score/measure-events.ts'
import { measureTime } from '../../rules/score/measure-time.ts'
import type { RecordedSeries } from '../../rules/score/recording.ts'

const hour = 3_600_000

/** A hundred hours, one reading an hour; alerts count from the beginning. */
const series: RecordedSeries = {
  file: 'series/town__flow.csv',
  asset: 'town',
  quantity: 'flow',
  at: Float64Array.from({ length: 101 }, (_, index) => index * hour),
  values: new Float64Array(101),
  order: Uint32Array.from({ length: 101 }, (_, index) => index),
  written: [],
  faults: [],
  oddRows: 0,
}
const events = [
  { asset: 'town', quantity: undefined, startAt: 20 * hour, endAt: 40 * hour },
  { asset: 'town', quantity: undefined, startAt: 60 * hour, endAt: 70 * hour },
]
const options = { mergeMs: hour, holdMs: 10 * hour, leadMs: 0, toleranceMs: 0, countedFrom: 0 }

const measured = (...hours: number[]) => {
  const alerts = hours.map((at) => ({ asset: 'town', quantity: 'flow', at: at * hour }))
  return measureTime(unitsWith([series], events, alerts, options), options.holdMs)
}

describe('alerts that stand for a while', () => {
  test('none: nothing is found, and all other time is quiet', () => {
    expect(measured()).toEqual({ rangeRecall: 0, rangePrecision: undefined, timeToDetection: 0, confusion: 0.5 })
  })

  test('always: everything is found at once, and no time is quiet', () => {
    const all = measured(...Array.from({ length: 100 }, (_, index) => index))
    expect(all).toEqual({ rangeRecall: 1, rangePrecision: 0.3, timeToDetection: 1, confusion: 0.5 })
  })

  test('one in the middle of the longer event, and one that is false', () => {
    // 25 to 35 of 20 to 40, and 80 to 90; the other event is missed.
    const some = measured(25, 80)
    expect(some.rangeRecall).toBeCloseTo((0.5 + 0.5 * 0.5 + 0) / 2)
    expect(some.rangePrecision).toBeCloseTo((1 + 0) / 2)
    expect(some.timeToDetection).toBeCloseTo((0.75 + 0) / 2)
    expect(some.confusion).toBeCloseTo((10 / 30 + 60 / 70) / 2)
  })

  test('one that stands already when an event begins has found it at once', () => {
    expect(measured(55).timeToDetection).toBeCloseTo((0 + 1) / 2)
  })

  test('counted event by event, an alert before an event has not found it', () => {
    const alerts = [{ asset: 'town', quantity: 'flow', at: 55 * hour }]
    expect(measureEvents([series], events, alerts, options)[0]).toMatchObject({ detected: 0, falseIncidents: 1 })
  })
})
