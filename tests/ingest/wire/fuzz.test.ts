import { describe, expect, test } from '@jest/globals'
import {
  lineReadings,
  type Parsed,
  readingsPerMessageMax,
  readLines,
  sourceNameLengthMax,
  WireReader,
} from '../../../ingest/wire/index.ts'
import { Fields } from '../../../ingest/wire/sparkplug/protobuf.ts'
import { fc } from '../../support/fast-check.ts'
import { casesIn, payloadOf, type WireCase } from './case.ts'

/*
 * Every reader of foreign bytes, given bytes that nobody means. It must say something sensible of them: never throw,
 * never give a value that is no number, never say more than its bounds. Time is bounded by construction (one pass); what
 * would make it grow faster than the input (a long name repeated, brackets in brackets) is given here at full size.
 */

const receivedAt = Date.UTC(2026, 4, 4, 12)
const frameMax = 65_536

function expectSensible(parsed: Parsed): void {
  for (const reply of parsed.replies ?? []) expect(reply.topic).toMatch(/^spBv1\.0\/[^/]+\/NCMD\/[^/]+$/)
  if (parsed.kind === 'refused') {
    expect(parsed.detail).not.toBe('')
    expect(parsed.detail.length).toBeLessThan(1_000)
    return
  }
  expect(parsed.items.length + parsed.faults.length).toBeLessThanOrEqual(2 * readingsPerMessageMax + 2)
  for (const { sensor, value, observedAt, unit } of parsed.items) {
    if (!Number.isFinite(value) || !Number.isInteger(observedAt) || observedAt < 0)
      throw new Error(`${sensor} ${value} at ${observedAt}`)
    if (sensor.includes(':')) expect(sensor.length).toBeLessThanOrEqual(sourceNameLengthMax)
    if (unit !== undefined) expect(unit.length).toBeLessThan(64)
  }
  for (const { detail } of parsed.faults) if (detail.length >= 1_000) throw new Error(detail)
}

type Sample = { readonly topic: string; readonly payload: Buffer }
const samples: readonly Sample[] = [
  ...['senml.json', 'chirpstack.json', 'things-stack.json'].flatMap((file) => casesIn<WireCase>(file)),
  ...casesIn<{ messages: readonly (WireCase | { forget: true })[] }>('sparkplug.json')
    .flatMap(({ messages }) => messages)
    .filter((message): message is WireCase => 'topic' in message),
  { topic: 'telemetry/pump-07/flow', payload: { value: 3.2, observedAt: '2026-05-04T10:00:00Z' } },
  { topic: 'telemetry/pump-07', payload: [{ observedAt: 1_777_888_800, values: { pressure: 3.2, flow: 41 } }] },
].map((one) => ({ topic: one.topic, payload: payloadOf(one) }))

const topics = [...new Set(samples.map(({ topic }) => topic))]

/** One sample, hurt at a few places. */
const hurt = fc
  .record({
    sample: fc.constantFrom(...samples),
    wounds: fc.array(
      fc.record({
        at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        how: fc.constantFrom('flip', 'set', 'drop', 'insert', 'cut', 'repeat'),
        byte: fc.integer({ min: 0, max: 255 }),
        length: fc.integer({ min: 1, max: 16 }),
      }),
      { minLength: 1, maxLength: 4 },
    ),
  })
  .map(({ sample, wounds }) => {
    let bytes = [...sample.payload]
    for (const { at: where, how, byte, length } of wounds) {
      const at = Math.floor(where * bytes.length)
      if (how === 'flip') bytes[at] = (bytes[at] ?? 0) ^ (1 << (byte & 7))
      else if (how === 'set') bytes[at] = byte
      else if (how === 'drop') bytes.splice(at, length)
      else if (how === 'insert') bytes.splice(at, 0, byte)
      else if (how === 'cut') bytes = bytes.slice(0, at)
      else bytes.splice(at, 0, ...bytes.slice(at, at + length))
    }
    return { topic: sample.topic, payload: Uint8Array.from(bytes) }
  })

describe('foreign bytes', () => {
  test('random ones, on every topic', () => {
    const reader = new WireReader((sensor) => sensor.endsWith('/pressure'))
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 256 }).map((given) => Uint8Array.from(given)),
      fc.json().map((json) => Buffer.from(json)),
    )
    fc.assert(
      fc.property(fc.constantFrom(...topics), bytes, (topic, payload) => {
        expectSensible(reader.read({ device: 'd', topic, payload, receivedAt }))
      }),
      { numRuns: 5_000 },
    )
  })

  test('real messages that were hurt on the way, in any order', () => {
    const reader = new WireReader((sensor) => sensor.endsWith('/pressure'))
    fc.assert(
      fc.property(hurt, ({ topic, payload }) => {
        expectSensible(reader.read({ device: 'd', topic, payload, receivedAt }))
      }),
      { numRuns: 8_000 },
    )
  })

  test('any topic', () => {
    const reader = new WireReader()
    const heads = fc.constantFrom('spBv1.0/', 'application/', 'v3/', 'telemetry/', '')
    fc.assert(
      fc.property(heads, fc.string(), fc.constantFrom(...samples), (head, rest, { payload }) => {
        expectSensible(reader.read({ device: 'd', topic: head + rest, payload, receivedAt }))
      }),
      { numRuns: 3_000 },
    )
  })

  test('JSON of a plausible form with anything in it', () => {
    const reader = new WireReader()
    const anything = fc.jsonValue({ maxDepth: 4 })
    const labels = ['bn', 'bt', 'bu', 'bv', 'bs', 'bver', 'n', 'u', 'v', 'vs', 'vb', 'vd', 's', 't']
    const record = fc.record(Object.fromEntries(labels.map((label) => [label, anything])), { requiredKeys: [] })
    const uplink = fc.record(
      { object: anything, rxInfo: anything, time: anything, fPort: anything, data: anything },
      { requiredKeys: [] },
    )
    const tts = fc.record(
      {
        decoded_payload: anything,
        normalized_payload: anything,
        rx_metadata: anything,
        received_at: anything,
        last_battery_percentage: anything,
      },
      { requiredKeys: [] },
    )
    const eui = '70b3d57ed0001234'
    const messages = fc.oneof(
      fc.array(record, { maxLength: 5 }).map((json) => ({ topic: 'telemetry/pump-07', json: json as unknown })),
      uplink.map((body) => ({
        topic: `application/1/device/${eui}/event/up`,
        json: { ...body, deviceInfo: { devEui: eui } } as unknown,
      })),
      tts.map((body) => ({
        topic: 'v3/a/devices/d/up',
        json: { end_device_ids: { device_id: 'd' }, uplink_message: body } as unknown,
      })),
    )
    fc.assert(
      fc.property(messages, ({ topic, json }) => {
        expectSensible(reader.read({ device: 'd', topic, payload: Buffer.from(JSON.stringify(json)), receivedAt }))
      }),
      { numRuns: 2_000 },
    )
  })
})

describe('a frame of the greatest size, made to cost much', () => {
  const eui = '70b3d57ed0001234'
  const long = 'x'.repeat(frameMax / 2)
  const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`${index}`, 1]))
  const nested = (depth: number) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`
  test.each([
    ['telemetry/pump-07', JSON.stringify([{ bn: long, v: 1 }, ...Array(4_000).fill({ v: 1 })])],
    ['telemetry/pump-07', JSON.stringify([{ bn: 'a', bu: long, v: 1 }, ...Array(4_000).fill({ v: 1 })])],
    ['telemetry/pump-07', '['.repeat(frameMax)],
    ['telemetry/pump-07', `[${'{"n":"a","v":1},'.repeat(4_000)}{}]`],
    [
      `application/1/device/${eui}/event/up`,
      JSON.stringify({ deviceInfo: { devEui: eui }, object: { [long]: many(3_000) } }),
    ],
    [`application/1/device/${eui}/event/up`, `{"deviceInfo":{"devEui":"${eui}"},"object":${nested(10_000)}}`],
    [
      `application/1/device/${eui}/event/up`,
      JSON.stringify({ deviceInfo: { devEui: eui }, object: { [long]: 'text' } }),
    ],
    [
      'v3/a/devices/d/up',
      JSON.stringify({
        end_device_ids: { device_id: 'd' },
        uplink_message: { normalized_payload: Array(20_000).fill({}) },
      }),
    ],
    ['spBv1.0/G/NDATA/n', Buffer.alloc(frameMax, 0x12)],
    ['spBv1.0/G/NBIRTH/n', Buffer.from('1200'.repeat(frameMax / 2), 'hex')],
    ['spBv1.0/G/NBIRTH/n', Buffer.alloc(frameMax, 0x80)],
    ['spBv1.0/G/NDATA/n', Buffer.from('12021001'.repeat(9_000), 'hex')],
  ])('on %s', (topic, payload) => {
    const reader = new WireReader()
    expectSensible(reader.read({ device: 'd', topic, payload: Buffer.from(payload as string), receivedAt }))
  })
})

describe('protobuf', () => {
  test('each field takes at least two bytes, so there are never more steps than half the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 512 }), (bytes) => {
        const fields = new Fields(Uint8Array.from(bytes))
        let steps = 0
        while (fields.next()) {
          steps++
          expect(fields.number).toBeGreaterThan(0)
        }
        expect(steps).toBeLessThanOrEqual(bytes.length / 2)
        expect(fields.next()).toBe(false)
      }),
      { numRuns: 3_000 },
    )
  })

  test('numbers are read as they were written, whatever their size', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), (value) => {
        const bytes: number[] = [0x08]
        let rest = value
        for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80)
        bytes.push(Number(rest))
        const fields = new Fields(Uint8Array.from(bytes))
        expect(fields.next()).toBe(true)
        expect((BigInt(fields.high) << 32n) | BigInt(fields.low)).toBe(value)
        expect(fields.unsigned()).toBe(Number(value))
        expect(fields.signed()).toBe(Number(BigInt.asIntN(64, value)))
      }),
    )
  })
})

describe('lines', () => {
  const sender = {
    name: 'agent',
    precision: 'ns' as const,
    receivedAt,
    knowsSensor: () => false,
    knowsAsset: () => true,
  }
  const read = (text: string) => {
    const lines = readLines(text, 10_000)
    if (lines === 'too many') return
    for (const { line, column, detail } of lines.faults) {
      if (line < 1 || column < 1 || detail === '') throw new Error(`${line} ${column} ${detail}`)
      expect(line).toBeLessThanOrEqual(text.split('\n').length)
    }
    const { readings, faults } = lineReadings(lines.points, sender)
    for (const { value, sensor } of readings) {
      expect(Number.isFinite(value)).toBe(true)
      expect(sensor.length).toBeGreaterThan(0)
    }
    for (const { detail } of [...faults, ...lines.faults]) expect(detail.length).toBeLessThan(1_000)
  }

  test('random text, and text of what lines are made of', () => {
    const pieces = fc.array(
      fc.constantFrom(
        'm',
        ',',
        '=',
        ' ',
        '\\',
        '"',
        '\n',
        '\r',
        '#',
        '1',
        '1i',
        '-',
        't',
        '1e9',
        '\t',
        'ä',
        '\\"',
        '\\\\',
        '\\,',
      ),
      { maxLength: 60 },
    )
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          pieces.map((given) => given.join('')),
        ),
        read,
      ),
      { numRuns: 5_000 },
    )
  })

  test.each([
    ['open quotes', 'a b="'.repeat(50_000)],
    ['open quotes on lines', 'a b="\\"\n'.repeat(50_000)],
    ['backslashes', `a${'\\'.repeat(200_000)} b=1`],
    [
      'a long series with many fields',
      `${'x'.repeat(100_000)} ${Array.from({ length: 9_000 }, (_, n) => `f${n}=1`).join(',')}`,
    ],
    ['blanks', ' '.repeat(200_000)],
    ['commas', ','.repeat(200_000)],
  ])('%s, at length', (_, text) => read(text))
})
