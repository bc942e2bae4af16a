import { describe, expect, test } from '@jest/globals'
import { indexNear, isolated, readingAt, toAlignedData, withReading } from '../../dashboard/pages/charts/aligned.ts'
import { keyedMoment } from '../../dashboard/pages/charts/keys.ts'
import { type ChartLimit, type ChartModel, type Columns, isGap } from '../../dashboard/pages/charts/model.ts'
import { type ChartColours, chartOptions, decimalsFor, yRangeOf } from '../../dashboard/pages/charts/options.ts'
import { tableRows } from '../../dashboard/pages/charts/rows.ts'
import { limitsBeyond, yRange } from '../../dashboard/pages/charts/scale.ts'
import { beyondSince, sayAt, summarise } from '../../dashboard/pages/charts/summary.ts'
import { timeTicks } from '../../dashboard/pages/charts/ticks.ts'
import { fc } from '../support/fast-check.ts'

const minute = 60_000
const start = Date.parse('2026-11-23T10:00:00Z')

const columnsOf = (points: readonly (readonly [number, number])[]): Columns => ({
  at: points.map(([at]) => at),
  min: points.map(([, value]) => value),
  max: points.map(([, value]) => value),
  mean: points.map(([, value]) => value),
  quality: points.map(() => 'good' as const),
})

const anyColumns = fc
  .array(
    fc.tuple(
      fc.integer({ min: 0, max: 400 }).map((step) => start + step * minute),
      fc.double(),
    ),
    {
      maxLength: 80,
    },
  )
  .map(columnsOf)

const modelOf = (columns: Columns, limits: readonly ChartLimit[] = []): ChartModel => ({
  title: 'Vibration',
  unit: 'mm/s',
  decimals: 1,
  zone: 'Europe/Berlin',
  range: { from: start, to: start + 60 * minute },
  possible: { min: 0, max: 50 },
  columns,
  widthMs: null,
  gapMs: 2.5 * minute,
  limits,
  marks: [],
})

const action: ChartLimit = { level: 'action', direction: 'above', value: 7.1 }

describe('toAlignedData', () => {
  test('is sorted, has each instant once, and columns of equal length', () => {
    fc.assert(
      fc.property(anyColumns, fc.integer({ min: 1, max: 10 * minute }), (columns, gapMs) => {
        const [at, upper, lower, middle] = toAlignedData(columns, gapMs)
        expect(new Set([at.length, upper.length, lower.length, middle.length]).size).toBe(1)
        for (let index = 1; index < at.length; index++) expect(at[index]).toBeGreaterThan(at[index - 1] ?? Infinity)
      }),
    )
  })

  test('keeps every instant given, and adds only empty rows in gaps', () => {
    fc.assert(
      fc.property(anyColumns, (columns) => {
        const [at, , , middle] = toAlignedData(columns, 2 * minute)
        const given = new Set(columns.at)
        for (const [index, instant] of at.entries()) if (!given.has(instant)) expect(middle[index]).toBeNull()
        expect(at.filter((instant) => given.has(instant))).toHaveLength(given.size)
      }),
    )
  })

  test('between two neighbours there is either a line or a gap that is one', () => {
    fc.assert(
      fc.property(anyColumns, (columns) => {
        const [at, , , middle] = toAlignedData({ ...columns, mean: columns.at.map(() => 1) }, 3 * minute)
        const given = at.filter((_, index) => middle[index] !== null)
        for (const [place, instant] of given.entries()) {
          if (place === given.length - 1) break
          const bridged = at.indexOf(given[place + 1] ?? 0) === at.indexOf(instant) + 1
          expect(bridged).toBe(!isGap(given, place, 3 * minute))
        }
      }),
    )
  })

  test('an outage is a gap; older readings kept at a coarser step are not', () => {
    const steps = (from: number, count: number, step: number) =>
      Array.from({ length: count }, (_, index) => [from + index * step, 1] as const)
    const fine = [...steps(start, 30, minute), ...steps(start + 90 * minute, 30, minute)]
    const mixed = [...steps(start, 20, 15 * minute), ...steps(start + 300 * minute, 60, minute)]
    expect(toAlignedData(columnsOf(fine), 2.5 * minute)[3].filter((value) => value === null)).toHaveLength(1)
    expect(toAlignedData(columnsOf(mixed), 2.5 * minute)[3].filter((value) => value === null)).toHaveLength(0)
  })

  test('of two values for one instant the later given stands; what is no number is a gap', () => {
    const twice = toAlignedData(
      columnsOf([
        [start, 1],
        [start, 2],
        [start + minute, Number.NaN],
      ]),
      5 * minute,
    )
    expect(twice[3]).toEqual([2, null])
  })

  test('a lone value between gaps is found, so that it can be drawn as a dot', () => {
    expect(isolated([1, null, 2, null, 3, 4])).toEqual([0, 2])
  })
})

describe('withReading', () => {
  const columns = columnsOf([[start, 1]])
  test('adds what is newer and leaves what is not', () => {
    expect(withReading(columns, { at: start + minute, value: 2, quality: 'good' }).mean).toEqual([1, 2])
    expect(withReading(columns, { at: start, value: 9, quality: 'good' })).toBe(columns)
  })
})

describe('indexNear', () => {
  test('is the index a plain search would find', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(1_000), { minLength: 1 }), fc.nat(1_000), (values, wanted) => {
        const sorted = [...values].sort((a, b) => a - b)
        const found = sorted[indexNear(sorted, wanted) ?? -1] ?? Number.NaN
        expect(Math.abs(found - wanted)).toBe(Math.min(...sorted.map((value) => Math.abs(value - wanted))))
      }),
    )
  })
  test('nothing is near where nothing is', () => {
    expect(indexNear([], 5)).toBeUndefined()
  })
})

describe('readingAt', () => {
  const at = [0, 1, 2, 3, 60, 61, 62].map((index) => index * minute)
  test('is the nearest reading, but none in a gap and none beyond the ends', () => {
    expect(readingAt(at, 1.4 * minute, 2 * minute)).toBe(1)
    expect(readingAt(at, 30 * minute, 2 * minute)).toBeUndefined()
    expect(readingAt(at, 58.5 * minute, 2 * minute)).toBe(4)
    expect(readingAt(at, 90 * minute, 2 * minute)).toBeUndefined()
  })
})

describe('timeTicks', () => {
  const zones = ['Europe/Berlin', 'UTC', 'Asia/Kathmandu', 'America/New_York']
  test('lie within the range, ascend, and are no more than asked for', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: Date.UTC(2020, 0), max: Date.UTC(2030, 0) }),
        fc.integer({ min: 10_000, max: 400 * 86_400_000 }),
        fc.integer({ min: 2, max: 20 }),
        fc.constantFrom(...zones),
        (from, span, most, zone) => {
          const ticks = timeTicks(from, from + span, most, zone).map((tick) => tick.at)
          // A change of summer time can move one tick more into the range.
          expect(ticks.length).toBeLessThanOrEqual(most + 2)
          for (const [index, at] of ticks.entries()) {
            expect(at).toBeGreaterThanOrEqual(from)
            expect(at).toBeLessThanOrEqual(from + span)
            if (index > 0) expect(at).toBeGreaterThan(ticks[index - 1] ?? Infinity)
          }
        },
      ),
    )
  })

  test('midnight carries the date', () => {
    const day = timeTicks(Date.parse('2026-11-22T22:00:00Z'), Date.parse('2026-11-23T22:00:00Z'), 8, 'Europe/Berlin')
    expect(day.map((tick) => tick.label)).toEqual([
      'Mon 23 Nov',
      '03:00',
      '06:00',
      '09:00',
      '12:00',
      '15:00',
      '18:00',
      '21:00',
    ])
  })

  test('stay on round hours of the wall clock when it is set forward and back', () => {
    for (const night of ['2026-03-29', '2026-10-25']) {
      const from = Date.parse(`${night}T00:00:00Z`) - 3 * 3_600_000
      const labels = timeTicks(from, from + 22 * 3_600_000, 12, 'Europe/Berlin').map((tick) => tick.label)
      expect(labels.filter((label) => !/^(\d\d:00|[A-Z].*)$/.test(label))).toEqual([])
      expect(new Set(labels).size).toBe(labels.length)
    }
  })
})

describe('the height of a chart', () => {
  const possible = { min: 0, max: 50 }
  test('holds all values, and a limit that is near', () => {
    const [low, high] = yRange({ min: 2, max: 5 }, [action], possible, 1)
    expect(low).toBeGreaterThanOrEqual(0)
    expect(high).toBeGreaterThan(7.1)
  })
  test('leaves a far limit out and says so', () => {
    const range = yRange({ min: 2, max: 2.8 }, [action], possible, 1)
    expect(range[1]).toBeLessThan(7.1)
    expect(limitsBeyond([action], range)).toEqual([action])
  })
  test('a limit that all values are past is always in sight', () => {
    const warning: ChartLimit = { level: 'warning', direction: 'above', value: 4.5 }
    const range = yRange({ min: 8.2, max: 8.8 }, [warning, action], possible, 1)
    expect(range[0]).toBeLessThan(7.1)
    expect(limitsBeyond([warning, action], range)).toEqual([warning])
  })
  test('does not blow up noise in the last digit', () => {
    const [low, high] = yRange({ min: 3.6, max: 3.6 }, [], { min: -10, max: 10 }, 1)
    expect(high - low).toBeGreaterThanOrEqual(0.4)
  })
  test('is always a height, also of nothing', () => {
    fc.assert(
      fc.property(fc.option(fc.float({ noNaN: true }), { nil: null }), (value) => {
        const [low, high] = yRangeOf(modelOf(columnsOf([]), [action]), value, value)
        if (value === null || Number.isFinite(value)) expect(high).toBeGreaterThan(low)
      }),
    )
  })
})

describe('chartOptions', () => {
  const colours: ChartColours = {
    ink: 'ink',
    quiet: 'quiet',
    line: 'line',
    grid: 'grid',
    accent: 'accent',
    band: 'band',
    red: 'red',
    amber: 'amber',
    surface: 'surface',
    font: '11px Inter',
  }
  const options = chartOptions(modelOf(columnsOf([])), colours, { width: 800, height: 180 })

  test('speak milliseconds, draw the curve in the accent and the band between its edges', () => {
    expect(options.ms).toBe(1)
    expect(options.series.map((series) => series.stroke)).toEqual([undefined, 'transparent', 'transparent', 'accent'])
    expect(options.bands).toEqual([{ series: [1, 2], fill: 'band' }])
  })
  test('all begin at the same x, so that one moment is one line through all charts', () => {
    expect(options.axes?.[1]?.size).toBe(52)
  })
  test('decimals follow the distance of the ticks', () => {
    expect([50, 2.5, 0.5, 0.25, 0.002].map(decimalsFor)).toEqual([0, 1, 1, 2, 3])
  })
})

describe('the chart in words', () => {
  const rising = columnsOf(Array.from({ length: 61 }, (_, index) => [start + index * minute, 4 + index / 10] as const))
  const model = modelOf(rising, [action])

  test('says the end, the trend, the extremes, and since when a limit is passed', () => {
    expect(summarise(model, start + 60 * minute)).toBe(
      'Vibration: 10.0\u202fmm/s at 12:00; rising 6.00\u202fmm/s per hour over the last 15 min; lowest 4.0\u202fmm/s at 11:00; highest 10.0\u202fmm/s at 12:00; above the action limit of 7.1\u202fmm/s since 11:32.',
    )
  })
  test('says when there is nothing', () => {
    expect(summarise(modelOf(columnsOf([])), start)).toBe('Vibration: no readings in this time.')
  })
  test('a limit passed and left again is not one that is passed', () => {
    const back = columnsOf([
      [start, 8],
      [start + minute, 5],
    ])
    expect(beyondSince(back, action)).toBeUndefined()
  })
  test('says what is at the cursor, with its doubt', () => {
    const doubtful: Columns = { ...columnsOf([[start, 9]]), quality: ['spike'] }
    expect(sayAt(modelOf(doubtful, [action]), 0, start)).toBe('11:00, 9.0\u202fmm/s, above the action limit, spike')
  })
})

describe('keys on a chart', () => {
  const model = modelOf(columnsOf([0, 1, 2, 3].map((index) => [start + index * minute, index] as const)))
  test('begin at the newest reading and go one by one, never off the end', () => {
    expect(keyedMoment('ArrowLeft', { model, at: undefined })).toBe(start + 3 * minute)
    expect(keyedMoment('ArrowLeft', { model, at: start + 3 * minute })).toBe(start + 2 * minute)
    expect(keyedMoment('ArrowRight', { model, at: start + 3 * minute })).toBe(start + 3 * minute)
    expect(keyedMoment('Home', { model, at: start + minute })).toBe(start)
    expect(keyedMoment('x', { model, at: start })).toBeUndefined()
  })
})

describe('the table of a chart', () => {
  test('has no more rows than asked for, in order, and loses no extreme', () => {
    fc.assert(
      fc.property(anyColumns, fc.integer({ min: 1, max: 30 }), (columns, most) => {
        const [at, upper, lower, middle] = toAlignedData(columns, Infinity)
        const clean = at.map((instant, index) => [instant, middle[index] ?? 0] as const)
        const rows = tableRows(columnsOf(clean), most)
        expect(rows.length).toBeLessThanOrEqual(most)
        expect([...rows].sort((a, b) => a.at - b.at)).toEqual(rows)
        if (clean.length === 0) return
        const values = clean.map(([, value]) => value)
        expect(Math.max(...rows.map((row) => row.max))).toBe(Math.max(...values))
        expect(Math.min(...rows.map((row) => row.min))).toBe(Math.min(...values))
        expect([upper.length, lower.length]).toEqual([at.length, at.length])
      }),
    )
  })
})
