import type { Instant, Sensor } from '../../../city/index.ts'
import type { HistoryBounds } from '../history.ts'
import type { SensorPlan } from '../sensor-plan.ts'
import type { SensorWatch } from '../sensor-watch.ts'
import { ByteRoom } from './byte-room.ts'
import { packWatch, unpackWatch } from './packed-watch.ts'

/** Which of those at rest. */
export type Bed = number

/** Never heard, so that there is nothing to remember. */
const blank = -1

/**
 * Watches that are calm and were not asked for lately, in few bytes: of a hundred thousand sensors and more, all but some
 * thousands at any time. What is asked of all of them (who is missed, what a checkpoint has to keep) stands in columns, so that
 * nobody has to be woken to be asked.
 */
export class Resting {
  readonly #bounds: HistoryBounds
  readonly #room = new ByteRoom()
  readonly #ids: (string | undefined)[] = []
  readonly #sensors: Sensor[] = []
  readonly #plans: SensorPlan[] = []
  /** In the room, or `blank`. */
  #places = new Float64Array(1_024)
  #heardAt = new Float64Array(1_024)
  #newestAt = new Float64Array(1_024)
  /** Silent for longer than this, somebody may have to hear of it. */
  #missedAfterMs = new Float64Array(1_024)
  #changed = new Uint8Array(1_024)
  readonly #free: Bed[] = []

  constructor(bounds: HistoryBounds) {
    this.#bounds = bounds
  }

  get count(): number {
    return this.#ids.length - this.#free.length
  }

  /** Bytes that are held for them, apart from the columns. */
  get size(): number {
    return this.#room.size
  }

  /** Whether a watch may rest: nothing of it stirs, and what it is can be written as bytes. */
  static may(watch: SensorWatch): boolean {
    return watch.isCalm && !watch.isHeld
  }

  put(watch: SensorWatch): Bed {
    const isBlank = watch.heardAt === Number.NEGATIVE_INFINITY && !watch.changed
    const bed = this.#makeBed(watch.id, watch.sensor, watch.plan)
    this.#places[bed] = isBlank ? blank : this.#room.put(packWatch(watch, this.#room))
    this.#heardAt[bed] = watch.heardAt
    this.#newestAt[bed] = watch.newestAt
    this.#changed[bed] = watch.changed ? 1 : 0
    let least = Number.POSITIVE_INFINITY
    for (const { warningMs, actionMs } of watch.silences) least = Math.min(least, warningMs, actionMs)
    this.#missedAfterMs[bed] = least
    return bed
  }

  /** One that was never heard. */
  putBlank(id: string, sensor: Sensor, plan: SensorPlan): Bed {
    const bed = this.#makeBed(id, sensor, plan)
    this.#places[bed] = blank
    this.#heardAt[bed] = Number.NEGATIVE_INFINITY
    this.#newestAt[bed] = Number.NEGATIVE_INFINITY
    this.#missedAfterMs[bed] = Number.POSITIVE_INFINITY
    this.#changed[bed] = 0
    return bed
  }

  /** Wakes it: it rests no more. `undefined` when it was never heard, so that a fresh one is the same. */
  take(bed: Bed): SensorWatch | undefined {
    const place = this.#places[bed] as number
    const watch =
      place === blank ? undefined : unpackWatch(this.#room.get(place), this.#known(bed), this.#bounds, this.#room)
    if (place !== blank) this.#room.letGo(place)
    this.#ids[bed] = undefined
    this.#free.push(bed)
    return watch
  }

  sensorOf(bed: Bed): Sensor {
    return this.#sensors[bed] as Sensor
  }

  planOf(bed: Bed): SensorPlan {
    return this.#plans[bed] as SensorPlan
  }

  /** Those that have been silent for so long that somebody may have to hear of it. */
  overdue(at: Instant, listeningSince: Instant): string[] {
    const ids: string[] = []
    for (let bed = 0; bed < this.#ids.length; bed++)
      if (this.isOverdue(bed, at, listeningSince)) ids.push(this.#ids[bed] as string)
    return ids
  }

  isOverdue(bed: Bed, at: Instant, listeningSince: Instant): boolean {
    if (this.#ids[bed] === undefined) return false
    const heardAt = this.#heardAt[bed] as number
    // What was never heard is not silent; it is not connected yet.
    if (heardAt === Number.NEGATIVE_INFINITY) return false
    return at - Math.max(heardAt, listeningSince) > (this.#missedAfterMs[bed] as number)
  }

  /** Those that differ from what the last checkpoint kept. */
  changed(): string[] {
    return this.#ids.filter((id, bed): id is string => id !== undefined && this.#changed[bed] === 1)
  }

  *heard(): Generator<{ readonly heardAt: Instant; readonly newestAt: Instant }> {
    const known = { heardAt: 0, newestAt: 0 }
    for (let bed = 0; bed < this.#ids.length; bed++) {
      if (this.#ids[bed] === undefined) continue
      known.heardAt = this.#heardAt[bed] as number
      known.newestAt = this.#newestAt[bed] as number
      yield known
    }
  }

  #known(bed: Bed) {
    return {
      id: this.#ids[bed] as string,
      sensor: this.sensorOf(bed),
      plan: this.planOf(bed),
      newestAt: this.#newestAt[bed] as number,
      heardAt: this.#heardAt[bed] as number,
      changed: this.#changed[bed] === 1,
    }
  }

  #makeBed(id: string, sensor: Sensor, plan: SensorPlan): Bed {
    const bed = this.#free.pop() ?? this.#ids.length
    this.#ids[bed] = id
    this.#sensors[bed] = sensor
    this.#plans[bed] = plan
    if (bed >= this.#places.length) this.#grow()
    return bed
  }

  #grow(): void {
    const size = 2 * this.#places.length
    this.#places = grown(this.#places, new Float64Array(size))
    this.#heardAt = grown(this.#heardAt, new Float64Array(size))
    this.#newestAt = grown(this.#newestAt, new Float64Array(size))
    this.#missedAfterMs = grown(this.#missedAfterMs, new Float64Array(size))
    this.#changed = grown(this.#changed, new Uint8Array(size))
  }
}

function grown<Numbers extends Float64Array | Uint8Array>(few: Numbers, many: Numbers): Numbers {
  many.set(few)
  return many
}
