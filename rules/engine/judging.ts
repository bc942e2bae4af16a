import type { Instant } from '../../city/index.ts'
import type { Reading } from '../../ingest/index.ts'
import type { AlarmEvent } from '../alarm.ts'
import { foldRef, silenceRef } from './alarm-ref.ts'
import type { AlarmDesk } from './desk.ts'
import { type JointInput, jointInstant } from './joint.ts'
import { judgeLate, type LateOutcome } from './late.ts'
import type { Judged, SensorWatch, Transition } from './sensor-watch.ts'
import { hearAgain, type SilenceWatch, tickSilence } from './silence.ts'
import { inactive } from './slots.ts'
import type { WatchList } from './watch-list.ts'

/** Counts since the start. Every reading offered is in exactly one of the first six. */
export type JudgingStats = {
  /** In order, judged at once. */
  readonly judged: number
  /** Out of order, put into the judgement of their own time. */
  readonly judgedLate: number
  readonly duplicates: number
  /** Further behind their sensor's newest than is kept: not judged. */
  readonly tooOld: number
  /** At a time or with a value that cannot be believed. */
  readonly unbelieved: number
  /** Of sensors that no rule watches. */
  readonly unwatched: number
}

// A batch may hold tens of thousands of sensors: of a large city not all of them are to be awake at once.
const settledEvery = 1_024

/** Readings and time in, changes out. */
export class Judging {
  readonly #list: WatchList
  readonly #desk: AlarmDesk
  readonly #stats = { judged: 0, judgedLate: 0, duplicates: 0, tooOld: 0, unbelieved: 0, unwatched: 0 }
  /** Used again for every reading, so that one that changes nothing allocates nothing. */
  readonly #changes: Transition[] = []
  /** Nobody is blamed for silence while we were not there to hear. */
  #listeningSince: Instant = Number.POSITIVE_INFINITY
  /** The newest receipt of all that was judged: where a replay begins. */
  receivedThrough: Instant = Number.NEGATIVE_INFINITY
  /** The last moment we were told of. */
  lastAt: Instant = 0

  constructor(list: WatchList, desk: AlarmDesk) {
    this.#list = list
    this.#desk = desk
  }

  stats(): JudgingStats {
    return { ...this.#stats }
  }

  judge(readings: readonly Reading[], judgedAt: Instant): AlarmEvent[] {
    this.#listen(judgedAt)
    const events: AlarmEvent[] = []
    let waiting: Map<SensorWatch, Judged[]> | undefined
    const touched: SensorWatch[] = []
    let untilSettled = settledEvery
    for (const reading of readings) {
      if (--untilSettled === 0) {
        this.#list.settle()
        untilSettled = settledEvery
      }
      const watch = this.#list.watch(reading.sensor)
      const joints = watch === undefined ? this.#list.jointsOf(reading.sensor) : watch.joints
      if (!this.#isToBeJudged(reading, watch !== undefined || joints !== undefined)) continue
      const at = reading.observedAt
      const trusted = reading.quality === 'good' || reading.quality === 'late'
      if (watch === undefined) {
        this.#stats.judged++
        if (joints !== undefined) this.#put(touched, joints, at, reading.value, trusted, reading.receivedAt)
        continue
      }
      const others = waiting?.get(watch)
      if (others === undefined && at > watch.newestAt) {
        this.#stats.judged++
        const believed = watch.append(at, reading.value, trusted, this.#changes)
        if (joints !== undefined) this.#put(touched, joints, at, reading.value, believed, reading.receivedAt)
        this.#heard(watch, reading.receivedAt, judgedAt, events)
        if (this.#changes.length > 0) this.#tellAll(watch, this.#changes, judgedAt, events)
        continue
      }
      // Once one is out of order, what follows of this sensor waits with it: the past is judged again once a batch.
      const late = { at, value: reading.value, trusted, receivedAt: reading.receivedAt }
      if (others !== undefined) others.push(late)
      else {
        waiting ??= new Map()
        waiting.set(watch, [late])
        watch.isHeld = true
      }
    }
    if (waiting !== undefined)
      for (const [watch, late] of waiting) {
        watch.isHeld = false
        const outcome = this.#judgeLate(watch, late, judgedAt, events)
        this.#stats.judgedLate += outcome.judged
        this.#stats.duplicates += outcome.duplicates
        this.#stats.tooOld += outcome.tooOld
        for (const { at, value, trusted, receivedAt } of watch.joints === undefined ? [] : outcome.believed)
          this.#put(touched, watch.joints ?? [], at, value, trusted, receivedAt)
      }
    for (const watch of touched) {
      this.#judgeJoint(watch, watch.waiting, judgedAt, events)
      watch.waiting.length = 0
      watch.isHeld = false
    }
    return events
  }

  /** What only time can tell. Gateways come first: their silence explains that of others. */
  tick(at: Instant): AlarmEvent[] {
    this.#listen(at)
    const events: AlarmEvent[] = []
    const gateways = this.#list.gateways()
    for (const gateway of gateways.keys()) {
      for (const watch of this.#list.overdueOf(gateway, at, this.#listeningSince))
        this.#lookForSilence(watch, at, events)
      events.push(...this.#desk.gatewayChanged(gateway, at))
    }
    for (const watch of this.#list.overdue(at, this.#listeningSince))
      if (!gateways.has(watch.sensor.asset)) this.#lookForSilence(watch, at, events)
    events.push(...this.#desk.tend(at))
    return events
  }

  #listen(at: Instant): void {
    if (at < this.#listeningSince) this.#listeningSince = at
    if (at > this.lastAt) this.lastAt = at
  }

  #isToBeJudged(reading: Reading, isWatched: boolean): boolean {
    if (reading.receivedAt > this.receivedThrough) this.receivedThrough = reading.receivedAt
    if (!isWatched) this.#stats.unwatched++
    // A clock that is wrong says nothing about when: one reading of the future would blind the rule until then.
    else if (reading.quality === 'clock-skew' || !Number.isFinite(reading.value)) this.#stats.unbelieved++
    else return true
    return false
  }

  #judgeLate(watch: SensorWatch, late: readonly Judged[], judgedAt: Instant, events: AlarmEvent[]): LateOutcome {
    const outcome = judgeLate(watch, late)
    this.#tellAll(watch, outcome.changes, judgedAt, events)
    if (outcome.receivedAt > Number.NEGATIVE_INFINITY) this.#heard(watch, outcome.receivedAt, judgedAt, events)
    return outcome
  }

  /** What a batch holds for a joint watch, in the order of its stream: sensors of one asset often report one after another. */
  #judgeJoint(watch: SensorWatch, waiting: Judged[], judgedAt: Instant, events: AlarmEvent[]): void {
    const readings = isAscending(waiting) ? waiting : ordered(waiting)
    if ((readings[0]?.at ?? 0) <= watch.newestAt) {
      this.#judgeLate(watch, readings, judgedAt, events)
      return
    }
    for (const { at, value, trusted, receivedAt } of readings) {
      watch.append(at, value, trusted, this.#changes)
      this.#heard(watch, receivedAt, judgedAt, events)
      if (this.#changes.length > 0) this.#tellAll(watch, this.#changes, judgedAt, events)
    }
  }

  /** Puts a reading with what waits for each joint watch, at its place in the watch's stream. */
  #put(
    touched: SensorWatch[],
    joints: readonly JointInput[],
    at: Instant,
    value: number,
    trusted: boolean,
    receivedAt: Instant,
  ): void {
    for (const each of joints) {
      if (each.watch === undefined || each.watch.isGone) each.watch = this.#list.watch(each.joint)
      const { watch, input } = each
      if (watch === undefined) continue
      if (watch.waiting.length === 0) touched.push(watch)
      watch.isHeld = true
      watch.waiting.push({ at: jointInstant(at, input), value, trusted, receivedAt })
    }
  }

  #tellAll(watch: SensorWatch, changes: readonly Transition[], judgedAt: Instant, events: AlarmEvent[]): void {
    for (const change of changes) {
      const ref = foldRef(watch, change.fold)
      if (ref === undefined) continue
      const standing = { ...change, since: change.at }
      events.push(this.#desk.tell({ ...ref, standing }, change, judgedAt))
    }
    this.#changes.length = 0
  }

  #heard(watch: SensorWatch, receivedAt: Instant, judgedAt: Instant, events: AlarmEvent[]): void {
    watch.heardAt = Math.max(watch.heardAt, watch.newestAt, receivedAt)
    if (!watch.isSilent) return
    for (const silence of watch.silences) {
      if (silence.state === inactive) continue
      const said = beforeOf(silence)
      if (!hearAgain(silence, watch.newestAt)) continue
      events.push(this.#tellSilence(watch, silence, said, silence.since, judgedAt))
      events.push(...this.#desk.gatewayChanged(watch.sensor.asset, judgedAt))
    }
    watch.noteSilences()
  }

  #lookForSilence(watch: SensorWatch, at: Instant, events: AlarmEvent[]): void {
    // A sensor that was never heard is not silent; it is not connected yet.
    if (watch.heardAt === Number.NEGATIVE_INFINITY) return
    const silentSince = Math.max(watch.heardAt, this.#listeningSince)
    for (const silence of watch.silences) {
      const said = beforeOf(silence)
      if (tickSilence(silence, silentSince, watch.newestAt, at)) {
        watch.changed = true
        watch.noteSilences()
        events.push(this.#tellSilence(watch, silence, said, at, at))
      }
    }
  }

  #tellSilence(
    watch: SensorWatch,
    silence: SilenceWatch,
    before: Transition['before'],
    at: Instant,
    judgedAt: Instant,
  ): AlarmEvent {
    const ref = silenceRef(watch, silence)
    // An alarm that is over is told with the bout that ended.
    const startedAt = silence.state === inactive ? before.startedAt : silence.startedAt
    return this.#desk.tell(
      { ...ref, standing: { ...ref.standing, startedAt } },
      { at, before, origin: 'reading' },
      judgedAt,
    )
  }
}

function beforeOf({ state, level, startedAt }: SilenceWatch): Transition['before'] {
  return { state, level, startedAt }
}

function isAscending(readings: readonly Judged[]): boolean {
  for (let index = 1; index < readings.length; index++)
    if ((readings[index] as Judged).at <= (readings[index - 1] as Judged).at) return false
  return true
}

/** A late reading may have changed what is believed of one in the same batch: of two the last word counts. */
function ordered(readings: Judged[]): Judged[] {
  readings.sort((left, right) => left.at - right.at)
  return readings.filter(({ at }, index) => at !== readings[index + 1]?.at)
}
