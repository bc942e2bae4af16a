import { describe, expect, test } from '@jest/globals'
import { packOlder, packSegment, unpackOlder, unpackSegment } from '../../../rules/engine/rest/packed-segment.ts'
import { Packer, Unpacker } from '../../../rules/engine/rest/packing.ts'
import { Segment, segmentReadings } from '../../../rules/engine/segment.ts'
import { fc } from '../../support/fast-check.ts'

/** The law: what is packed comes back to the last bit, whatever it is and whatever it was held against. */
const moment = Date.UTC(2026, 4, 4)
const number = fc.oneof(
  fc.double(),
  fc.double({ noNaN: true }).map(Math.fround),
  fc.integer({ min: -200, max: 200 }),
  fc.integer({ min: -(2 ** 33), max: 2 ** 33 }).map((apart) => moment + apart),
  fc.constantFrom(0, -0, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, moment, 2 ** 53, 1e-300),
)

const sameNumbers = (one: Float64Array, other: Float64Array) => {
  expect(one.length).toBe(other.length)
  for (let index = 0; index < one.length; index++)
    if (!Object.is(one[index], other[index])) expect({ index, is: one[index] }).toEqual({ index, is: other[index] })
}

describe('numbers', () => {
  test('come back as they were, beside whatever else is written', () => {
    const packer = new Packer()
    const unpacker = new Unpacker()
    fc.assert(
      fc.property(fc.array(fc.tuple(number, number, fc.boolean()), { maxLength: 400 }), number, (rows, reference) => {
        const numbers = Float64Array.from(rows, ([value]) => value)
        const base = Float64Array.from(rows, ([value, other, isSame]) => (isSame ? value : other))
        packer.begin()
        packer.signed(-3)
        packer.numbers(numbers, numbers.length, base, reference)
        packer.whole(2 ** 52)
        unpacker.begin(packer.written().slice())
        expect(unpacker.signed()).toBe(-3)
        const back = new Float64Array(numbers.length)
        unpacker.numbers(back, back.length, base, reference)
        sameNumbers(back, numbers)
        expect(unpacker.whole()).toBe(2 ** 52)
      }),
    )
  })

  test('whole numbers of any size come back', () => {
    const packer = new Packer()
    const unpacker = new Unpacker()
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -(2 ** 52) + 1, max: 2 ** 52 - 1 })), (numbers) => {
        packer.begin()
        for (const each of numbers) packer.signed(each)
        unpacker.begin(packer.written())
        expect(numbers.map(() => unpacker.signed())).toEqual(numbers)
      }),
    )
  })

  test('what did not change takes a byte for sixteen', () => {
    const packer = new Packer()
    const numbers = Float64Array.from({ length: 320 }, (_, index) => Math.sqrt(index + 2))
    packer.numbers(numbers, numbers.length, numbers, moment)
    expect(packer.length).toBe(20)
  })
})

const reading = fc.record({
  step: fc.oneof(
    fc.constant(60_000),
    fc.integer({ min: 1, max: 10_000_000 }),
    fc.constant(1 / 1_024),
    fc.double({ min: 0.001, max: 5, noNaN: true }),
  ),
  value: fc.oneof(
    fc.integer({ min: -999, max: 999 }).map((each) => each / 100),
    fc.double(),
    fc.constantFrom(0, -0),
  ),
  trusted: fc.oneof(fc.constant(true), fc.boolean()),
})
const segment = fc.record({
  number: fc.nat({ max: 2 ** 40 }),
  readings: fc.array(reading, { minLength: 1, maxLength: segmentReadings }),
  snapshot: fc.option(fc.array(number, { minLength: 5, maxLength: 5 })),
  changed: fc.boolean(),
  mayHaveStirred: fc.boolean(),
})

type Facts = typeof segment extends fc.Arbitrary<infer Each> ? Each : never

function segmentOf({ number: id, readings, snapshot, changed, mayHaveStirred }: Facts): Segment {
  const made = snapshot === null ? new Segment(id) : Segment.after(id, Float64Array.from(snapshot))
  let at = moment
  for (const { step, value, trusted } of readings) {
    at += step
    made.push(at, value, trusted)
  }
  made.changed = changed
  made.mayHaveStirred = mayHaveStirred
  return made
}

function same(one: Segment, other: Segment): void {
  sameNumbers(one.numbers, other.numbers)
  const facts = ({ number: id, count, width, changed, mayHaveStirred }: Segment) => [
    id,
    count,
    width,
    changed,
    mayHaveStirred,
  ]
  expect(facts(one)).toEqual(facts(other))
}

describe('segments', () => {
  test('come back as they were', () => {
    const packer = new Packer()
    const unpacker = new Unpacker()
    fc.assert(
      fc.property(segment, fc.option(fc.array(number, { minLength: 5, maxLength: 5 })), (each, later) => {
        const packed = segmentOf(each)
        const base = later === null ? undefined : Float64Array.from(later)
        packer.begin()
        packSegment(packer, packed, base)
        unpacker.begin(packer.written().slice())
        same(unpackSegment(unpacker, base), packed)
      }),
    )
  })

  test('all but the newest come back in their order', () => {
    fc.assert(
      fc.property(fc.array(segment, { minLength: 1, maxLength: 6 }), (some) => {
        const segments = some.map(segmentOf)
        const back = unpackOlder(packOlder(segments).slice(), segments.at(-1))
        expect(back).toHaveLength(segments.length - 1)
        for (const [index, each] of back.entries()) same(each, segments[index] as Segment)
      }),
    )
  })

  test('a reading a minute with two decimals takes some three bytes', () => {
    const packer = new Packer()
    const readings = Array.from({ length: segmentReadings }, (_, index) => ({
      step: 60_000 + (index % 7),
      value: Math.round(500 + 20 * Math.sin(index)) / 100,
      trusted: true,
    }))
    packSegment(
      packer,
      segmentOf({ number: 1, readings, snapshot: null, changed: true, mayHaveStirred: false }),
      undefined,
    )
    expect(packer.length / segmentReadings).toBeLessThan(3.2)
  })
})
