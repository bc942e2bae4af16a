import type { DurationMs, Instant } from '../../city/index.ts'
import type { BytePlace, ByteRoom } from './rest/byte-room.ts'
import { packOlder, unpackOlder } from './rest/packed-segment.ts'
import { Segment, segmentReadings } from './segment.ts'

/** A logger that was cut off uploads what it kept within a day; what is older still is stored and shown, not judged. */
export const allowedLatenessMs: DurationMs = 86_400_000

/** Of a reading in the history: it is there already, or would be put before `index`. */
export type Place = { readonly segment: number; readonly index: number; readonly known: boolean }

export type HistoryBounds = {
  /** A reading that is further behind its sensor's newest is counted, not judged. */
  readonly latenessMs: DurationMs
  /** More readings than this are not kept, however short the time they cover. */
  readonly readingsMax: number
}

/** A history whose older segments are bytes: nobody looks at them unless a reading comes late. */
export type PackedHistory = {
  readonly newest: Segment | undefined
  /** Where the older ones are, if there are any. */
  readonly older: BytePlace | undefined
  /** Any of the older ones differs from what the last checkpoint kept. */
  readonly haveOlderChanged: boolean
  readonly readings: number
  readonly nextNumber: number
  readonly goneThrough: Instant
  readonly dropped: number[]
}

/** A day of one reading a minute, and some: 25 kB a sensor. */
const readingsMaxUsual = 1_536
/** However many sensors there are: one segment, so that what is a minute late is still judged at its time. */
const readingsMaxLeast = 64
// Two numbers a reading. Half a gigabyte for all of them leaves a machine of two the rest.
const bytesPerReading = 16
const bytesMax = 512 * 1024 * 1024

/** A day's readings of each sensor are held while there is room for them, of a hundred thousand sensors the last hours. */
export function readingsMaxFor(sensors: number): number {
  const fit = Math.floor(bytesMax / bytesPerReading / Math.max(1, sensors))
  return Math.min(readingsMaxUsual, Math.max(readingsMaxLeast, fit))
}

// A detector remembers some hundred numbers: kept before each of its segments they would outweigh the readings. The larger
// the state, the fewer segments begin with it, down to one in eight: a late reading then costs judging up to 512 readings
// again instead of 64.
const narrowNumbers = 96
const spacingMax = 8

/**
 * A sensor's recent readings, cut into segments. Each begins with the state of all the sensor's rules before its first
 * reading (where that is large: some do), so that a late reading costs judging again what came after it in its
 * segment and the later ones, and little before. Old segments are let go whole; the first always has a snapshot, which
 * stands for all that was before.
 */
export class History {
  /** All of them, or while the older ones are packed the newest alone. */
  readonly #segments: Segment[]
  #older: { readonly room: ByteRoom; readonly place: BytePlace } | undefined
  #haveOlderChanged = false
  /** Numbers of segments that were let go and are still in the database. */
  dropped: number[] = []
  /** The newest reading that was let go: what is not after it has no place any more. */
  goneThrough: Instant = Number.NEGATIVE_INFINITY
  readonly #bounds: HistoryBounds
  #readings = 0
  #nextNumber = 1

  constructor(bounds: HistoryBounds, segments: Segment[]) {
    this.#bounds = bounds
    this.#segments = segments
    for (const { count, number } of segments) {
      this.#readings += count
      this.#nextNumber = Math.max(this.#nextNumber, number + 1)
    }
  }

  /** A history that was packed; the older segments stay in the room until somebody looks at them. */
  static unpacked(bounds: HistoryBounds, packed: PackedHistory, room: ByteRoom): History {
    const { newest, older, haveOlderChanged, readings, nextNumber, goneThrough, dropped } = packed
    const history = new History(bounds, newest === undefined ? [] : [newest])
    history.#older = older === undefined ? undefined : { room, place: older }
    history.#haveOlderChanged = haveOlderChanged
    history.#readings = readings
    history.#nextNumber = nextNumber
    history.goneThrough = goneThrough
    history.dropped = dropped
    return history
  }

  /** In the order of their readings. */
  get segments(): Segment[] {
    const older = this.#older
    if (older !== undefined) {
      this.#segments.unshift(...unpackOlder(older.room.get(older.place), this.#segments[0]))
      this.discard()
    }
    return this.#segments
  }

  /** Gives back the room of what is packed; to be called when nobody will ask for it any more. */
  discard(): void {
    this.#older?.room.letGo(this.#older.place)
    this.#older = undefined
  }

  /** Puts all but the newest segment into the room. The history is not to be used any more. */
  packed(room: ByteRoom): PackedHistory {
    const all = this.#segments
    const isPacked = this.#older !== undefined
    return {
      newest: all[all.length - 1],
      older: this.#older?.place ?? (all.length < 2 ? undefined : room.put(packOlder(all))),
      haveOlderChanged: isPacked ? this.#haveOlderChanged : all.some(({ changed }) => changed),
      readings: this.#readings,
      nextNumber: this.#nextNumber,
      goneThrough: this.goneThrough,
      dropped: this.dropped,
    }
  }

  /** Those that differ from what the last checkpoint kept. */
  changedSegments(): Segment[] {
    const some = this.#older === undefined || this.#haveOlderChanged ? this.segments : this.#segments
    return some.filter(({ changed }) => changed)
  }

  /** To be called when a checkpoint has taken what changed. */
  noteKept(): void {
    this.dropped = []
    this.#haveOlderChanged = false
    for (const segment of this.#segments) segment.changed = false
  }

  /** Adds a reading newer than all. `live` is the rules' state before it, which a new segment keeps. */
  append(at: Instant, value: number, trusted: boolean, live: Float64Array): void {
    let segment = this.#segments[this.#segments.length - 1]
    if (segment === undefined || segment.isFull()) {
      segment = this.#isSnapshotDue(live) ? Segment.after(this.#nextNumber++, live) : new Segment(this.#nextNumber++)
      this.segments.push(segment)
      this.#letGo(at)
    }
    segment.push(at, value, trusted)
    this.#readings++
  }

  /** The newest reading changed an alarm. */
  noteStirring(): void {
    const newest = this.#segments[this.#segments.length - 1]
    if (newest !== undefined) newest.mayHaveStirred = true
  }

  /** Whether any alarm may have changed at the readings of a segment or of a later one. */
  mayHaveStirredFrom(segment: number): boolean {
    for (let index = segment; index < this.segments.length; index++)
      if (this.segments[index]?.mayHaveStirred === true) return true
    return false
  }

  /** Where a late reading belongs; `undefined` when it is too old to have a place. */
  find(at: Instant): Place | undefined {
    const newestAt = this.segments.at(-1)?.lastAt() ?? this.goneThrough
    if (at <= this.goneThrough || at < newestAt - this.#bounds.latenessMs) return undefined
    let segment = Math.max(0, this.segments.length - 1)
    while (segment > 0 && at < (this.segments[segment]?.at(0) ?? 0)) segment--
    const held = this.segments[segment]
    const index = held?.placeOf(at) ?? 0
    return { segment, index, known: held !== undefined && index < held.count && held.at(index) === at }
  }

  /** Of a reading that is held. */
  valueAt(at: Instant): number | undefined {
    const place = this.find(at)
    return place?.known === true ? this.segments[place.segment]?.value(place.index) : undefined
  }

  /** Puts a late reading in its place, or a corrected one over the old. Its segment and the later ones are to be judged again. */
  insert(at: Instant, value: number, trusted: boolean): void {
    let place = this.find(at)
    if (place === undefined) return
    if (place.known) {
      this.segments[place.segment]?.put(place.index, at, value, trusted)
      return
    }
    const full = this.segments[place.segment]
    if (full?.isFull() === true) {
      this.segments.splice(place.segment + 1, 0, full.split(this.#nextNumber++))
      place = this.find(at) ?? place
    }
    this.segments[place.segment]?.insert(place.index, at, value, trusted)
    this.#readings++
  }

  /** Lets go of segments that no reading within the allowed lateness can fall into, and of the oldest beyond the bound. */
  #letGo(newestAt: Instant): void {
    for (;;) {
      // What is let go ends before a snapshot, which stands for it.
      const count = this.segments.findIndex(({ hasSnapshot }, index) => index > 0 && hasSnapshot)
      const newest = this.segments[count - 1]
      if (newest === undefined) return
      const needed = newest.lastAt() >= newestAt - this.#bounds.latenessMs
      if (needed && this.#readings <= this.#bounds.readingsMax) return
      this.goneThrough = newest.lastAt()
      for (const { count: readings, number } of this.segments.splice(0, count)) {
        this.#readings -= readings
        this.dropped.push(number)
      }
    }
  }

  #isSnapshotDue(live: Float64Array): boolean {
    // Segments are let go up to a snapshot: where few readings are held, each begins with one.
    const affordable = Math.max(1, Math.floor(this.#bounds.readingsMax / (2 * segmentReadings)))
    const spacing = Math.min(spacingMax, affordable, Math.ceil(live.length / narrowNumbers))
    return spacing <= 1 || !this.segments.slice(1 - spacing).some(({ hasSnapshot }) => hasSnapshot)
  }
}
