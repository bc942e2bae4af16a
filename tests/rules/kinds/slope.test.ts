import { describe, expect, test } from '@jest/globals'
import { type SlopeWindow, slopeAfter, slopeSlots, slopeWindow } from '../../../rules/kinds/rate/slope.ts'
import { fc } from '../../support/fast-check.ts'

const minute = 60_000
const start = Date.UTC(2026, 4, 4)

type Reading = { readonly at: number; readonly value: number }

function slopes(window: SlopeWindow, readings: readonly Reading[]): number[] {
  const state = new Float64Array(slopeSlots(window) + 4).fill(Number.NaN)
  return readings.map(({ at, value }) => slopeAfter(window, state, 2, at, value))
}

/** The same from the readings themselves: those from the edge of the bucket on that the window begins with. */
function leastSquares({ bucketMs, buckets, overMs }: SlopeWindow, readings: readonly Reading[]): number {
  const last = readings.at(-1)?.at ?? 0
  const from = (Math.floor(last / bucketMs) - buckets + 1) * bucketMs
  const inside = readings.filter(({ at }) => at >= from)
  const first = inside[0]?.at ?? last
  if (inside.length < 3 || last - first < overMs / 2) return Number.NaN
  const meanT = inside.reduce((sum, { at }) => sum + (at - first), 0) / inside.length
  const meanV = inside.reduce((sum, { value }) => sum + value, 0) / inside.length
  const over = inside.reduce((sum, { at, value }) => sum + (at - first - meanT) * (value - meanV), 0)
  return over / inside.reduce((sum, { at }) => sum + (at - first - meanT) ** 2, 0)
}

const series = fc
  .array(
    fc.tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: -50, max: 50 }), fc.integer({ min: 0, max: 40 })),
    {
      minLength: 1,
      maxLength: 120,
    },
  )
  .map((steps) => {
    let at = start
    return steps.map(([passed, value, pause]) => {
      // Now and then nobody reports for long enough that whole blocks have no reading.
      at += (pause === 0 ? passed * 20 : passed) * 30_000
      return { at, value }
    })
  })

describe('the slope over a sliding time', () => {
  test.each([5, 30, 90])('of %i min is that of the readings in it, whatever came before', (over) => {
    const window = slopeWindow(over * minute, minute)
    fc.assert(
      fc.property(series, (readings) => {
        for (const [index, slope] of slopes(window, readings).entries()) {
          const expected = leastSquares(window, readings.slice(0, index + 1))
          if (Number.isNaN(expected)) expect(slope).toBeNaN()
          else expect(slope * minute).toBeCloseTo(expected * minute, 9)
        }
      }),
      { numRuns: 60 },
    )
  })

  test('one absurd value is forgotten when it has left the window', () => {
    const window = slopeWindow(30 * minute, minute)
    const readings = Array.from({ length: 100 }, (_, index) => ({
      at: start + index * minute,
      value: index === 10 ? 1e300 : index,
    }))
    expect((slopes(window, readings).at(-1) ?? 0) * minute).toBeCloseTo(1, 9)
  })
})
