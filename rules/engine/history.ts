import type { DurationMs, Instant } from '../../city/index.ts'

/**
 * Cast: a sensor's recent readings in the order they were observed, cut into segments. Each segment begins with the state
 * of all the sensor's rules before its first reading (its snapshot), so that a late reading costs judging again what came
 * after it in its segment and the later ones, and nothing before. Old segments are let go whole; the snapshot of the next
 * then stands for all that was before.
 */
export type Segment = {
  /** Its row's key in the database; never used twice for a sensor. The order is that of the readings. */
  readonly number: number
  /** The rules' state before the first reading. */
  snapshot: Float64Array
  /** One buffer holds the columns, so that it can be kept as it is. */
  readonly at: Float64Array
  readonly value: Float64Array
  /** 1 when the value is trusted, 0 when quality control has doubts. */
  readonly trusted: Uint8Array
  count: number
  /** Changed since the last checkpoint. */
  changed: boolean
}

// Short enough that a late reading costs a few microseconds, long enough that snapshots take less room than readings.
export const segmentReadings = 64

export function emptySegment(number: number, snapshot: Float64Array): Segment {
  const buffer = new ArrayBuffer(segmentReadings * 17)
  return {
    number,
    snapshot,
    at: new Float64Array(buffer, 0, segmentReadings),
    value: new Float64Array(buffer, segmentReadings * 8, segmentReadings),
    trusted: new Uint8Array(buffer, segmentReadings * 16, segmentReadings),
    count: 0,
    changed: true,
  }
}

/** Of a reading in the history: it is there already, or would be put before `index`. */
export type Place = { readonly segment: number; readonly index: number; readonly known: boolean }

export type HistoryBounds = {
  /** A reading that is further behind its sensor's newest is counted, not judged. */
  readonly latenessMs: DurationMs
  /** More readings than this are not kept, however short the time they cover. */
  readonly readingsMax: number
}

export class History {
  readonly #bounds: HistoryBounds
  readonly segments: Segment[]
  /** Numbers of segments that were let go and are still in the database. */
  dropped: number[] = []
  /** The newest reading that was let go: what is not after it has no place any more. */
  goneThrough: Instant = Number.NEGATIVE_INFINITY
  #readings = 0
  #nextNumber = 1

  constructor(bounds: HistoryBounds, segments: Segment[]) {
    this.#bounds = bounds
    this.segments = segments
    for (const { count, number } of segments) {
      this.#readings += count
      this.#nextNumber = Math.max(this.#nextNumber, number + 1)
    }
  }

  get length(): number {
    return this.#readings
  }

  newestAt(): Instant {
    for (let index = this.segments.length - 1; index >= 0; index--) {
      const segment = this.segments[index] as Segment
      if (segment.count > 0) return segment.at[segment.count - 1] as number
    }
    return this.goneThrough
  }

  /** Adds a reading newer than all. `live` is the rules' state before it, which a new segment keeps. */
  append(at: Instant, value: number, trusted: boolean, live: Float64Array): void {
    let segment = this.segments[this.segments.length - 1]
    if (segment === undefined || segment.count === segmentReadings) {
      segment = emptySegment(this.#nextNumber++, live.slice())
      this.segments.push(segment)
      this.#letGo(at)
    }
    put(segment, segment.count, at, value, trusted)
    segment.count++
    segment.changed = true
    this.#readings++
  }

  /** Where a late reading belongs; `undefined` when it is too old to have a place. */
  find(at: Instant): Place | undefined {
    if (at <= this.goneThrough || at < this.newestAt() - this.#bounds.latenessMs) return undefined
    let segment = this.segments.length - 1
    while (segment > 0 && at < (this.#at(segment, 0) ?? 0)) segment--
    let low = 0
    let high = this.segments[segment]?.count ?? 0
    const end = high
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#at(segment, middle) ?? 0) < at) low = middle + 1
      else high = middle
    }
    return { segment: Math.max(0, segment), index: low, known: low < end && this.#at(segment, low) === at }
  }

  #at(segment: number, index: number): Instant | undefined {
    return this.segments[segment]?.at[index]
  }

  /** Puts a late reading in its place, or a corrected one over the old. Its segment and the later ones are to be judged again. */
  insert(at: Instant, value: number, trusted: boolean): void {
    let place = this.find(at)
    let segment = place && this.segments[place.segment]
    if (place === undefined || segment === undefined) return
    segment.changed = true
    if (place.known) {
      put(segment, place.index, at, value, trusted)
      return
    }
    if (segment.count === segmentReadings) {
      this.#split(place.segment)
      place = this.find(at) ?? place
      segment = this.segments[place.segment] ?? segment
    }
    const { index } = place
    for (const column of [segment.at, segment.value, segment.trusted])
      column.copyWithin(index + 1, index, segment.count)
    put(segment, index, at, value, trusted)
    segment.count++
    segment.changed = true
    this.#readings++
  }

  /** Cuts a full segment in two. The second half's snapshot is filled when it is judged again, which is at once. */
  #split(index: number): void {
    const full = this.segments[index] as Segment
    const half = segmentReadings / 2
    const second = emptySegment(this.#nextNumber++, full.snapshot.slice())
    second.at.set(full.at.subarray(half))
    second.value.set(full.value.subarray(half))
    second.trusted.set(full.trusted.subarray(half))
    second.count = segmentReadings - half
    full.count = half
    full.changed = true
    this.segments.splice(index + 1, 0, second)
  }

  /** Lets go of segments that no reading within the allowed lateness can fall into, and of the oldest beyond the bound. */
  #letGo(newestAt: Instant): void {
    while (this.segments.length > 1) {
      const oldest = this.segments[0] as Segment
      const last = oldest.at[oldest.count - 1] as number
      if (last >= newestAt - this.#bounds.latenessMs && this.#readings <= this.#bounds.readingsMax) return
      this.goneThrough = last
      this.#readings -= oldest.count
      this.dropped.push(oldest.number)
      this.segments.shift()
    }
  }
}

function put(segment: Segment, index: number, at: Instant, value: number, trusted: boolean): void {
  segment.at[index] = at
  segment.value[index] = value
  segment.trusted[index] = trusted ? 1 : 0
}
