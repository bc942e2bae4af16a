import { Point as WrittenPoint } from '@influxdata/influxdb-client'
import { describe, expect, test } from '@jest/globals'
import { lineReadings, type Precision, readLines } from '../../../ingest/wire/index.ts'
import { fc } from '../../support/fast-check.ts'

const receivedAt = Date.UTC(2026, 4, 4, 12)

function read(text: string) {
  const lines = readLines(text, 1_000)
  if (lines === 'too many') throw new Error('too many')
  return {
    ...lines,
    points: lines.points.map(({ line, measurement, tags, fields, timestamp }) => ({
      line,
      measurement,
      tags: Object.fromEntries(tags),
      fields: Object.fromEntries([...fields].map(([key, { value }]) => [key, value])),
      ...(timestamp === undefined ? {} : { timestamp }),
    })),
  }
}
const one = (text: string) => read(text).points[0]

describe('a line', () => {
  test.each([
    ['m f=1', { measurement: 'm', tags: {}, fields: { f: 1 } }],
    ['m,a=b,c=d f=1,g=2 123', { measurement: 'm', tags: { a: 'b', c: 'd' }, fields: { f: 1, g: 2 }, timestamp: 123n }],
    ['m f=1 -5', { measurement: 'm', tags: {}, fields: { f: 1 }, timestamp: -5n }],
    ['m f=-1.5e3', { fields: { f: -1500 } }],
    ['m f=.5,g=5.,h=+2', { fields: { f: 0.5, g: 5, h: 2 } }],
    ['m f=-12i,g=12u', { fields: { f: -12, g: 12 } }],
    ['m f=18446744073709551615u', { fields: { f: 2 ** 64 } }],
    ['m a=t,b=T,c=true,d=True,e=TRUE', { fields: { a: true, b: true, c: true, d: true, e: true } }],
    ['m a=f,b=F,c=false,d=False,e=FALSE', { fields: { a: false, b: false, c: false, d: false, e: false } }],
    ['m f="a text"', { fields: { f: 'a text' } }],
    ['m f="with \\"quotes\\" and \\\\ and \\n, = #"', { fields: { f: 'with "quotes" and \\ and \\n, = #' } }],
    ['m f="",g=1', { fields: { f: '', g: 1 } }],
    ['my\\ m\\,easurement f=1', { measurement: 'my m,easurement' }],
    ['my=m f=1', { measurement: 'my=m' }],
    ['m\\=x f=1', { measurement: 'm\\=x' }],
    ['m,t\\ ag\\=1=v\\,a\\ l\\=u f\\ i\\,e\\=ld=1', { tags: { 't ag=1': 'v,a l=u' }, fields: { 'f i,e=ld': 1 } }],
    ['m,path=C:\\dir\\file f=1', { tags: { path: 'C:\\dir\\file' } }],
    ['m,ü=ö ä=1', { tags: { ü: 'ö' }, fields: { ä: 1 } }],
    ['  m   f=1   5  ', { measurement: 'm', fields: { f: 1 }, timestamp: 5n }],
    ['m f=1\r', { fields: { f: 1 } }],
    ['m f=1,f=2', { fields: { f: 2 } }],
  ])('%j', (text, point) => {
    expect(read(text).faults).toEqual([])
    expect(one(text)).toMatchObject(point)
  })

  test.each([
    ['m', 2, 'expected a space and then the fields'],
    ['m ', 3, 'the field key is missing'],
    [',a=b f=1', 1, 'the measurement is missing'],
    ['m,a f=1', 4, 'tag "a" has no value: expected "="'],
    ['m,a= f=1', 5, 'the value of tag "a" is missing'],
    ['m,=b f=1', 3, 'the tag key is missing'],
    ['m,a=b,a=c f=1', 7, 'tag "a" is given twice'],
    ['m,a=b=c f=1', 6, 'expected a space and then the fields'],
    ['m f', 4, 'field "f" has no value: expected "="'],
    ['m f=', 5, 'field "f" has no value'],
    ['m f=1,', 7, 'the field key is missing'],
    ['m f=1i2', 5, 'value "1i2" of field "f" is no number, boolean or "text"'],
    ['m f=NaN', 5, 'value "NaN" of field "f" is no number'],
    ['m f=1e999', 5, 'value "1e999" of field "f" is no number'],
    ['m f=9223372036854775808i', 5, 'is no number'],
    ['m f=-1u', 5, 'is no number'],
    ['m f=3,2', 8, 'field "2" has no value'],
    ['m f="open', 5, 'the text of field "f" is not closed'],
    ['m f="a"b', 8, 'expected a comma or a space behind the text'],
    ['m f=1 noon', 7, 'timestamp "noon" is not a whole number'],
    ['m f=1 1.5', 7, 'timestamp "1.5" is not a whole number'],
    ['m f=1 1 2', 9, 'expected the end of the line'],
  ])('%j is refused at column %i', (text, column, detail) => {
    expect(read(text)).toMatchObject({
      points: [],
      faults: [{ line: 1, column, detail: expect.stringContaining(detail) }],
    })
  })
})

describe('a body of lines', () => {
  test('comments and empty lines are passed over, and a bad line does not spoil the others', () => {
    const { points, faults, lines } = read('# a comment\n\nm f=1\n  # another, f=2\nbad\r\n\t\nm f=2\n')
    expect(points.map(({ line, fields }) => [line, fields])).toEqual([
      [3, { f: 1 }],
      [7, { f: 2 }],
    ])
    expect(faults).toMatchObject([{ line: 5, column: 5 }])
    expect(lines).toBe(3)
  })

  test('a text may run over lines; one that is never closed costs its own line only', () => {
    expect(read('m f="a\nb",g=1\nm f=2').points.map(({ line, fields }) => [line, fields])).toEqual([
      [1, { f: 'a\nb', g: 1 }],
      [3, { f: 2 }],
    ])
    const open = read('m f=1\nm f="open\nm f=3\nm f=4')
    expect(open.points.map(({ line }) => line)).toEqual([1, 3, 4])
    expect(open.faults).toMatchObject([{ line: 2, column: 5 }])
  })

  test('more fields than may be', () => {
    expect(readLines('m f=1,g=2\nm f=3', 2)).toBe('too many')
    expect(readLines('m f=1,g=2\n', 2)).toMatchObject({ lines: 1 })
    expect(readLines('bad\n'.repeat(3), 2)).toBe('too many')
  })

  // The writer is InfluxDB's own client. It turns line feeds in names into escapes that are none, so names have none.
  test('what InfluxDB’s client writes is read back the same', () => {
    // Nor the one name that no object of JavaScript can have for a key of its own.
    const unlawful = /[\p{C}\\]|[^\S ]|^#|^ | $|^__proto__$/u
    const name = fc.string({ minLength: 1, maxLength: 12, unit: 'grapheme' }).filter((given) => !unlawful.test(given))
    const value = fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.integer(),
      fc.boolean(),
      fc.string({ unit: 'grapheme' }),
    )
    const points = fc.array(
      fc.record({
        measurement: name,
        tags: fc.dictionary(name, name, { noNullPrototype: true }),
        fields: fc.dictionary(name, value, { minKeys: 1, noNullPrototype: true }),
        timestamp: fc.option(fc.bigInt({ min: 0n, max: 2n ** 63n - 1n })),
      }),
      { maxLength: 5 },
    )
    fc.assert(
      fc.property(points, (given) => {
        const text = given
          .map(({ measurement, tags, fields, timestamp }) => {
            const point = new WrittenPoint(measurement)
            for (const [key, tag] of Object.entries(tags)) point.tag(key, tag)
            for (const [key, field] of Object.entries(fields)) {
              if (typeof field === 'string') point.stringField(key, field)
              else if (typeof field === 'boolean') point.booleanField(key, field)
              else if (Number.isInteger(field) && Math.abs(field) < 2 ** 53) point.intField(key, field)
              else point.floatField(key, field)
            }
            if (timestamp !== null) point.timestamp(String(timestamp))
            else point.timestamp('')
            return point.toLineProtocol() ?? ''
          })
          .join('\n')
        const { points: found, faults } = read(text)
        expect(faults).toEqual([])
        expect(found.map(({ line: _, ...rest }) => rest)).toEqual(
          given.map(({ timestamp, fields, ...rest }) => ({
            ...rest,
            fields: Object.fromEntries(
              Object.entries(fields).map(([key, field]) => [key, Object.is(field, -0) ? 0 : field]),
            ),
            ...(timestamp === null ? {} : { timestamp }),
          })),
        )
      }),
      { numRuns: 500 },
    )
  })
})

describe('what lines say of sensors', () => {
  const sensors = new Set(['pump-07/vibration', 'pump-07/pressure'])
  const placed = (text: string, precision: Precision = 's') => {
    const lines = readLines(text, 1_000)
    if (lines === 'too many') throw new Error('too many')
    const { readings, faults } = lineReadings(lines.points, {
      name: 'telegraf',
      precision,
      receivedAt,
      knowsSensor: (id) => sensors.has(id),
      knowsAsset: (id) => id === 'pump-07',
    })
    return faults.length === 0 ? readings.map(({ sensor, value }) => [sensor, value]) : faults
  }

  test.each([
    [
      'pump,asset=pump-07 vibration=1,pressure=2',
      [
        ['pump-07/vibration', 1],
        ['pump-07/pressure', 2],
      ],
    ],
    ['pump,sensor=pump-07 vibration=1', [['pump-07/vibration', 1]]],
    ['pump,sensor=pump-07/vibration value=1', [['pump-07/vibration', 1]]],
    ['pump-07 vibration=1', [['pump-07/vibration', 1]]],
    ['vibration,asset=pump-07 value=1', [['pump-07/vibration', 1]]],
    [
      'reading,asset=pump-07,quantity=vibration value=1,receivedAt=5i,quality="good"',
      [
        ['pump-07/vibration', 1],
        ['pump-07/receivedAt', 5],
      ],
    ],
    ['pump,asset=pump-07 vibratoin=1', [['pump-07/vibratoin', 1]]],
    ['pump,asset=pump-99 vibration=1', [['line:telegraf/pump,asset=pump-99/vibration', 1]]],
    ['pump,site=north,host=gw\\ 1 vibration=1', [['line:telegraf/pump,host=gw\\ 1,site=north/vibration', 1]]],
    ['pump running=true,mode="auto"', [['line:telegraf/pump/running', 1]]],
  ])('%j', (text, expected) => {
    expect(placed(text)).toEqual(expected)
  })

  test('a line of texts only is refused', () => {
    expect(placed('pump mode="auto"')).toEqual([
      { line: 1, column: 1, detail: 'all fields are texts: only numbers and booleans are kept' },
    ])
  })

  test.each([
    ['ns', '1777888800000000000', 1777888800000],
    ['us', '1777888800000000', 1777888800000],
    ['ms', '1777888800123', 1777888800123],
    ['s', '1777888800', 1777888800000],
    ['m', '29631480', 1777888800000],
    ['ns', '1777888800123999999', 1777888800123],
  ] as const)('a timestamp in %s', (precision, timestamp, observedAt) => {
    const lines = readLines(`pump-07 vibration=1 ${timestamp}`, 10)
    if (lines === 'too many') throw new Error('too many')
    const sender = { name: 't', precision, receivedAt, knowsSensor: () => true, knowsAsset: () => true }
    expect(lineReadings(lines.points, sender).readings).toMatchObject([{ observedAt }])
  })

  test('a timestamp of another precision is told, not taken for 1970', () => {
    expect(placed('pump-07 vibration=1 1777888800', 'ns')).toMatchObject([
      { detail: 'timestamp 1777888800 is no time of these years in ns: it looks like s, add precision=s' },
    ])
    expect(placed('pump-07 vibration=1 1777888800000', 's')).toMatchObject([
      { detail: expect.stringContaining('looks like ms') },
    ])
  })
})
