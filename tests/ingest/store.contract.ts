import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { SensorId } from '../../city/index.ts'
import type { Reading, ReadingStore, Series } from '../../ingest/index.ts'
import { fc } from '../support/fast-check.ts'
import { newSensor, noon, readingOf } from '../support/readings.ts'

/** How the suite comes by a store; opening the same place again finds what was kept there. */
export type StoreMaker = (place: string) => Promise<ReadingStore>

const minute = 60_000
const day = 24 * 60 * minute

/** What every store of readings must do, whatever it is built on. */
export function testReadingStore(make: StoreMaker): void {
  let store: ReadingStore
  beforeAll(async () => {
    store = await make('shared')
  })
  afterAll(() => store.close())

  const everything = (sensor: SensorId, of = store): Promise<Series> =>
    of.series({ sensor, from: noon - 400 * day, to: noon + 400 * day, points: 100_000 })
  const valuesOf = async (sensor: SensorId, of = store) => (rawOf(await everything(sensor, of)) ?? { value: [] }).value

  describe('append', () => {
    test('keeps value, time and quality', async () => {
      const sensor = newSensor()
      await store.append([
        readingOf(sensor, noon, 3.25),
        readingOf(sensor, noon + 1, -1e-7, { quality: 'out-of-range' }),
        readingOf(sensor, noon + minute, 1e21, { quality: 'late' }),
      ])
      expect(await everything(sensor)).toEqual({
        kind: 'raw',
        at: [noon, noon + 1, noon + minute],
        value: [3.25, -1e-7, 1e21],
        quality: ['good', 'out-of-range', 'late'],
      })
    })

    test('the same reading again changes nothing', async () => {
      const sensor = newSensor()
      const readings = [readingOf(sensor, noon, 1), readingOf(sensor, noon + minute, 2)]
      await store.append(readings)
      const before = await everything(sensor)
      await store.append(readings)
      await store.append([...readings, ...readings])
      expect(await everything(sensor)).toEqual(before)
    })

    test('a reading with a known identity replaces the one before, in another batch or in the same', async () => {
      const sensor = newSensor()
      await store.append([readingOf(sensor, noon, 1), readingOf(sensor, noon + minute, 2)])
      await store.append([readingOf(sensor, noon, 10)])
      expect(await valuesOf(sensor)).toEqual([10, 2])
      await store.append([readingOf(sensor, noon + minute, 20), readingOf(sensor, noon + minute, 30)])
      expect(await valuesOf(sensor)).toEqual([10, 30])
      await store.append([readingOf(sensor, noon + 2 * minute, 4), readingOf(sensor, noon + 2 * minute, 5)])
      expect(await valuesOf(sensor)).toEqual([10, 30, 5])
    })

    test('takes readings in any order', async () => {
      const sensor = newSensor()
      const order = [5, 1, 9, 3, 3, 0, 8, 2]
      await store.append(order.map((at) => readingOf(sensor, noon + at * minute, at)))
      await store.append([readingOf(sensor, noon + 4 * minute, 4), readingOf(sensor, noon - minute, -1)])
      const series = rawOf(await everything(sensor))
      expect(series?.value).toEqual([-1, 0, 1, 2, 3, 4, 5, 8, 9])
      expect(series?.at).toEqual([...(series?.at ?? [])].sort((a, b) => a - b))
    })

    test('in whatever batches and order readings come, the last of each identity is kept', async () => {
      const batches = fc.array(fc.array(fc.tuple(fc.integer({ min: 0, max: 12 }), fc.integer()), { maxLength: 8 }), {
        maxLength: 6,
      })
      await fc.assert(
        fc.asyncProperty(batches, async (given) => {
          const sensor = newSensor()
          const expected = new Map<number, number>()
          for (const batch of given) {
            await store.append(batch.map(([at, value]) => readingOf(sensor, noon + at * minute, value)))
            for (const [at, value] of batch) expected.set(at, value)
          }
          const sorted = [...expected].sort(([a], [b]) => a - b)
          expect(await valuesOf(sensor)).toEqual(sorted.map(([, value]) => value))
        }),
        { numRuns: 40 },
      )
    })

    test('keeps two sensors apart', async () => {
      const [one, other] = [newSensor(), newSensor()]
      await store.append([readingOf(one, noon, 1), readingOf(other, noon, 2)])
      expect([await valuesOf(one), await valuesOf(other)]).toEqual([[1], [2]])
    })

    test('takes 50,000 readings at once', async () => {
      const sensors = Array.from({ length: 50 }, newSensor)
      const readings = sensors.flatMap((sensor) =>
        Array.from({ length: 1_000 }, (_, at) => readingOf(sensor, noon + at * 1_000, at)),
      )
      await store.append(readings)
      for (const sensor of [sensors[0], sensors[49]] as SensorId[]) {
        const values = await valuesOf(sensor)
        expect(values).toHaveLength(1_000)
        expect(values.at(-1)).toBe(999)
      }
    })

    test('an empty batch is nothing', async () => {
      await expect(store.append([])).resolves.toBeUndefined()
    })
  })

  describe('series', () => {
    test('the start belongs to the range, the end does not', async () => {
      const sensor = newSensor()
      await store.append([0, 1, 2, 3].map((at) => readingOf(sensor, noon + at * minute, at)))
      const series = await store.series({ sensor, from: noon + minute, to: noon + 3 * minute, points: 10 })
      expect(rawOf(series)?.value).toEqual([1, 2])
    })

    test('is raw when the readings just fit, and in buckets when there is one more', async () => {
      const sensor = newSensor()
      await store.append([0, 1, 2, 3, 4].map((at) => readingOf(sensor, noon + at * minute, at)))
      const range = { sensor, from: noon, to: noon + 60 * minute }
      expect((await store.series({ ...range, points: 5 })).kind).toBe('raw')
      expect((await store.series({ ...range, points: 4 })).kind).toBe('buckets')
    })

    test('of an unknown sensor, or of a time without readings, is raw and empty', async () => {
      const sensor = newSensor()
      const empty = { kind: 'raw', at: [], value: [], quality: [] }
      expect(await everything(sensor)).toEqual(empty)
      await store.append([readingOf(sensor, noon, 1)])
      expect(await store.series({ sensor, from: noon + 1, to: noon + day, points: 100 })).toEqual(empty)
    })

    test('leaves out readings that are not at the time they claim', async () => {
      const sensor = newSensor()
      await store.append([
        readingOf(sensor, noon, 1),
        readingOf(sensor, noon + 30 * day, 99, { receivedAt: noon, quality: 'clock-skew' }),
        readingOf(sensor, noon + minute, 2),
      ])
      expect(await valuesOf(sensor)).toEqual([1, 2])
      const buckets = await store.series({ sensor, from: noon - day, to: noon + 31 * day, points: 1 })
      expect(buckets).toMatchObject({ kind: 'buckets', max: [2], count: [2] })
    })

    test('buckets hold min, max, mean and count, aligned to the epoch, none of them empty', async () => {
      // Ingest makes 0 of -0, which stores tell apart or not as they like.
      const measured = fc.double({ min: -1e6, max: 1e6, noNaN: true }).map((value) => value + 0)
      const spans = fc.record({
        steps: fc.array(fc.tuple(fc.integer({ min: 1, max: 40 * minute }), measured), {
          minLength: 3,
          maxLength: 60,
        }),
        points: fc.integer({ min: 1, max: 20 }),
      })
      await fc.assert(
        fc.asyncProperty(spans, async ({ steps, points }) => {
          const sensor = newSensor()
          let at = noon
          const readings = steps.map(([step, value]) => {
            at += step
            return readingOf(sensor, at, value)
          })
          await store.append(readings)
          const query = { sensor, from: noon, to: at + 1, points }
          const series = await store.series(query)
          if (readings.length <= points) expect(series.kind).toBe('raw')
          else expectBuckets(series, readings, points)
        }),
        { numRuns: 40 },
      )
    })
  })

  describe('latest', () => {
    test('gives the newest by its own time, not the one that came last', async () => {
      const [sensor, silent] = [newSensor(), newSensor()]
      const newest = readingOf(sensor, noon + minute, 2, { quality: 'spike' })
      await store.append([newest])
      await store.append([readingOf(sensor, noon, 1, { receivedAt: noon + day })])
      const latest = await store.latest([sensor, silent])
      expect([...latest]).toEqual([[sensor, newest]])
    })

    test('passes over readings that are not at the time they claim', async () => {
      const [sensor, skewed] = [newSensor(), newSensor()]
      const ahead = { receivedAt: noon, quality: 'clock-skew' } as const
      await store.append([
        readingOf(sensor, noon, 1),
        readingOf(sensor, noon + day, 9, ahead),
        readingOf(skewed, noon + day, 9, ahead),
      ])
      const latest = await store.latest([sensor, skewed])
      expect(latest.get(sensor)?.value).toBe(1)
      expect(latest.has(skewed)).toBe(false)
    })

    test('shows the value that replaced the newest', async () => {
      const sensor = newSensor()
      await store.append([readingOf(sensor, noon, 1)])
      await store.append([readingOf(sensor, noon, 5)])
      expect((await store.latest([sensor])).get(sensor)?.value).toBe(5)
    })
  })

  describe('receivedSince', () => {
    // Far from the times of the other tests, whose readings are in the same store.
    const later = noon + 200 * day

    test('gives what was received since, in order of receipt, with both bounds', async () => {
      const [one, other] = [newSensor(), newSensor()]
      const wanted = [
        readingOf(one, later + 5 * minute, 1, { receivedAt: later + 10 * minute }),
        readingOf(other, later, 2, { receivedAt: later + 11 * minute }),
        readingOf(one, later + 2 * minute, 3, { receivedAt: later + 12 * minute, quality: 'late' }),
        readingOf(one, later + 30 * minute, 4, { receivedAt: later + 12 * minute + 1, quality: 'clock-skew' }),
      ]
      const unwanted = [
        readingOf(other, later + minute, 5, { receivedAt: later + 10 * minute - 1 }),
        readingOf(other, later - 1, 6, { receivedAt: later + 13 * minute }),
      ]
      await store.append([...wanted, ...unwanted].reverse())
      expect(await collect(store.receivedSince(later + 10 * minute, later))).toEqual(wanted)
    })

    test('gives many, each once, in order', async () => {
      const start = later + 100 * day
      const sensors = Array.from({ length: 30 }, newSensor)
      const readings = Array.from({ length: 45_000 }, (_, index) =>
        readingOf(sensors[index % 30] as SensorId, start + Math.floor(index / 30) * 1_000, index, {
          receivedAt: start + ((index * 7_919) % 45_000),
        }),
      )
      await store.append(readings)
      const received = await collect(store.receivedSince(start, start))
      expect(received).toHaveLength(45_000)
      expect(new Set(received.map(({ value }) => value)).size).toBe(45_000)
      expect(
        received.every((reading, at) => at === 0 || reading.receivedAt >= (received[at - 1]?.receivedAt ?? 0)),
      ).toBe(true)
    })
  })

  describe('a store of its own', () => {
    test('still has everything when it is opened again', async () => {
      const sensor = newSensor()
      const first = await make('reopened')
      await first.append([0, 1, 2].map((at) => readingOf(sensor, noon + at * minute, at)))
      await first.append([readingOf(sensor, noon + day, 9, { receivedAt: noon, quality: 'clock-skew' })])
      await first.close()
      const second = await make('reopened')
      expect(await valuesOf(sensor, second)).toEqual([0, 1, 2])
      expect((await second.latest([sensor])).get(sensor)).toEqual(readingOf(sensor, noon + 2 * minute, 2))
      await second.append([readingOf(sensor, noon + minute, 7), readingOf(sensor, noon + 3 * minute, 3)])
      expect(await valuesOf(sensor, second)).toEqual([0, 7, 2, 3])
      await second.close()
    })

    test('forgets what was observed before a moment, and nothing else', async () => {
      const [sensor, silent] = [newSensor(), newSensor()]
      const own = await make('forgetful')
      await own.append([0, 1, 2, 3].map((at) => readingOf(sensor, noon + at * minute, at)))
      await own.append([readingOf(silent, noon, 1)])
      await own.forgetBefore(noon + 2 * minute)
      expect(await valuesOf(sensor, own)).toEqual([2, 3])
      expect([...(await own.latest([sensor, silent])).keys()]).toEqual([sensor])
      await own.append([readingOf(silent, noon, 2), readingOf(sensor, noon + minute, 8)])
      expect([await valuesOf(silent, own), await valuesOf(sensor, own)]).toEqual([[2], [8, 2, 3]])
      await own.close()
    })

    test('says that it is ready, and refuses work once closed', async () => {
      const own = await make('closed')
      expect(await own.health()).toMatchObject({ ready: true })
      await own.close()
      await own.close()
      await expect(own.append([readingOf(newSensor(), noon, 1)])).rejects.toMatchObject({
        code: 'INGEST_STORE_UNAVAILABLE',
      })
    })
  })
}

function rawOf(series: Series) {
  return series.kind === 'raw' ? series : undefined
}

async function collect(batches: AsyncIterable<readonly Reading[]>): Promise<Reading[]> {
  const all: Reading[] = []
  for await (const batch of batches) all.push(...batch)
  return all
}

/** Against the plain computation. */
function expectBuckets(series: Series, readings: readonly Reading[], points: number): void {
  if (series.kind !== 'buckets') throw new Error(`expected buckets, got ${series.kind}`)
  const { widthMs } = series
  const expected = new Map<number, number[]>()
  for (const { observedAt, value } of readings) {
    const start = Math.floor(observedAt / widthMs) * widthMs
    expected.set(start, [...(expected.get(start) ?? []), value])
  }
  const buckets = [...expected].sort(([a], [b]) => a - b)
  expect(series.at).toEqual(buckets.map(([at]) => at))
  expect(series.at.length).toBeLessThanOrEqual(Math.max(points, 2))
  expect(series.min).toEqual(buckets.map(([, values]) => Math.min(...values)))
  expect(series.max).toEqual(buckets.map(([, values]) => Math.max(...values)))
  expect(series.count).toEqual(buckets.map(([, values]) => values.length))
  for (const [at, [, values]] of buckets.entries()) {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length
    expect(Math.abs((series.mean[at] ?? Number.NaN) - mean)).toBeLessThan(1e-6 * Math.max(1, Math.abs(mean)))
  }
}
