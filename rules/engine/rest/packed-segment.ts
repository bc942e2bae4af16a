import { Segment, segmentReadings } from '../segment.ts'
import { noNumbers, Packer, Unpacker } from './packing.ts'

const flag = {
  changed: 1,
  mayHaveStirred: 2,
  hasSnapshot: 4,
  allTrusted: 8,
  wholeTimes: 16,
  finerTimes: 32,
  wholeValues: 64,
} as const

/** The instants of a joint watch have ten bits of a millisecond: see `joint.ts`. */
const finer = 1_024
// A sensor shows a few decimals. What has more is a reckoned number, which no scale makes whole.
const scales = [1, 10, 100, 1_000, 10_000] as const
// Twice a difference of two still fits into 53 bits.
const wholeMax = 2 ** 51

const times = new Float64Array(segmentReadings)
const values = new Float64Array(segmentReadings)

/**
 * A segment in few bytes: its readings as differences (of times, by how much they differ from the difference before), its
 * snapshot against a state a little later, which is mostly the same.
 */
export function packSegment(packer: Packer, segment: Segment, later: Float64Array | undefined): void {
  const { count, width } = segment
  const timeScale = takeTimes(segment)
  const scale = takeValues(segment)
  const isTrusted = segment.isTrusted()
  packer.whole(segment.number)
  packer.byte(count)
  packer.byte(
    (segment.changed ? flag.changed : 0) |
      (segment.mayHaveStirred ? flag.mayHaveStirred : 0) |
      (segment.hasSnapshot ? flag.hasSnapshot : 0) |
      (isTrusted ? flag.allTrusted : 0) |
      (timeScale === undefined ? 0 : flag.wholeTimes) |
      (timeScale === finer ? flag.finerTimes : 0) |
      (scale === undefined ? 0 : flag.wholeValues),
  )
  if (!isTrusted) for (let index = 0; index < count; index++) packer.byte(segment.trusted(index) ? 1 : 0)
  if (timeScale !== undefined) packSteps(packer, times, count)
  else for (let index = 0; index < count; index++) packer.double(segment.at(index))
  if (scale !== undefined) {
    packer.byte(scale)
    packDifferences(packer, values, count)
  } else for (let index = 0; index < count; index++) packer.double(segment.value(index))
  if (!segment.hasSnapshot) return
  packer.whole(width)
  packer.numbers(segment.numbers, width, later ?? noNumbers(width), count === 0 ? 0 : segment.at(0))
}

/** `numbersOf`: where the numbers may be from, so many of them. */
export function unpackSegment(
  unpacker: Unpacker,
  later: Float64Array | undefined,
  numbersOf?: (count: number) => Float64Array | undefined,
): Segment {
  const number = unpacker.whole()
  const count = unpacker.byte()
  const flags = unpacker.byte()
  const trusted = (flags & flag.allTrusted) !== 0 ? undefined : unpacker.raw(count)
  if ((flags & flag.wholeTimes) !== 0) unpackSteps(unpacker, times, count, (flags & flag.finerTimes) !== 0 ? finer : 1)
  else for (let index = 0; index < count; index++) times[index] = unpacker.double()
  if ((flags & flag.wholeValues) !== 0) unpackDifferences(unpacker, values, count, scales[unpacker.byte()] ?? 1)
  else for (let index = 0; index < count; index++) values[index] = unpacker.double()
  const width = (flags & flag.hasSnapshot) !== 0 ? unpacker.whole() : 0
  const segment = new Segment(number, width, numbersOf?.(Segment.lengthFor(width)))
  const firstAt = count === 0 ? 0 : (times[0] as number)
  if (width > 0) unpacker.numbers(segment.numbers, width, later ?? noNumbers(width), firstAt)
  for (let index = 0; index < count; index++)
    segment.push(times[index] as number, values[index] as number, trusted === undefined || trusted[index] === 1)
  segment.changed = (flags & flag.changed) !== 0
  segment.mayHaveStirred = (flags & flag.mayHaveStirred) !== 0
  return segment
}

const olderPacker = new Packer()
const olderUnpacker = new Unpacker()

/** What comes before the last of some segments, as bytes of their own, valid until the next call: how many, the newest first. */
export function packOlder(segments: readonly Segment[]): Uint8Array {
  olderPacker.begin()
  olderPacker.whole(segments.length - 1)
  let later: Float64Array | undefined
  for (let index = segments.length - 1; index >= 0; index--) {
    const segment = segments[index] as Segment
    if (index < segments.length - 1) packSegment(olderPacker, segment, later)
    if (segment.hasSnapshot) later = segment.numbers
  }
  return olderPacker.written()
}

/** In the order of their readings. */
export function unpackOlder(bytes: Uint8Array, newest: Segment | undefined): Segment[] {
  const segments: Segment[] = []
  let later = newest?.hasSnapshot === true ? newest.numbers : undefined
  olderUnpacker.begin(bytes)
  for (let left = olderUnpacker.whole(); left > 0; left--) {
    const segment = unpackSegment(olderUnpacker, later)
    segments.push(segment)
    if (segment.hasSnapshot) later = segment.numbers
  }
  return segments.reverse()
}

/** Its times as whole numbers of this scale, if any makes them whole. */
function takeTimes(segment: Segment): number | undefined {
  for (let index = 0; index < segment.count; index++) times[index] = segment.at(index)
  return [1, finer].find((scale) => areWhole(times, segment.count, scale))
}

/** Its values as whole numbers; returns which of the scales makes them so, if any does. */
function takeValues(segment: Segment): number | undefined {
  for (let index = 0; index < segment.count; index++) values[index] = segment.value(index)
  const scale = scales.findIndex((each) => areWhole(values, segment.count, each))
  return scale < 0 ? undefined : scale
}

/** If all numbers are whole in this scale, and come back from it as they were, makes them so. */
function areWhole(numbers: Float64Array, count: number, scale: number): boolean {
  for (let index = 0; index < count; index++) {
    const number = numbers[index] as number
    const whole = Math.round(number * scale)
    // A difference has no place for the sign of a zero.
    if (!(Math.abs(whole) < wholeMax) || whole / scale !== number || Object.is(whole, -0)) return false
  }
  for (let index = 0; index < count; index++) numbers[index] = Math.round((numbers[index] as number) * scale)
  return true
}

function packDifferences(packer: Packer, numbers: Float64Array, count: number): void {
  let before = 0
  for (let index = 0; index < count; index++) {
    const number = numbers[index] as number
    packer.signed(number - before)
    before = number
  }
}

function unpackDifferences(unpacker: Unpacker, numbers: Float64Array, count: number, scale: number): void {
  let number = 0
  for (let index = 0; index < count; index++) {
    number += unpacker.signed()
    numbers[index] = number / scale
  }
}

/** Times that come at a steady pace take a byte each. */
function packSteps(packer: Packer, numbers: Float64Array, count: number): void {
  if (count > 0) packer.signed(numbers[0] as number)
  let step = 0
  for (let index = 1; index < count; index++) {
    const now = (numbers[index] as number) - (numbers[index - 1] as number)
    packer.signed(now - step)
    step = now
  }
}

function unpackSteps(unpacker: Unpacker, numbers: Float64Array, count: number, scale: number): void {
  if (count === 0) return
  let number = unpacker.signed()
  numbers[0] = number / scale
  let step = 0
  for (let index = 1; index < count; index++) {
    step += unpacker.signed()
    number += step
    numbers[index] = number / scale
  }
}
