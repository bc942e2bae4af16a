import type { Instant, Sensor } from '../../city/index.ts'
import type { Forecast } from '../alarm.ts'
import type { CompiledRule } from './compiled-rule.ts'
import type { History } from './history.ts'
import { inputOf, type JointInput, momentOf } from './joint.ts'
import { blankState, messageOf, type SensorPlan } from './sensor-plan.ts'
import { learnRhythm, type SilenceWatch, silenceWatch } from './silence.ts'
import { firing, inactive, slot } from './slots.ts'
import { inSharedRoom } from './state-room.ts'

/** A change of one rule's alarm, at the reading that made it. */
export type Transition = {
  /** Which of the sensor's rules. */
  readonly fold: number
  readonly at: Instant
  /** Index into `alarmStates`. */
  readonly state: number
  readonly level: number
  /** The bout it belongs to; of an alarm that became inactive, the one that ended. */
  readonly startedAt: Instant
  readonly measured: number
  readonly forecast?: Forecast | undefined
  readonly before: { readonly state: number; readonly level: number; readonly startedAt: Instant }
  /**
   * `late`: read off late readings, for its own time. `withdrawn`: late readings show that it was none. `present`: what is
   * true now, said again after a correction of the past, so that the last word is the right one.
   */
  readonly origin: 'reading' | 'late' | 'withdrawn' | 'present'
}

/** Where an alarm stands; numbers as in the slots. */
export type Standing = Pick<Transition, 'state' | 'level' | 'startedAt' | 'measured' | 'forecast'> & {
  readonly since: Instant
}

/** A reading as a rule sees it. */
export type Judged = {
  readonly at: Instant
  readonly value: number
  readonly trusted: boolean
  readonly receivedAt: Instant
}

// Shared: an empty map of its own would weigh two hundred bytes for each of a million sensors.
const noErrors: ReadonlyMap<number, string> = new Map()

const nothingWaits: Judged[] = []

/** All that is judged of one sensor: its rules, their state, and enough of the past to judge late readings at their time. */
export class SensorWatch {
  /** The sensor's, or a joint watch's own. */
  readonly id: string
  /** The one that is judged; of a joint watch the first of those that are. */
  readonly sensor: Sensor
  readonly plan: SensorPlan
  readonly silences: readonly SilenceWatch[]
  /** Its instants are places in a stream: see `joint.ts`. */
  readonly isJoint: boolean
  /** By place in the plan: the error of a rule that threw. It judges this sensor no more. */
  errors: ReadonlyMap<number, string> = noErrors
  readonly history: History
  /** The rules' state after the newest reading. */
  live: Float64Array
  newestAt: Instant = Number.NEGATIVE_INFINITY
  /** The joint watches it is an input of; also found here, so that a reading costs one look-up. */
  joints: readonly JointInput[] | undefined
  /** Of a joint watch: what the batch that is being judged holds for it. */
  readonly waiting: Judged[]
  /** When it was last heard, by our clock or its own, whichever is later; `-Infinity` before it ever was. */
  heardAt: Instant = Number.NEGATIVE_INFINITY
  /** Differs from what the last checkpoint kept. */
  changed = false
  /** Any of its silences is not inactive; and whether any learns a rhythm. Kept beside them: a reading asks for both. */
  isSilent = false
  readonly #learnsRhythm: boolean

  /** It was asked for since somebody last looked whether it can be put to rest. */
  isUsed = true
  /** The batch that is being judged has something waiting for it. */
  isHeld = false
  /** Another is in its place, or it rests: what it knows is no longer true. */
  isGone = false

  /** With `joint` it judges several sensors as one stream; that is its key. `live`: a state that it may have for its own. */
  constructor(sensor: Sensor, plan: SensorPlan, history: History, joint?: string, live?: Float64Array) {
    this.id = joint ?? sensor.id
    this.isJoint = joint !== undefined
    this.waiting = this.isJoint ? [] : nothingWaits
    this.sensor = sensor
    this.plan = plan
    this.history = history
    this.silences = plan.silences.flatMap((rule) => silenceWatch(rule, sensor.quantity.expectedIntervalMs) ?? [])
    this.#learnsRhythm = this.silences.some(({ rhythmMs }) => !Number.isNaN(rhythmMs))
    this.live = live ?? inSharedRoom(blankState(plan))
  }

  /** To be called after a silence changed. */
  noteSilences(): void {
    this.isSilent = this.silences.some(({ state }) => state !== inactive)
  }

  /** Judges a reading that is newer than all before it. Returns whether it is believed: see `step`. */
  append(at: Instant, value: number, trusted: boolean, changes: Transition[]): boolean {
    if (this.#learnsRhythm) for (const silence of this.silences) learnRhythm(silence, at - this.newestAt)
    this.newestAt = at
    this.changed = true
    this.isUsed = true
    // Silence needs to know when, not what: a sensor that only a silence rule watches has no past to judge again.
    if (this.plan.folds.length === 0) return trusted
    this.history.append(at, value, trusted, this.live)
    const before = changes.length
    const believed = this.step(this.live, at, value, trusted, 'reading', changes)
    if (changes.length > before) this.history.noteStirring()
    return believed
  }

  /**
   * One reading through all rules. `state` is the live one, or a copy of a past one. Returns whether it is believed: it is
   * trusted, and no rule about the sensor itself fires.
   */
  step(
    state: Float64Array,
    at: Instant,
    value: number,
    trusted: boolean,
    origin: Transition['origin'],
    changes: Transition[],
  ): boolean {
    const { folds, guards, offsets } = this.plan
    let believed = trusted
    const moment = this.isJoint ? momentOf(at) : at
    const input = this.isJoint ? inputOf(at) : 0
    for (let index = 0; index < folds.length; index++) {
      const fold = folds[index] as CompiledRule
      if (index === guards && believed) believed = !this.isDoubted(state)
      if ((!believed && !fold.judgesDoubtful) || (this.errors.size > 0 && this.errors.has(index))) continue
      const offset = offsets[index] as number
      const stateBefore = state[offset + slot.state] as number
      const levelBefore = state[offset + slot.level] as number
      const startedBefore = state[offset + slot.startedAt] as number
      try {
        if (!fold.step(state, offset, moment, value, input, believed)) continue
      } catch (error) {
        this.errors = new Map(this.errors).set(index, messageOf(error))
        this.changed = true
        this.plan.failed(fold.rule, this.sensor.id, messageOf(error))
        continue
      }
      const startedAt = state[offset + slot.startedAt] as number
      changes.push({
        fold: index,
        at: moment,
        state: state[offset + slot.state] as number,
        level: state[offset + slot.level] as number,
        startedAt: Number.isNaN(startedAt) ? startedBefore : startedAt,
        measured: state[offset + slot.measured] as number,
        ...forecastIn(fold, state, offset),
        before: { state: stateBefore, level: levelBefore, startedAt: startedBefore },
        origin,
      })
    }
    return folds.length === guards && believed ? !this.isDoubted(state) : believed
  }

  /** A rule about the sensor itself fires, or has not recovered yet. */
  isDoubted(state: Float64Array): boolean {
    const { guards, offsets } = this.plan
    for (let index = 0; index < guards; index++)
      // One that threw judges no more: what it said last would be believed for good.
      if ((state[(offsets[index] as number) + slot.state] as number) >= firing && !this.errors.has(index)) return true
    return false
  }

  /** The moment of the newest reading. */
  get newestMoment(): Instant {
    return this.isJoint ? momentOf(this.newestAt) : this.newestAt
  }

  /** Nothing is pending, firing, recovering or in error. Asked of every sensor each second, so it makes no objects. */
  get isCalm(): boolean {
    const { offsets, failures } = this.plan
    if (this.errors.size > 0 || failures.length > 0) return false
    for (const offset of offsets) if (this.live[offset + slot.state] !== inactive) return false
    return !this.isSilent
  }

  /** Where a rule's alarm stands now. */
  standing(fold: number): Standing {
    const offset = this.plan.offsets[fold] ?? 0
    return { ...standingIn(this.live, offset), ...forecastIn(this.plan.folds[fold], this.live, offset) }
  }

  /**
   * Judges the readings of the history again from a segment on. To `keep` it, the snapshots after it and the live state
   * follow. Returns those readings as far as they are not believed although they are trusted.
   */
  replay(fromSegment: number, origin: Transition['origin'], changes: Transition[], keep: boolean): Set<Instant> {
    const { segments } = this.history
    const disbelieved = new Set<Instant>()
    let first = fromSegment
    while (first > 0 && segments[first]?.hasSnapshot === false) first--
    const state = segments[first]?.snapshot() ?? this.live.slice()
    for (let number = first; number < segments.length; number++) {
      const segment = segments[number]
      if (segment === undefined) continue
      if (keep && number > fromSegment) segment.setSnapshot(state)
      // What lies before is only gone through to know the state it leaves.
      const told = number < fromSegment ? [] : changes
      const before = told.length
      for (let index = 0; index < segment.count; index++) {
        const trusted = segment.trusted(index)
        const believed = this.step(state, segment.at(index), segment.value(index), trusted, origin, told)
        if (trusted && !believed && number >= fromSegment) disbelieved.add(segment.at(index))
      }
      if (keep && number >= fromSegment) segment.mayHaveStirred = told.length > before
    }
    if (keep) this.live = state
    return disbelieved
  }
}

function forecastIn(fold: CompiledRule | undefined, state: Float64Array, offset: number): { forecast?: Forecast } {
  if (fold?.forecast === undefined) return {}
  const [from = Number.NaN, at = Number.NaN, to = Number.NaN] = state.subarray(offset + fold.forecast)
  if (Number.isNaN(at)) return {}
  const forecast = { at: Math.round(at), from: Math.round(from) }
  return { forecast: Number.isFinite(to) ? { ...forecast, to: Math.round(to) } : forecast }
}

export function standingIn(state: Float64Array, offset: number): Standing {
  return {
    state: state[offset + slot.state] as number,
    level: state[offset + slot.level] as number,
    startedAt: state[offset + slot.startedAt] as number,
    measured: state[offset + slot.measured] as number,
    since: state[offset + slot.since] as number,
  }
}
