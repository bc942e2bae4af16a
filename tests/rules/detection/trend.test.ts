import { describe, expect, test } from '@jest/globals'
import { arrivalAt, chanceBy } from '../../../rules/detection/trend/arrival.ts'
import type { Shape } from '../../../rules/detection/trend/fit-data.ts'
import { addToMedian, medianOf, medianSlots, startMedian } from '../../../rules/detection/trend/running-median.ts'
import {
  addToTrend,
  bucketBefore,
  bucketsMax,
  type TrendWindow,
  trendSlots,
  trendWindow,
} from '../../../rules/detection/trend/trend-window.ts'
import { fitWear } from '../../../rules/detection/trend/wear-fit.ts'
import { fc } from '../../support/fast-check.ts'
import { seeded } from '../../support/randomness.ts'
import { noise } from './noise.ts'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour
const start = Date.UTC(2026, 0, 5)

function medianBy(values: readonly number[]): number {
  const state = new Float64Array(medianSlots).fill(Number.NaN)
  startMedian(state, 0)
  for (const value of values) addToMedian(state, 0, value)
  return medianOf(state, 0)
}

describe('running median', () => {
  test('is the median while there are five values at most', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 5 }),
        (values) => {
          const sorted = [...values].sort((left, right) => left - right)
          const upper = sorted[sorted.length >> 1] ?? 0
          const lower = sorted[(sorted.length - 1) >> 1] ?? 0
          expect(medianBy(values)).toBeCloseTo((upper + lower) / 2, 6)
        },
      ),
    )
  })

  test('stays within what came, and close to the median of many', () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const next = noise(seed + 1)
        const values = Array.from({ length: 500 }, () => 10 + next())
        const found = medianBy(values)
        const sorted = [...values].sort((left, right) => left - right)
        expect(found).toBeGreaterThan(sorted[200] ?? 0)
        expect(found).toBeLessThan(sorted[300] ?? 0)
      }),
      { numRuns: 50 },
    )
  })

  test('is not moved by a tenth of wild spikes', () => {
    const next = noise(3)
    const values = Array.from({ length: 400 }, (_, index) => (index % 10 === 0 ? 1e6 : 10 + next()))
    expect(medianBy(values)).toBeGreaterThan(9.5)
    expect(medianBy(values)).toBeLessThan(10.5)
  })
})

describe('buckets', () => {
  test('no window needs more room than it may, and each fits its readings', () => {
    for (const over of [3 * hour, day, 4 * day, 42 * day, 365 * day, 3 * 365 * day])
      for (const interval of [1_000, minute, hour, day]) {
        const window = trendWindow(over, interval, true)
        expect(window.buckets).toBeLessThanOrEqual(bucketsMax)
        expect(window.bucketMs).toBeGreaterThanOrEqual(Math.min(interval, 16 * day))
        expect(Number.isInteger(window.phases)).toBe(true)
      }
  })

  test('a clock that was never set costs nothing but its own readings', () => {
    const window = trendWindow(10 * day, hour, true)
    const state = new Float64Array(trendSlots(window)).fill(Number.NaN)
    for (let at = -20 * day; at < 0; at += hour) {
      addToTrend(window, state, 0, at, 3 + Math.sin(at))
      fitWear(window, state, 0, 'linear')
    }
    for (let at = start; at < start + 11 * day; at += hour) addToTrend(window, state, 0, at, at / day)
    const seen = Array.from({ length: window.buckets }, (_, back) => bucketBefore(window, state, 0, back + 1))
    expect(Math.min(...seen)).toBeGreaterThan(start / day)
    expect(Math.max(...seen)).toBeLessThan(start / day + 11)
  })

  test('a hole leaves buckets empty instead of what stood there a window ago', () => {
    const window: TrendWindow = { bucketMs: hour, buckets: 10, phases: 1 }
    const state = new Float64Array(trendSlots(window)).fill(Number.NaN)
    for (let index = 0; index < 15; index++) addToTrend(window, state, 0, index * hour, index)
    addToTrend(window, state, 0, 20 * hour, 20)
    const seen = Array.from({ length: 10 }, (_, back) => bucketBefore(window, state, 0, back + 1))
    expect(seen).toEqual([Number.NaN, Number.NaN, Number.NaN, Number.NaN, Number.NaN, 14, 13, 12, 11, 10])
  })
})

type Course = {
  readonly shape: Shape
  readonly correlation: number
  readonly season: number
  readonly scatter: number
  readonly insideMs: number
  readonly everyMs: number
}

type Said = { readonly truth: number; readonly from: number; readonly to: number; readonly votes: boolean }

const limit = 7

/** A thing that is well, begins to wear somewhere and reaches the limit; and what was said of it, now and then. */
function wearOut(course: Course, seed: number): Said[] {
  const random = seeded(seed)
  const next = noise(seed + 1, course.correlation)
  const { shape, insideMs, everyMs } = course
  const overMs = Math.max(4 * day, 3 * insideMs)
  const window = trendWindow(overMs, everyMs, true)
  const state = new Float64Array(trendSlots(window)).fill(Number.NaN)
  const onset = start + overMs * (1 + random() / 2)
  const lifeMs = insideMs * (1.2 + 3 * random())
  const said: Said[] = []
  for (let at = start; at < onset + lifeMs; at += everyMs) {
    const worn = Math.max(0, (at - onset) / lifeMs)
    const level = shape === 'linear' ? 2 + (limit - 2) * worn : 2 * (limit / 2) ** worn
    const value =
      level +
      (shape === 'linear' ? 2 : level) * course.scatter * next() +
      2 * course.season * Math.sin((2 * Math.PI * at) / day)
    if (!addToTrend(window, state, 0, at, value) || worn === 0 || random() > 0.2) continue
    const fit = fitWear(window, state, 0, shape)
    if (fit === undefined) continue
    const goal = shape === 'linear' ? limit : Math.log(limit)
    const inside = insideMs / window.bucketMs
    const begins = Math.floor(at / window.bucketMs)
    said.push({
      truth: (onset + lifeMs) / window.bucketMs - begins,
      from: arrivalAt(fit, goal, 1, 0.1, 10 * inside),
      to: arrivalAt(fit, goal, 1, 0.9, 10 * inside),
      votes: chanceBy(fit, goal, 1, inside) >= 0.9,
    })
  }
  return said
}

describe('the 80 % interval for the time of a limit', () => {
  const courses: Readonly<Record<string, Course>> = {
    'linear wear': { shape: 'linear', correlation: 0, season: 0, scatter: 0.1, insideMs: 14 * day, everyMs: hour },
    'noise that lasts for hours': {
      shape: 'linear',
      correlation: 0.9,
      season: 0,
      scatter: 0.2,
      insideMs: 14 * day,
      everyMs: hour,
    },
    'a daily rhythm as large as three times the noise': {
      shape: 'linear',
      correlation: 0.5,
      season: 0.6,
      scatter: 0.2,
      insideMs: 14 * day,
      everyMs: hour,
    },
    'exponential wear': {
      shape: 'exponential',
      correlation: 0,
      season: 0,
      scatter: 0.1,
      insideMs: 14 * day,
      everyMs: hour,
    },
    'two days ahead': {
      shape: 'linear',
      correlation: 0.5,
      season: 0.3,
      scatter: 0.2,
      insideMs: 2 * day,
      everyMs: 10 * minute,
    },
  }
  test.each(Object.keys(courses))('holds the truth in about 80 of 100 cases: %s', (name) => {
    const course = courses[name]
    if (course === undefined) throw new Error(name)
    const said = Array.from({ length: 40 }, (_, seed) => wearOut(course, 100 + seed)).flat()
    const told = said.filter(({ to }) => Number.isFinite(to))
    const inside = told.filter(({ truth, from, to }) => truth >= from && truth <= to)
    expect(told.length).toBeGreaterThan(150)
    expect(inside.length / told.length).toBeGreaterThan(0.7)
    expect(inside.length / told.length).toBeLessThan(0.92)
    // Also of those that would be believed: looking only when it is near must not make it worse.
    const voting = said.filter(({ votes }) => votes)
    const right = voting.filter(({ truth, from, to }) => truth >= from && truth <= to)
    expect(voting.length).toBeGreaterThan(40)
    expect(right.length / voting.length).toBeGreaterThan(0.68)
  })
})

function fitOf(
  valueAt: (at: number) => number | undefined,
  options: { days: number; shape?: Shape; seasonal?: boolean },
) {
  const window = trendWindow(42 * day, hour, options.seasonal ?? true)
  const state = new Float64Array(trendSlots(window)).fill(Number.NaN)
  for (let at = start; at < start + options.days * day; at += hour) {
    const value = valueAt(at)
    if (value !== undefined) addToTrend(window, state, 0, at, value)
  }
  return { window, fit: fitWear(window, state, 0, options.shape ?? 'linear') }
}

describe('no forecast', () => {
  test('of a constant, nor of too short a past', () => {
    expect(fitOf(() => 3, { days: 60 }).fit).toBeUndefined()
    expect(fitOf((at) => (at - start) / day, { days: 2 }).fit).toBeUndefined()
  })

  test('of noise, nor of noise on a daily rhythm', () => {
    for (let seed = 1; seed <= 60; seed++) {
      const next = noise(seed, 0.8)
      const { fit, window } = fitOf((at) => 3 + Math.sin((2 * Math.PI * at) / day) + 0.5 * next(), { days: 60 })
      const chance = fit === undefined ? 0 : chanceBy(fit, 7, 1, (14 * day) / window.bucketMs)
      expect(chance).toBeLessThan(0.5)
    }
  })

  test('of exponential wear from values that are not above zero', () => {
    expect(fitOf((at) => -1 - (at - start) / day, { days: 60, shape: 'exponential' }).fit).toBeUndefined()
  })
})

describe('a line that is seen clearly', () => {
  const reached = (shape: Shape, hidden: (at: number) => boolean) => {
    const next = noise(5)
    const { fit, window } = fitOf(
      (at) => {
        if (hidden(at)) return undefined
        const worn = (at - start) / (60 * day)
        return (shape === 'linear' ? 2 + 5 * worn : 2 * 3.5 ** worn) + 0.02 * next()
      },
      { days: 45, shape },
    )
    if (fit === undefined) throw new Error('nothing was fitted')
    return (arrivalAt(fit, shape === 'linear' ? 7 : Math.log(7), 1, 0.5, 500) * window.bucketMs) / day
  }

  test.each(['linear', 'exponential'] as const)('is carried on to its limit, %s, with or without holes', (shape) => {
    expect(reached(shape, () => false)).toBeGreaterThan(14.5)
    expect(reached(shape, () => false)).toBeLessThan(15.5)
    const random = seeded(9)
    const isHole = Array.from({ length: 60 }, () => random() < 0.3)
    expect(reached(shape, (at) => isHole[Math.floor((at - start) / day)] ?? false)).toBeGreaterThan(14)
    expect(reached(shape, (at) => isHole[Math.floor((at - start) / day)] ?? false)).toBeLessThan(16)
  })

  test('falling towards a limit below is the same, turned round', () => {
    const { fit, window } = fitOf((at) => 10 - (0.1 * (at - start)) / day, { days: 45 })
    if (fit === undefined) throw new Error('nothing was fitted')
    const days = (arrivalAt(fit, 5, -1, 0.5, 500) * window.bucketMs) / day
    expect(days).toBeGreaterThan(4.5)
    expect(days).toBeLessThan(5.5)
  })
})

test('a trend of a sensor takes a kilobyte', () => {
  expect(trendSlots(trendWindow(42 * day, minute, true)) * 8).toBeLessThan(1_200)
})
