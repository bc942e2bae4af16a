import { describe, expect, test } from '@jest/globals'
import { isUnitCode } from '../../../city/index.ts'
import { parseMessage, readingsPerMessageMax } from '../../../ingest/wire/index.ts'
import { ucumOf } from '../../../ingest/wire/senml-units.ts'
import { casesIn, expectParsed, payloadOf, type WireCase } from './case.ts'

const receivedAt = Date.UTC(2026, 4, 4, 12)

type Case = WireCase & { readonly name: string; readonly knows?: readonly string[] }

describe.each(['senml.json', 'chirpstack.json', 'things-stack.json'])('%s', (file) => {
  test.each(casesIn<Case>(file).map((one) => [one.name, one] as const))('%s', (_, one) => {
    const message = { device: 'gw-1', topic: one.topic, payload: payloadOf(one), receivedAt }
    const { knows } = one
    const parsed = knows === undefined ? parseMessage(message) : parseMessage(message, (id) => knows.includes(id))
    expectParsed(parsed, one, receivedAt)
  })
})

test('SenML units become units that the city knows', () => {
  const registered = `m kg g s A K cd mol Hz rad sr N Pa J W C V F Ohm S Wb T H Cel lm lx Bq Gy Sv kat m2 m3 l m/s m/s2
    m3/s l/s W/m2 cd/m2 bit bit/s lat lon pH dB dBW Bspl count / % %RH %EL EL 1/s 1/min beat/min beats S/m B VA VAs var
    vars J/m kg/m3 deg NTU ms min h MHz kW kVA kvar Ah Wh kWh varh kvarh kVAh Wh/km KiB GB Mbit/s B/s MB/s mV mA dBm
    ug/m3 mm/h m/h ppm /100 /1000 hPa mm cm km km/h`.split(/\s+/)
  expect(registered.filter((unit) => !isUnitCode(ucumOf(unit)))).toEqual([])
  expect(ucumOf('furlong')).toBe('furlong')
  expect(ucumOf('constructor')).toBe('constructor')
})

test('too many values are refused, not half kept', () => {
  const pack = Array.from({ length: readingsPerMessageMax + 1 }, (_, index) => ({ n: `q${index}`, v: 1 }))
  const parse = (topic: string, payload: unknown) =>
    parseMessage({ device: 'd', topic, payload: Buffer.from(JSON.stringify(payload)), receivedAt })
  expect(parse('telemetry/pump-07', pack)).toMatchObject({ kind: 'refused', reason: 'too-many-readings' })
  const object = Object.fromEntries(pack.map(({ n, v }) => [n, v]))
  const uplink = { deviceInfo: { devEui: '70b3d57ed0001234' }, fPort: 1, object }
  expect(parse('application/1/device/70b3d57ed0001234/event/up', uplink)).toMatchObject({
    faults: [{ reason: 'too-many-readings' }],
  })
})

test('a name too long to be kept is refused, and so is one that cannot be shown', () => {
  const parse = (object: unknown) =>
    parseMessage({
      device: 'd',
      topic: 'application/1/device/70b3d57ed0001234/event/up',
      payload: Buffer.from(JSON.stringify({ deviceInfo: { devEui: '70b3d57ed0001234' }, object })),
      receivedAt,
    })
  expect(parse({ ['x'.repeat(300)]: 1 })).toMatchObject({
    reason: 'wrong-shape',
    detail: expect.stringContaining('too long'),
  })
  expect(parse({ 'a\u0007b': 1 })).toMatchObject({ reason: 'wrong-shape' })
  expect(parse({ a: { b: { c: { d: { e: { f: { g: { h: { i: 1 } } } } } } } } })).toMatchObject({
    detail: expect.stringContaining('nested more than 8 deep'),
  })
})
