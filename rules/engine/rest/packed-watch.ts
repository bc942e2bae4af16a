import type { Instant, Sensor } from '../../../city/index.ts'
import { History, type HistoryBounds, type PackedHistory } from '../history.ts'
import type { SensorPlan } from '../sensor-plan.ts'
import { SensorWatch } from '../sensor-watch.ts'
import { carryOver, type SilenceWatch } from '../silence.ts'
import type { ByteRoom } from './byte-room.ts'
import { packSegment, unpackSegment } from './packed-segment.ts'
import { noNumbers, Packer, Unpacker } from './packing.ts'

/** What is known of a watch at rest beside its bytes. */
export type AtRest = {
  readonly id: string
  readonly sensor: Sensor
  readonly plan: SensorPlan
  readonly newestAt: Instant
  readonly heardAt: Instant
  readonly changed: boolean
}

const packer = new Packer()
const unpacker = new Unpacker()

// Of the history, then of each silence.
const historyNumbers = 5
const silenceNumbers = 7
let scalars = new Float64Array(64)

/** Numbers that a watch had while it was awake, by how many they are: for the next that wakes. */
const spare = new Map<number, Float64Array[]>()
/** Of each width; as many as come to rest at once. */
const spareMax = 1_024

/**
 * A watch as bytes, which are valid until the next call; without errors, of which it must have none. Its newest segment
 * comes whole, and the live state as what differs from that segment's snapshot; older segments have a place of their own in
 * the room and stay there as they are when nobody has looked at them since. The watch is not to be used any more.
 */
export function packWatch({ history, silences, live, newestAt }: SensorWatch, room: ByteRoom): Uint8Array {
  const packed = history.packed(room)
  const { newest } = packed
  packer.begin()
  packScalars(packed, silences, newestAt)
  if (newest !== undefined) packSegment(packer, newest, undefined)
  packer.numbers(live, live.length, newest?.hasSnapshot === true ? newest.numbers : noNumbers(live.length), newestAt)
  putAside(live)
  if (newest !== undefined) putAside(newest.numbers)
  return packer.written()
}

export function unpackWatch(bytes: Uint8Array, known: AtRest, bounds: HistoryBounds, room: ByteRoom): SensorWatch {
  const { id, sensor, plan, newestAt } = known
  unpacker.begin(bytes)
  const dropped = unpackScalars(plan.silences.length, newestAt)
  const [goneThrough = 0, readings = 0, nextNumber = 0, haveOlderChanged = 0, older = Number.NaN] = scalars
  const newest = readings > 0 ? unpackSegment(unpacker, undefined, takeSpare) : undefined
  const history = History.unpacked(
    bounds,
    {
      newest,
      older: Number.isNaN(older) ? undefined : older,
      haveOlderChanged: haveOlderChanged === 1,
      readings,
      nextNumber,
      goneThrough,
      dropped,
    },
    room,
  )
  const live = takeSpare(plan.width) ?? new Float64Array(plan.width)
  unpacker.numbers(live, live.length, newest?.hasSnapshot === true ? newest.numbers : noNumbers(live.length), newestAt)
  const watch = new SensorWatch(sensor, plan, history, id === sensor.id ? undefined : id, live)
  watch.newestAt = newestAt
  watch.heardAt = known.heardAt
  watch.changed = known.changed
  let place = historyNumbers
  for (const silence of watch.silences) {
    restoreSilence(silence, place)
    place += silenceNumbers
  }
  watch.noteSilences()
  return watch
}

function putAside(numbers: Float64Array): void {
  const others = spare.get(numbers.length)
  if (others === undefined) spare.set(numbers.length, [numbers])
  else if (others.length < spareMax) others.push(numbers)
}

function takeSpare(count: number): Float64Array | undefined {
  return spare.get(count)?.pop()
}

function restoreSilence(silence: SilenceWatch, place: number): void {
  carryOver(
    {
      state: scalars[place] as number,
      level: scalars[place + 1] as number,
      since: scalars[place + 2] as number,
      startedAt: scalars[place + 3] as number,
      measuredMs: scalars[place + 4] as number,
      rhythmMs: scalars[place + 5] as number,
      heard: scalars[place + 6] as number,
    },
    silence,
  )
}

function packScalars(packed: PackedHistory, silences: readonly SilenceWatch[], newestAt: Instant): void {
  const { goneThrough, readings, nextNumber, haveOlderChanged, dropped, older } = packed
  const count = makeRoom(silences.length)
  scalars[0] = goneThrough
  scalars[1] = readings
  scalars[2] = nextNumber
  scalars[3] = haveOlderChanged ? 1 : 0
  scalars[4] = older ?? Number.NaN
  let place = historyNumbers
  for (const { state, level, since, startedAt, measuredMs, rhythmMs, heard } of silences) {
    scalars[place] = state
    scalars[place + 1] = level
    scalars[place + 2] = since
    scalars[place + 3] = startedAt
    scalars[place + 4] = measuredMs
    scalars[place + 5] = rhythmMs
    scalars[place + 6] = heard
    place += silenceNumbers
  }
  packer.numbers(scalars, count, noNumbers(count), newestAt)
  packer.whole(dropped.length)
  for (const number of dropped) packer.whole(number)
}

/** Into `scalars`; returns the numbers of segments that were let go. */
function unpackScalars(silences: number, newestAt: Instant): number[] {
  const count = makeRoom(silences)
  unpacker.numbers(scalars, count, noNumbers(count), newestAt)
  const dropped: number[] = []
  for (let left = unpacker.whole(); left > 0; left--) dropped.push(unpacker.whole())
  return dropped
}

function makeRoom(silences: number): number {
  const count = historyNumbers + silences * silenceNumbers
  if (count > scalars.length) scalars = new Float64Array(2 * count)
  return count
}
