import { expect, test } from '@jest/globals'
import { qualities } from '../../ingest/index.ts'
import { type Message, parseMessage } from '../../ingest/wire/index.ts'
import { Columns, unsaid } from '../../ingest/wire/parcel.ts'
import { PlainReader } from '../../ingest/wire/plain.ts'
import { fc } from '../support/fast-check.ts'

const receivedAt = Date.UTC(2026, 4, 4, 10)
const names = ['pump-1/flow', 'pump-1/pressure', 'pump-1/power', 'pump-2/flow']
const plain = new PlainReader()
for (const [number, name] of names.entries()) plain.learn(name, number)

/** What the plain reader makes of a message; `undefined`: it leaves it to the other reader. */
function readPlain(message: Message) {
  const columns = new Columns()
  if (!plain.read(message, columns)) return undefined
  return Array.from({ length: columns.readings }, (_, row) => ({
    sensor: names[columns.sensors[row] ?? -1],
    value: columns.values[row],
    observedAt: columns.observedAt[row],
    quality: columns.qualities[row] === unsaid ? undefined : qualities[columns.qualities[row] ?? -1],
  }))
}

function readThoroughly(message: Message) {
  const parsed = parseMessage(message)
  if (parsed.kind === 'refused') return parsed.reason
  return parsed.items.map(({ sensor, value, observedAt, quality }) => ({ sensor, value, observedAt, quality }))
}

const message = (topic: string, payload: string): Message => ({
  device: 'd',
  topic: `telemetry/${topic}`,
  payload: Buffer.from(payload),
  receivedAt,
})

const decimal = fc.oneof(
  fc.integer({ min: -1_000_000, max: 1_000_000 }).map(String),
  fc.tuple(fc.integer({ min: -9_999, max: 9_999 }), fc.integer({ min: 0, max: 999 })).map(([a, b]) => `${a}.${b}`),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  fc.constantFrom(
    '-0',
    '00',
    '01',
    '0.0',
    '1.',
    '.5',
    '+1',
    '1e3',
    '123456789012345',
    '1234567890123456',
    '""',
    'null',
  ),
)
const instant = fc.oneof(
  fc.integer({ min: 0, max: 2e12 }).map(String),
  fc.integer({ min: 0, max: 2e9 }).map((s) => `${s}.25`),
  fc
    .date({ min: new Date('1970-01-01'), max: new Date('2099-12-31'), noInvalidDate: true })
    .map((date) => JSON.stringify(date.toISOString())),
  fc.constantFrom(
    '"2026-05-04T10:00:00Z"',
    '"2026-02-30T10:00:00Z"',
    '"2026-05-04 10:00:00"',
    '"2026-05-04T24:00:00Z"',
    '-1',
    '1e15',
    'null',
  ),
)
const space = fc.constantFrom('', '', '', ' ', '\n', '\t ')
const quality = fc.constantFrom('"good"', '"stuck"', '"excellent"', '1', 'null')
const object = (members: fc.Arbitrary<[string, string]>[]) =>
  fc
    .tuple(fc.shuffledSubarray(members), space)
    .chain(([chosen, gap]) =>
      fc
        .tuple(...chosen)
        .map((pairs) => `{${gap}${pairs.map(([key, value]) => `"${key}":${gap}${value}`).join(`,${gap}`)}${gap}}`),
    )
const member = (key: string, value: fc.Arbitrary<string>) => value.map((text): [string, string] => [key, text])
const one = fc.oneof(
  decimal,
  object([
    member('value', decimal),
    member('observedAt', instant),
    member('quality', quality),
    member('value', decimal),
    member('unit', fc.constant('"bar"')),
  ]),
)
const values = object(['flow', 'pressure', 'power', 'flow', 'level'].map((key) => member(key, decimal)))
const record = object([member('observedAt', instant), member('values', values), member('quality', quality)])
const several = fc.oneof(
  record,
  fc.array(record, { maxLength: 4 }).map((records) => `[${records.join(',')}]`),
)
const damage = (text: fc.Arbitrary<string>) =>
  fc.oneof(
    { weight: 4, arbitrary: text },
    fc
      .tuple(text, fc.nat(200), fc.constantFrom('', '"', '{', '}', ',', '\\', 'x', '\u0000', 'é'))
      .map(([whole, at, put]) => {
        const place = at % (whole.length + 1)
        return whole.slice(0, place) + put + whole.slice(place + 1)
      }),
  )

test('what the plain reader takes, it reads as the thorough one does', () => {
  let taken = 0
  let seen = 0
  const agrees = (topic: string, payload: string) => {
    seen += 1
    const fast = readPlain(message(topic, payload))
    if (fast === undefined) return
    taken += 1
    expect(fast).toEqual(readThoroughly(message(topic, payload)))
  }
  fc.assert(
    fc.property(damage(one), (payload) => agrees('pump-1/flow', payload)),
    { numRuns: 3_000 },
  )
  fc.assert(
    fc.property(damage(several), (payload) => agrees('pump-1', payload)),
    { numRuns: 3_000 },
  )
  // Or the test would say nothing.
  expect(taken / seen).toBeGreaterThan(0.05)
})

test.each([
  ['pump-1/flow', '3.2'],
  ['pump-1/flow', '{"value":3.2,"observedAt":1777888800000}'],
  ['pump-1/flow', '{"observedAt":"2026-05-04T10:00:00Z","value":-0.5,"quality":"stuck"}'],
  ['pump-1', '{"observedAt":"2026-05-04T10:00:00.250Z","values":{"pressure":3.2,"flow":41}}'],
  ['pump-1', '[{"observedAt":1777888800,"values":{"flow":1}},{"observedAt":1777888860,"values":{"flow":2}}]'],
])('the forms of the README are plain: %s %s', (topic, payload) => {
  expect(readPlain(message(topic, payload))).toEqual(readThoroughly(message(topic, payload)))
})

test.each([
  ['pump-9/flow', '3.2'],
  ['pump-2', '{"values":{"pressure":1}}'],
  ['pump-1', '[{"n":"flow","v":3.2}]'],
  ['pump-1/flow', ''],
])('what is not known or not plain is left to the other reader: %s %s', (topic, payload) => {
  expect(readPlain(message(topic, payload))).toBeUndefined()
})
