import { expect, test } from '@jest/globals'
import { Batch, furtherTopics, topicsOfOneDeviceMax } from '../../ingest/batch.ts'
import type { Message, WireFault } from '../../ingest/index.ts'
import { noon } from '../support/readings.ts'

const messageOf = (topic: string, device = 'logger-1', payload = '{}'): Message => ({
  device,
  topic,
  payload: Buffer.from(payload),
  receivedAt: noon,
})
const unknown = (name: string): WireFault => ({ reason: 'unknown-sensor', detail: `${name} is unknown` })
const untimely: WireFault = { reason: 'too-old', detail: 'before the year 2000' }

test('thousands of values refused in one message are counted in a row a reason, with one copy of the payload', () => {
  const batch = new Batch()
  const message = messageOf('telemetry/pump-07')
  for (let value = 0; value < 10_000; value += 1) {
    batch.refuse(message, unknown(`q${value}`), `pump-07/q${value}`)
    batch.refuse(message, untimely)
  }
  const [first, second, ...others] = batch.refusals.values()
  expect(others).toEqual([])
  expect(first).toMatchObject({ count: 10_000, detail: 'q9999 is unknown', unknownSensor: 'pump-07/q9999' })
  expect(second).toMatchObject({ count: 10_000, reason: 'too-old', unknownSensor: undefined })
  expect(first?.payload).toBe(second?.payload)
  expect(first?.payload).toEqual(Uint8Array.from(message.payload))
  expect(first?.payload.buffer).not.toBe(message.payload.buffer)
})

test('the next message refused alike is counted in the same row, which shows its payload', () => {
  const batch = new Batch()
  for (const [later, payload] of ['one', 'two'].entries())
    batch.refuse({ ...messageOf('telemetry/pump-07', 'logger-1', payload), receivedAt: noon + later }, untimely)
  const [row, ...others] = batch.refusals.values()
  expect(others).toEqual([])
  expect(row).toMatchObject({ count: 2, firstAt: noon, lastAt: noon + 1 })
  expect(Buffer.from(row?.payload ?? []).toString()).toBe('two')
})

test('a device that makes up topics gets so many rows, and one for all further topics; others get theirs', () => {
  const batch = new Batch()
  const madeUp = topicsOfOneDeviceMax + 1_000
  for (let at = 0; at < madeUp; at += 1) batch.refuse(messageOf(`telemetry/pump-07/q${at}`), unknown(`q${at}`))
  batch.refuse(messageOf('telemetry/pump-01/colour', 'logger-2'), unknown('colour'))
  const rows = [...batch.refusals.values()]
  const ofFirst = rows.filter(({ device }) => device === 'logger-1')
  expect(ofFirst).toHaveLength(topicsOfOneDeviceMax + 1)
  expect(ofFirst.reduce((sum, { count }) => sum + count, 0)).toBe(madeUp)
  expect(ofFirst.at(-1)).toMatchObject({ topic: furtherTopics, count: 1_000 })
  expect(rows.at(-1)).toMatchObject({ device: 'logger-2', topic: 'telemetry/pump-01/colour', count: 1 })
})
