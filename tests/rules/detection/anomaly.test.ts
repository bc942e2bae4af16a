import { describe, expect, test } from '@jest/globals'
import {
  rarityText,
  type SurpriseParams,
  surprise,
  surpriseDefaults,
  surpriseSlots,
  termOf,
  termText,
} from '../../../rules/detection/anomaly/index.ts'
import { fc } from '../../support/fast-check.ts'
import { seeded } from '../../support/randomness.ts'

const minute = 60_000
const day = 86_400_000
const start = Date.UTC(2026, 4, 4)

type Reading = { readonly at: number; readonly value: number }
type Judged = Reading & { readonly score: number; readonly term: string | undefined }

function judged(readings: readonly Reading[], params: SurpriseParams = surpriseDefaults): Judged[] {
  const state = fresh()
  return readings.map(({ at, value }) => {
    const score = surprise(params, state, 0, at, value, 0)
    return { at, value, score, term: termOf(state, 0) }
  })
}

const fresh = () => new Float64Array(surpriseSlots).fill(Number.NaN)

/** Two sums of three uniform numbers: near enough to normal, with mean 0 and deviation 1. */
const noise = (random: () => number) => (random() + random() + random() - 1.5) * 2

/** A value with the day in it and noise, every `everyMs` for `days`. */
function daily(days: number, everyMs: number, seed = 1): Reading[] {
  const random = seeded(seed)
  return Array.from({ length: Math.round((days * day) / everyMs) }, (_, index) => {
    const at = start + index * everyMs
    return { at, value: 50 + 10 * Math.sin((2 * Math.PI * at) / day) + noise(random) }
  })
}

const changedAt = (readings: readonly Reading[], index: number, value: number) =>
  readings.map((reading, place) => (place === index ? { ...reading, value } : reading))

const highest = (found: readonly Judged[]) => found.reduce((top, each) => (each.score > top.score ? each : top))

describe('surprise', () => {
  test('needs no more than 256 numbers for a series', () => {
    expect(surpriseSlots).toBeLessThanOrEqual(256)
  })

  test('says nothing of a series that stands still, however long', () => {
    const found = judged(Array.from({ length: 5_000 }, (_, index) => ({ at: start + index * minute, value: 7.1 })))
    expect(highest(found).score).toBe(0)
  })

  test('says nothing before fifty readings', () => {
    const found = judged(changedAt(daily(1, 5 * minute), 40, 1_000))
    expect(highest(found.slice(0, 50)).score).toBe(0)
  })

  test('a value far outside all that was seen is the most surprising one', () => {
    const readings = changedAt(daily(20, 5 * minute), 5_000, 140)
    const top = highest(judged(readings))
    expect(top).toMatchObject({ at: readings[5_000]?.at, value: 140 })
    expect(top.score).toBeGreaterThan(6)
  })

  test('`range: off` leaves the other terms their say', () => {
    // Sizes without an end: the largest so far is nothing special, but nobody has seen it yet.
    const random = seeded(2)
    const readings = Array.from({ length: 20_000 }, (_, index) => ({
      at: start + index * 5 * minute,
      value: -Math.log(1 - random()),
    }))
    const withRange = judged(readings, { range: true, jump: false })
    const without = judged(readings, { range: false, jump: false })
    expect(withRange.filter(({ term }) => term === 'range').length).toBeGreaterThan(0)
    expect(without.filter(({ term }) => term === 'range')).toEqual([])
    withRange.forEach((each, index) => {
      if (each.term !== 'range') expect(without[index]).toEqual(each)
    })
  })

  test('a level that shifts inside its range is found by its level or its mean', () => {
    const random = seeded(3)
    const readings = Array.from({ length: 6_000 }, (_, index) => {
      const swing = index % 500 === 0 ? 40 : 0
      return { at: start + index * 5 * minute, value: (index < 5_000 ? 20 : 32) + swing + noise(random) }
    })
    const after = judged(readings).filter(({ at }) => at >= start + 5_000 * 5 * minute)
    const found = after.find(({ score }) => score >= 4)
    expect(['level', 'shift', 'departure', 'season', 'spread']).toContain(found?.term)
  })

  test('a day that stays at what is usual by night is unusual for its time of day', () => {
    const random = seeded(7)
    const readings = daily(30, 10 * minute).map(({ at, value }) => ({
      at,
      value: at < start + 28 * day ? value : 50 + noise(random),
    }))
    const top = highest(judged(readings).filter(({ at }) => at > start + 28 * day))
    expect(top.score).toBeGreaterThan(4)
    expect(top.term).toMatch(/season|spread/)
  })

  test('the time of day is the local one', () => {
    const shifted = (localOffsetMs: number) => {
      const state = fresh()
      return daily(10, 30 * minute).map(({ at, value }) =>
        surprise(surpriseDefaults, state, 0, at - localOffsetMs, value, localOffsetMs),
      )
    }
    expect(shifted(2 * 3_600_000)).toEqual(shifted(0))
  })

  test('a step of many usual steps counts where it is switched on, each time it happens', () => {
    const random = seeded(5)
    let level = 300
    const readings = Array.from({ length: 4_000 }, (_, index) => {
      level += 0.3 * noise(random)
      return { at: start + index * 15 * minute, value: index > 500 && index % 200 === 0 ? level - 150 : level }
    })
    const dropped = judged(readings, { range: true, jump: true }).filter((_, index) => index > 500 && index % 200 === 0)
    expect(dropped.filter(({ score }) => score >= 6).length).toBe(dropped.length)
  })

  test('a spike does not make the same time of the next day a surprise', () => {
    const readings = daily(30, 15 * minute)
    const index = readings.findIndex(({ at }) => at >= start + 20 * day)
    const found = judged(changedAt(readings, index, 120))
    expect(found[index]?.score).toBeGreaterThan(6)
    expect(highest(found.slice(index + 90, index + 200)).score).toBeLessThan(4)
  })

  test('an error code does not make everything after it possible', () => {
    const readings = changedAt(changedAt(daily(20, 5 * minute), 2_000, -9_999), 5_000, 140)
    expect(judged(readings)[5_000]?.score).toBeGreaterThanOrEqual(4)
  })

  test('a sensor that shows whole numbers is not surprising for being one off', () => {
    const random = seeded(9)
    const readings = Array.from({ length: 4_000 }, (_, index) => ({
      at: start + index * 5 * minute,
      value: random() < 0.02 ? 2 : random() < 0.3 ? 1 : 0,
    }))
    const found = judged(changedAt(readings, 3_500, 3))
    expect(found[3_500]?.score).toBeLessThan(6)
  })

  test('readings once a second are not a thousand chances an hour', () => {
    const random = seeded(11)
    const readings = Array.from({ length: 40_000 }, (_, index) => ({ at: start + index * 1_000, value: noise(random) }))
    const alerts = judged(readings).filter(({ score, at }) => score >= 5 && at > start + 3_600_000)
    expect(alerts.length).toBeLessThan(10)
  })

  test('a hole of a week does not make the return to usual a surprise', () => {
    const readings = daily(30, 10 * minute).filter(({ at }) => at < start + 15 * day || at > start + 22 * day)
    const returned = judged(readings).filter(({ at }) => at > start + 22 * day && at < start + 23 * day)
    expect(highest(returned).score).toBeLessThan(5)
  })

  test.each([1, 2, 3, 4])('white noise scores 5 no more often than it should (seed %i)', (seed) => {
    const random = seeded(seed)
    const readings = Array.from({ length: 20_000 }, (_, index) => ({
      at: start + index * 5 * minute,
      value: noise(random),
    }))
    expect(judged(readings).filter(({ score }) => score >= 5).length).toBeLessThan(8)
  })

  test('what is not newer than the last reading, or no number, changes nothing', () => {
    const state = fresh()
    for (const { at, value } of daily(3, 10 * minute)) surprise(surpriseDefaults, state, 0, at, value, 0)
    const before = state.slice()
    for (const [at, value] of [
      [start, 5],
      [start + 4 * day, Number.NaN],
      [start + 4 * day, Number.POSITIVE_INFINITY],
      [start + 4 * day, 1e300],
    ] as const)
      expect(surprise(surpriseDefaults, state, 0, at, value, 0)).toBe(0)
    expect(state).toEqual(before)
  })

  test('all it remembers is in the numbers: from a copy it goes on the same, at any offset', () => {
    fc.assert(
      fc.property(series, fc.integer({ min: 0, max: 300 }), (readings, cut) => {
        const whole = fresh()
        const expected = readings.map(({ at, value }) => surprise(surpriseDefaults, whole, 0, at, value, 0))
        const first = fresh()
        const scores = readings.slice(0, cut).map(({ at, value }) => surprise(surpriseDefaults, first, 0, at, value, 0))
        const room = new Float64Array(surpriseSlots + 20).fill(42)
        room.set(first, 7)
        for (const { at, value } of readings.slice(cut)) scores.push(surprise(surpriseDefaults, room, 7, at, value, 0))
        expect(scores).toEqual(expected)
        expect([...room.slice(0, 7), ...room.slice(7 + surpriseSlots)].every((number) => number === 42)).toBe(true)
      }),
      { numRuns: 50 },
    )
  })

  test('any readings at all give a score from 0 to 99', () => {
    fc.assert(
      fc.property(wildSeries, (readings) => {
        for (const { score } of judged(readings, { range: true, jump: true })) {
          expect(score).toBeGreaterThanOrEqual(0)
          expect(score).toBeLessThanOrEqual(99)
        }
      }),
      { numRuns: 200 },
    )
  })

  test('the unit does not matter', () => {
    fc.assert(
      fc.property(series, fc.constantFrom(0.5, 2, 1_024), (readings, factor) => {
        const scaled = readings.map(({ at, value }) => ({ at, value: value * factor }))
        const scores = judged(readings).map(({ score }) => score)
        judged(scaled).forEach(({ score }, index) => {
          expect(score).toBeCloseTo(scores[index] ?? 0, 6)
        })
      }),
      { numRuns: 50 },
    )
  })
})

const series = fc
  .array(fc.record({ passed: fc.integer({ min: 1, max: 7_200_000 }), value: fc.integer({ min: -50, max: 50 }) }), {
    minLength: 60,
    maxLength: 300,
  })
  .map((steps) => inTime(steps))

const wildSeries = fc
  .array(fc.record({ passed: fc.integer({ min: -1_000, max: 1_000_000_000 }), value: fc.double() }), {
    minLength: 60,
    maxLength: 300,
  })
  .map((steps) => inTime(steps))

function inTime(steps: readonly { readonly passed: number; readonly value: number }[]): Reading[] {
  let at = start
  return steps.map(({ passed, value }) => {
    at += passed
    return { at, value }
  })
}

describe('the words', () => {
  test('of a term follow a value', () => {
    expect(termText('season')).toBe('unusual for this time of day')
    expect(termText('range')).toBe('outside all that was ever seen')
  })

  test('of a score are how rare it is', () => {
    expect(rarityText(4)).toBe('about 1 in 10,000')
    expect(rarityText(4.7)).toBe('about 1 in 50,000')
    expect(rarityText(14)).toBe('never seen before')
  })
})
