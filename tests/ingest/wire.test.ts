import { describe, expect, test } from '@jest/globals'
import { parseMessage, readingsPerMessageMax } from '../../ingest/wire/index.ts'
import { fc } from '../support/fast-check.ts'

const receivedAt = Date.UTC(2026, 4, 4, 12)
const parse = (topic: string, payload: string | Uint8Array) =>
  parseMessage({
    device: 'd',
    topic,
    payload: typeof payload === 'string' ? Buffer.from(payload) : payload,
    receivedAt,
  })
const one = (payload: string | Uint8Array) => parse('telemetry/pump-07/flow', payload)
const several = (payload: unknown) => parse('telemetry/pump-07', JSON.stringify(payload))
const itemsOf = (parsed: ReturnType<typeof parseMessage>) => (parsed.kind === 'readings' ? parsed.items : parsed)
const detailOf = (parsed: ReturnType<typeof parseMessage>) => (parsed.kind === 'refused' ? parsed.detail : parsed)
const ten = Date.UTC(2026, 4, 4, 10)

describe('telemetry/{asset}/{quantity}', () => {
  test.each([
    ['3.2', 3.2],
    ['-12.34', -12.34],
    ['0', 0],
    ['42\n', 42],
    [' 7 ', 7],
    ['1e3', 1000],
    ['+5', 5],
    ['.5', 0.5],
    ['3.', 3],
    ['0.1', 0.1],
    ['123456789012345', 123456789012345],
  ])('takes the bare number %j', (payload, value) => {
    expect(itemsOf(one(payload))).toEqual([{ sensor: 'pump-07/flow', value, observedAt: receivedAt }])
  })

  test('reads every plain number exactly as JavaScript does', () => {
    fc.assert(
      fc.property(fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer()), (value) => {
        expect(itemsOf(one(String(value)))).toMatchObject([{ value: Number(String(value)) }])
      }),
    )
    fc.assert(
      fc.property(fc.stringMatching(/^-?\d{1,16}(\.\d{1,14})?$/), (text) => {
        expect(itemsOf(one(text))).toMatchObject([{ value: Number(text) }])
      }),
    )
  })

  test('takes an object with time and quality', () => {
    expect(itemsOf(one('{"value":3.2,"observedAt":"2026-05-04T10:00:00Z","quality":"stuck","unit":"m3/h"}'))).toEqual([
      { sensor: 'pump-07/flow', value: 3.2, observedAt: ten, quality: 'stuck' },
    ])
    expect(itemsOf(one('{"value":3.2,"observedAt":null,"quality":null}'))).toMatchObject([{ observedAt: receivedAt }])
  })

  test.each([
    ['3,2', 'not-a-number', 'value "3,2" is text: send the number 3.2'],
    ['"3,2"', 'not-a-number', 'value "3,2" is text: send the number 3.2'],
    ['"3.2"', 'not-a-number', 'value "3.2" is text: send the number 3.2 without quotes'],
    ['{"value":"41"}', 'not-a-number', 'value "41" is text: send the number 41 without quotes'],
    ['NaN', 'not-a-number', 'value "NaN" is text: leave a value out when there is none'],
    ['{"value":null}', 'not-a-number', 'value is null: leave a value out when there is none'],
    ['true', 'not-a-number', 'value is true: send 1 for true and 0 for false'],
    ['1e999', 'not-a-number', 'value is Infinity, too large for a number'],
    ['{"value":{}}', 'not-a-number', 'value {} is not a number'],
    ['{"value":3.2,"unit"', 'not-json', 'the payload is not JSON: unexpected end at character 19'],
    ['{"value":3.2;}', 'not-json', 'the payload is not JSON: unexpected ";" at character 13'],
    ['hello', 'not-json', 'the payload is not JSON: unexpected "h" at character 1'],
    ['', 'wrong-shape', 'the payload is empty'],
    [
      '{"v":3}',
      'wrong-shape',
      'the payload has no "value": expected 3.2 or {"value":3.2,"observedAt":"2026-05-04T10:00:00Z"}',
    ],
    ['[1]', 'wrong-shape', expect.stringContaining('lists go to telemetry/{asset}')],
    [
      '{"value":1,"quality":"fine"}',
      'unknown-quality',
      expect.stringContaining('quality "fine" is unknown: expected one of good,'),
    ],
  ])('refuses %j: %s', (payload, reason, detail) => {
    expect(one(payload)).toEqual({ kind: 'refused', reason, detail })
  })

  test('refuses bytes that are no text', () => {
    expect(one(Uint8Array.of(0xff, 0xfe, 0x00))).toMatchObject({ kind: 'refused', reason: 'not-text' })
  })
})

describe('observedAt', () => {
  test.each([
    ['"2026-05-04T10:00:00Z"', ten],
    ['"2026-05-04T12:00:00+02:00"', ten],
    ['"2026-05-04T12:00:00+0200"', ten],
    ['"2026-05-04 10:00:00.250Z"', ten + 250],
    ['"2026-05-04T10:00Z"', ten],
    [String(ten), ten],
    [String(ten / 1000), ten],
    [String(ten / 1000 + 0.123), ten + 123],
  ])('%s', (given, observedAt) => {
    expect(itemsOf(one(`{"value":1,"observedAt":${given}}`))).toMatchObject([{ observedAt }])
  })

  test.each([
    ['"2026-05-04T10:00:00"', 'it has no time zone: end it with Z (UTC) or an offset like +02:00'],
    ['"2026-02-30T10:00:00Z"', 'there is no such date or time'],
    ['"2026-05-04T25:00:00Z"', 'there is no such date or time'],
    ['"yesterday"', 'expected ISO 8601 like "2026-05-04T10:00:00Z"'],
    ['-5', 'it is before 1970'],
    [`${ten}000`, 'it is too large for milliseconds: send Unix seconds or milliseconds'],
    ['{}', 'expected ISO 8601 like "2026-05-04T10:00:00Z", or Unix seconds or milliseconds'],
  ])('%s is refused', (given, why) => {
    expect(one(`{"value":1,"observedAt":${given}}`)).toMatchObject({ kind: 'refused', reason: 'bad-time' })
    expect(detailOf(one(`{"value":1,"observedAt":${given}}`))).toContain(why)
  })
})

describe('telemetry/{asset}', () => {
  test('takes several values of one moment, or a list of such', () => {
    const record = { observedAt: ten, values: { pressure: 3.2, flow: 41 } }
    const items = [
      { sensor: 'pump-07/pressure', value: 3.2, observedAt: ten },
      { sensor: 'pump-07/flow', value: 41, observedAt: ten },
    ]
    expect(several(record)).toEqual({ kind: 'readings', items, faults: [] })
    expect(itemsOf(several([record, { values: { flow: 42 } }]))).toEqual([
      ...items,
      { sensor: 'pump-07/flow', value: 42, observedAt: receivedAt },
    ])
  })

  test('keeps the good values of a message and names each bad one', () => {
    const parsed = several([
      { observedAt: ten, values: { pressure: 'x', flow: 41 } },
      { observedAt: 'noon', values: { flow: 1 } },
      7,
    ])
    expect(parsed).toEqual({
      kind: 'readings',
      items: [{ sensor: 'pump-07/flow', value: 41, observedAt: ten }],
      faults: [
        { reason: 'not-a-number', detail: 'pressure "x" is text: send a number' },
        { reason: 'bad-time', detail: expect.stringMatching(/^item 2: observedAt "noon"/) },
        { reason: 'wrong-shape', detail: expect.stringMatching(/^item 3: there is no object "values"/) },
      ],
    })
  })

  test('refuses what holds nothing, and what holds too much', () => {
    expect(several([])).toMatchObject({ kind: 'refused', reason: 'wrong-shape' })
    expect(several({ values: {} })).toMatchObject({ kind: 'refused', reason: 'wrong-shape' })
    expect(several({ pressure: 3 })).toMatchObject({ kind: 'refused', reason: 'wrong-shape' })
    const values = Object.fromEntries(Array.from({ length: readingsPerMessageMax + 1 }, (_, at) => [`q${at}`, at]))
    expect(several({ values })).toMatchObject({ kind: 'refused', reason: 'too-many-readings' })
    expect(several(Array(readingsPerMessageMax + 1).fill(1))).toMatchObject({ reason: 'too-many-readings' })
  })
})

describe('topics', () => {
  test.each(['telemetry', 'telemetry/', 'telemetry//flow', 'telemetry/a/', 'telemetry/a/b/c', 'weather/here', ''])(
    '%j is refused',
    (topic) => {
      expect(parse(topic, '1')).toMatchObject({ kind: 'refused', reason: 'unknown-topic' })
    },
  )

  test('a device’s birth and will hold no readings', () => {
    expect(parse('status/logger-1', 'offline')).toEqual({ kind: 'readings', items: [], faults: [] })
  })
})

test('parsing never throws, and what it gives are finite numbers at whole milliseconds', () => {
  const topics = fc.oneof(
    fc.constantFrom('telemetry/pump-07/flow', 'telemetry/pump-07', 'status/x'),
    fc.string().map((rest) => `telemetry/${rest}`),
    fc.string(),
  )
  const shapes = fc.oneof(
    fc.uint8Array({ maxLength: 64 }).map((bytes) => Uint8Array.from(bytes)),
    fc.json().map((json) => Buffer.from(json)),
    fc
      .record(
        { value: fc.jsonValue(), observedAt: fc.jsonValue(), quality: fc.jsonValue(), values: fc.jsonValue() },
        { requiredKeys: [] },
      )
      .map((record) => Buffer.from(JSON.stringify(record))),
    fc.json().map((json) => Buffer.from(json.slice(0, -1))),
  )
  fc.assert(
    fc.property(topics, shapes, (topic, payload) => {
      const parsed = parseMessage({ device: 'd', topic, payload, receivedAt })
      if (parsed.kind === 'refused') return expect(parsed.detail).not.toBe('')
      for (const { value, observedAt } of parsed.items) {
        expect(Number.isFinite(value)).toBe(true)
        expect(Number.isInteger(observedAt)).toBe(true)
      }
    }),
    { numRuns: 2_000 },
  )
})
