import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { sensorId } from '../../city/index.ts'
import { type Message, openDuckDbStore, type Reading, type Refused, StoreUnavailable } from '../../ingest/index.ts'
import { HinderedStore, type IngestParts, startIngest } from '../support/ingest-parts.ts'
import { noon } from '../support/readings.ts'
import { silentLog } from '../support/silence.ts'

const flow = sensorId('pump-07', 'flow')
const pressure = sensorId('pump-07', 'pressure')
const minute = 60_000

let parts: IngestParts
let store: HinderedStore
let kept: Reading[]
let refused: Refused[]

beforeEach(async () => {
  store = new HinderedStore(await openDuckDbStore({ path: ':memory:', log: silentLog }))
  parts = await startIngest({ store, now: () => noon })
  kept = []
  refused = []
  parts.ingest.onKept((readings) => kept.push(...readings))
  parts.ingest.onRefused((refusal) => refused.push(refusal))
})
afterEach(() => parts.close())

const message = (topic: string, payload: string, more: Partial<Message> = {}): Message => ({
  device: 'logger-1',
  topic,
  payload: Buffer.from(payload),
  receivedAt: noon,
  ...more,
})
const receive = (topic: string, payload: string, more: Partial<Message> = {}) =>
  parts.ingest.receive(message(topic, payload, more))
const valuesOf = async (sensor: Reading['sensor']) => {
  const series = await store.series({ sensor, from: noon - 90 * 24 * 60 * minute, to: noon + minute, points: 10_000 })
  return series.kind === 'raw' ? series.value : []
}

describe('receive', () => {
  test('resolves once the reading can be read from the store', async () => {
    await receive('telemetry/pump-07/flow', '41.5')
    expect((await store.latest([flow])).get(flow)).toEqual({
      sensor: flow,
      value: 41.5,
      observedAt: noon,
      receivedAt: noon,
      quality: 'good',
    })
    expect(kept).toHaveLength(1)
  })

  test('takes -0 for 0', async () => {
    await receive('telemetry/pump-07/flow', '-0')
    expect(kept[0]?.value).toBe(0)
  })

  test('is not resolved before the store has committed', async () => {
    const letThrough = store.hold()
    let resolved = false
    const received = receive('telemetry/pump-07/flow', '1').then(() => {
      resolved = true
    })
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)))
    expect(store.appended).toHaveLength(1)
    expect([resolved, kept.length]).toEqual([false, 0])
    letThrough()
    await received
    expect([resolved, kept.length]).toEqual([true, 1])
  })

  test('what arrives during a commit forms the next batch; all of it is one append', async () => {
    const letThrough = store.hold()
    const first = receive('telemetry/pump-07/flow', '0', { receivedAt: noon - 1 })
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)))
    const rest = Array.from({ length: 100 }, (_, at) =>
      receive('telemetry/pump-07/flow', `${at}`, { receivedAt: noon + at }),
    )
    expect(new Set(rest).size).toBe(1)
    letThrough()
    await Promise.all([first, ...rest])
    expect(store.appended.map((batch) => batch.length)).toEqual([1, 100])
    expect(kept.map(({ value }) => value)).toEqual([0, ...Array.from({ length: 100 }, (_, at) => at)])
  })

  test('the same message twice counts once', async () => {
    const twice = message('telemetry/pump-07', `{"observedAt":${noon},"values":{"flow":41,"pressure":3}}`)
    await Promise.all([parts.ingest.receive(twice), parts.ingest.receive(twice)])
    await parts.ingest.receive(twice)
    expect([await valuesOf(flow), await valuesOf(pressure)]).toEqual([[41], [3]])
  })

  test('rejects when the store cannot take it, tells nobody of it, and goes on when it can', async () => {
    store.failWith(new StoreUnavailable('disk full'))
    await expect(receive('telemetry/pump-07/flow', '1')).rejects.toThrow('disk full')
    expect([kept.length, parts.ingest.stats().failedBatches, parts.ingest.stats().waiting]).toEqual([0, 1, 0])
    store.failWith(undefined)
    await receive('telemetry/pump-07/flow', '1')
    expect(await valuesOf(flow)).toEqual([1])
  })

  test('turns messages away when too many readings are waiting, and takes them again afterwards', async () => {
    const letThrough = store.hold()
    const records = Array.from({ length: 5_000 }, (_, at) => ({
      observedAt: noon - at * 1_000,
      values: { flow: 1, pressure: 2 },
    }))
    const payload = JSON.stringify(records)
    const waiting = Array.from({ length: 30 }, () => receive('telemetry/pump-07', payload))
    await expect(receive('telemetry/pump-07/flow', '1')).rejects.toMatchObject({ code: 'INGEST_OVERLOADED' })
    expect(parts.ingest.stats()).toMatchObject({ turnedAway: 1, waiting: 300_000 })
    // What was waiting fails, which is quicker than keeping it and shows that it gives its room back all the same.
    store.failWith(new StoreUnavailable('disk full'))
    letThrough()
    const outcomes = await Promise.allSettled(waiting)
    expect(outcomes.every(({ status }) => status === 'rejected')).toBe(true)
    expect(store.appended.every((batch) => batch.length < 30_000)).toBe(true)
    store.failWith(undefined)
    expect(parts.ingest.stats().waiting).toBe(0)
    await receive('telemetry/pump-07/flow', '1')
    expect(kept).toHaveLength(1)
  })

  test('a listener that throws makes nobody send again', async () => {
    parts.ingest.onKept(() => {
      throw new Error('page gone')
    })
    await expect(receive('telemetry/pump-07/flow', '1')).resolves.toBeUndefined()
  })

  test('a device’s birth message is neither kept nor refused', async () => {
    await receive('status/logger-1', 'online')
    expect(parts.ingest.stats()).toMatchObject({ readingsKept: 0, refused: 0 })
  })

  test('judges quality: range, clock, lateness', async () => {
    const at = (observedAt: number, value: number) => JSON.stringify({ value, observedAt })
    await receive('telemetry/pump-07/pressure', at(noon, 99))
    await receive('telemetry/pump-07/pressure', at(noon + 6 * minute, 3))
    await receive('telemetry/pump-07/pressure', at(noon - 25 * 60 * minute, 3))
    expect(kept.map(({ quality }) => quality)).toEqual(['out-of-range', 'clock-skew', 'late'])
  })

  test('a reading delivered again more than a day later stays the good one it was', async () => {
    const old = JSON.stringify({ value: 3, observedAt: noon - 25 * 60 * minute })
    await receive('telemetry/pump-07/pressure', old)
    await receive('telemetry/pump-07/pressure', '4')
    await receive('telemetry/pump-07/pressure', old)
    expect(kept.at(-1)?.quality).toBe('late')
    const series = await store.series({ sensor: pressure, from: noon - 26 * 60 * minute, to: noon + 1, points: 10 })
    expect(series).toMatchObject({ kind: 'raw', value: [3, 4], quality: ['good', 'good'] })
  })
})

describe('refused messages', () => {
  test('are in quarantine before receive resolves, with the sensor that was probably meant', async () => {
    await receive('telemetry/pump-7/vibration', '3')
    const expected = {
      device: 'logger-1',
      topic: 'telemetry/pump-7/vibration',
      reason: 'unknown-sensor',
      detail: 'sensor pump-7/vibration is unknown: there is no asset pump-7',
      suggestion: 'pump-07/vibration',
    }
    expect(await parts.quarantine.list({ limit: 10 })).toMatchObject([{ ...expected, payload: '3', count: 1 }])
    expect(refused).toEqual([expected])
  })

  test('a message with good and bad values: the good ones are kept, the bad ones quarantined with the message', async () => {
    const payload = JSON.stringify({ observedAt: noon, values: { flow: 41, presure: 3, pressure: '3,2' } })
    await receive('telemetry/pump-07', payload)
    expect(kept).toMatchObject([{ sensor: flow, value: 41 }])
    const entries = await parts.quarantine.list({ limit: 10 })
    expect(entries.map(({ reason, suggestion }) => [reason, suggestion]).sort()).toEqual([
      ['not-a-number', null],
      ['unknown-sensor', 'pump-07/pressure'],
    ])
    expect(entries.every((entry) => entry.payload === payload)).toBe(true)
  })

  test('a flood of the same costs one row and one notice a batch', async () => {
    await Promise.all(Array.from({ length: 500 }, () => receive('telemetry/pump-07/flow', 'three')))
    expect(await parts.quarantine.list({ limit: 10 })).toMatchObject([
      { reason: 'not-json', count: 500, payload: 'three' },
    ])
    expect(refused).toHaveLength(1)
    expect(parts.ingest.stats().refused).toBe(500)
  })

  test('times that cannot be are refused', async () => {
    await receive('telemetry/pump-07/flow', '{"value":1,"observedAt":"1999-12-31T23:59:59Z"}')
    await receive('telemetry/pump-07/flow', '{"value":1,"observedAt":"2028-01-01T00:00:00Z"}')
    expect(refused.map(({ reason }) => reason)).toEqual(['too-old', 'too-far-ahead'])
    expect(kept).toEqual([])
  })

  test('when quarantine cannot be written, nothing is acknowledged', async () => {
    const other = await startIngest()
    await other.database.close()
    await expect(other.ingest.receive(message('telemetry/pump-07/flow', 'three'))).rejects.toBeDefined()
    await other.store.close()
  })
})

describe('submit', () => {
  test('a large body is kept some at a time, and what a device sends meanwhile does not wait for the end of it', async () => {
    const drafts = Array.from({ length: 12_000 }, (_, at) => ({
      sensor: at === 11_000 ? 'pump-07/colour' : flow,
      value: at,
      observedAt: noon - at * 1_000,
    }))
    const submitted = parts.ingest.submit(drafts)
    while (store.appended.length === 0) await new Promise((resolve) => setImmediate(resolve))
    await receive('telemetry/pump-07/pressure', '3')
    expect(store.appended.at(-1)?.some(({ sensor }) => sensor === pressure)).toBe(true)
    expect(store.appended.flat().length).toBeLessThan(12_000)
    expect(await submitted).toMatchObject({ accepted: 11_999, refused: [{ index: 11_000, reason: 'unknown-sensor' }] })
    expect(Math.max(...store.appended.map((readings) => readings.length))).toBeLessThanOrEqual(5_001)
    expect(new Set(store.appended.flat().filter(({ sensor }) => sensor === flow)).size).toBe(11_999)
  })

  test('keeps the good ones and says which are refused and why', async () => {
    const outcome = await parts.ingest.submit([
      { sensor: 'pump-07/flow', value: 41, observedAt: noon - minute },
      { sensor: 'pump-07/flwo', value: 1 },
      { sensor: 'pump-07/pressure', value: 3 },
      { sensor: 'pump-07/pressure', value: 3, observedAt: 0 },
      { sensor: 'pump-07/pressure', value: Number.NaN },
    ])
    expect(outcome).toMatchObject({
      accepted: 2,
      refused: [
        { index: 1, sensor: 'pump-07/flwo', reason: 'unknown-sensor', suggestion: 'pump-07/flow' },
        { index: 3, reason: 'too-old', suggestion: undefined },
        { index: 4, reason: 'not-a-number' },
      ],
    })
    expect(kept.map(({ observedAt }) => observedAt)).toEqual([noon - minute, noon])
    expect((await parts.quarantine.count()).rows).toBe(0)
  })

  test('answers at once when all are refused', async () => {
    expect(await parts.ingest.submit([{ sensor: 'x', value: 1 }])).toMatchObject({ accepted: 0 })
  })
})

test('drain resolves when everything taken is committed', async () => {
  const received = Array.from({ length: 50 }, (_, at) =>
    receive('telemetry/pump-07/flow', `${at}`, { receivedAt: noon + at }),
  )
  await parts.ingest.drain()
  expect(kept).toHaveLength(50)
  await Promise.all(received)
  await parts.ingest.drain()
})
