import { describe, expect, test } from '@jest/globals'
import { type Sensor, sensorId } from '../../city/index.ts'
import type { Reading, ReadingStore } from '../../ingest/index.ts'
import { Lateness } from '../../ingest/lateness.ts'
import { qualityOf, refuseTime } from '../../ingest/quality.ts'
import { newSensor, noon, readingOf } from '../support/readings.ts'

const minute = 60_000
const day = 24 * 60 * minute
const sensor: Sensor = {
  id: sensorId('pump-07', 'vibration'),
  asset: 'pump-07',
  quantity: {
    id: 'vibration',
    title: 'Vibration',
    unit: 'mm/s',
    range: { min: 0, max: 50 },
    expectedIntervalMs: minute,
    decimals: 1,
  },
}
const judged = (more: { value?: number; observedAt?: number; quality?: Reading['quality'] }) =>
  qualityOf(more.observedAt ?? noon, more.value ?? 1, more.quality, sensor, noon)

describe('quality of a reading by itself', () => {
  test.each([
    ['inside the range, its bounds included', { value: 50 }, 'good'],
    ['outside the range', { value: 50.1 }, 'out-of-range'],
    ['below the range', { value: -0.1 }, 'out-of-range'],
    ['five minutes ahead', { observedAt: noon + 5 * minute }, 'good'],
    ['more than five minutes ahead', { observedAt: noon + 5 * minute + 1 }, 'clock-skew'],
    ['declared doubtful by the device', { quality: 'stuck', value: 99 }, 'stuck'],
    ['declared good by the device, but impossible', { quality: 'good', value: 99 }, 'out-of-range'],
    ['declared doubtful, and ahead', { quality: 'stuck', observedAt: noon + day }, 'clock-skew'],
  ] as const)('%s', (_, more, quality) => {
    expect(judged(more)).toBe(quality)
  })
})

describe('times that cannot be', () => {
  test.each([
    [Date.UTC(2000, 0, 1) - 1, 'too-old'],
    [Date.UTC(2000, 0, 1), undefined],
    [noon + 366 * day, undefined],
    [noon + 366 * day + 1, 'too-far-ahead'],
    [9e15, 'too-far-ahead'],
  ])('%d', (observedAt, reason) => {
    expect(refuseTime(observedAt, noon)?.reason).toBe(reason)
  })
})

describe('lateness', () => {
  /** What a store answers that keeps these; Lateness asks nothing else of it. */
  const holding = (...kept: readonly Reading[]) => {
    let asked = 0
    const latest: ReadingStore['latest'] = async (sensors) => {
      asked++
      return new Map(kept.filter(({ sensor }) => sensors.includes(sensor)).map((reading) => [reading.sensor, reading]))
    }
    return { lateness: new Lateness({ latest } as ReadingStore), asked: () => asked }
  }
  const qualities = (readings: readonly Reading[]) => readings.map(({ quality }) => quality)
  const old = (id: Reading['sensor'], ageMs: number, more: Partial<Reading> = {}) =>
    readingOf(id, noon - ageMs, 1, { receivedAt: noon, ...more })

  test('what is more than a day behind the newest kept is late, up to a day is not', async () => {
    const id = newSensor()
    const { lateness } = holding(readingOf(id, noon, 1))
    expect(qualities(await lateness.judge([old(id, day), old(id, day + 1)]))).toEqual(['good', 'late'])
  })

  test('a sensor’s first upload is not late, however old and in its order', async () => {
    const id = newSensor()
    const { lateness } = holding()
    const upload = [30, 20, 10, 0].map((days) => old(id, days * day))
    expect(qualities(await lateness.judge(upload))).toEqual(['good', 'good', 'good', 'good'])
    expect(qualities(await lateness.judge([old(id, 5 * day)]))).toEqual(['late'])
  })

  test('readings of one batch are judged in their order', async () => {
    const id = newSensor()
    const { lateness } = holding()
    expect(qualities(await lateness.judge([old(id, 2 * day), old(id, 0), old(id, 3 * day)]))).toEqual([
      'good',
      'good',
      'late',
    ])
  })

  test('a doubt that is named already stays, and a skewed clock sets no mark', async () => {
    const id = newSensor()
    const { lateness } = holding(readingOf(id, noon - 3 * day, 1))
    const skewed = readingOf(id, noon + 30 * day, 1, { receivedAt: noon, quality: 'clock-skew' })
    const batch = [skewed, old(id, 3 * day - 1), old(id, 5 * day, { quality: 'out-of-range' })]
    expect(qualities(await lateness.judge(batch))).toEqual(['clock-skew', 'good', 'out-of-range'])
  })

  test('the store is asked only for sensors whose readings are a day old, and once', async () => {
    const [prompt, slow] = [newSensor(), newSensor()]
    const { lateness, asked } = holding()
    await lateness.judge([readingOf(prompt, noon, 1)])
    expect(asked()).toBe(0)
    await lateness.judge([old(slow, 2 * day)])
    await lateness.judge([old(slow, 2 * day - minute), readingOf(prompt, noon + minute, 1)])
    expect(asked()).toBe(1)
  })
})
