import type { Instant } from '../../city/index.ts'
import type { Judged, SensorWatch, Transition } from './sensor-watch.ts'
import { firing, inactive } from './slots.ts'

export type LateOutcome = {
  readonly changes: readonly Transition[]
  /** Put in their place. */
  readonly judged: number
  readonly duplicates: number
  /** Further behind than is kept: counted, not judged. */
  readonly tooOld: number
  /** The newest receipt of those that were judged; `-Infinity` when none was. */
  readonly receivedAt: Instant
  /** For the joint watches: what is new or believed otherwise than before, `trusted` being whether it is believed. */
  readonly believed: readonly Judged[]
}

/**
 * Puts readings that came out of order into the judgement of their own time. The past is judged twice from before the
 * first of them, without and with them; what differs is told: alarms that the late readings show, for their own time;
 * alarms that they show were none; and, last, what is true now.
 */
export function judgeLate(watch: SensorWatch, readings: readonly Judged[]): LateOutcome {
  if (watch.plan.folds.length === 0) return hearLate(watch, readings)
  const { fresh, duplicates, tooOld } = sift(watch, readings)
  const [earliest] = fresh
  if (earliest === undefined)
    return { changes: [], judged: 0, duplicates, tooOld, receivedAt: Number.NEGATIVE_INFINITY, believed: [] }

  const from = watch.history.find(earliest.at)?.segment ?? 0
  const before: Transition[] = []
  // Where nothing changed, there is nothing to say otherwise, and once is enough.
  const mayDiffer = watch.history.mayHaveStirredFrom(from) || watch.isDoubted(watch.live)
  const disbelievedBefore = mayDiffer ? watch.replay(from, 'reading', before, false) : new Set<Instant>()
  const stood = watch.plan.folds.map((_, fold) => asChange(watch, fold))

  const after: Transition[] = []
  const behind = fresh.filter(({ at }) => at <= watch.newestAt)
  for (const { at, value, trusted } of behind) watch.history.insert(at, value, trusted)
  const disbelieved = watch.replay(from, 'late', after, true)
  const receivedAt = Math.max(...fresh.map((reading) => reading.receivedAt))
  const believed = behind.map((each) => ({ ...each, trusted: each.trusted && !disbelieved.has(each.at) }))
  believed.push(...otherwise(watch, disbelievedBefore, disbelieved, behind, receivedAt))
  watch.changed = true
  // Only now what is newer than all: adding it may let go of old segments, which must have been judged before.
  for (const each of fresh.slice(behind.length))
    believed.push({ ...each, trusted: watch.append(each.at, each.value, each.trusted, after) })

  const changes = watch.plan.folds.flatMap((_, fold) =>
    correct(
      before.filter((change) => change.fold === fold),
      after.filter((change) => change.fold === fold),
      stood[fold] ?? asChange(watch, fold),
      asChange(watch, fold),
    ),
  )
  return { changes, judged: fresh.length, duplicates, tooOld, receivedAt, believed }
}

/** Readings that were there already, and are believed now and were not, or the other way round. */
function otherwise(
  watch: SensorWatch,
  before: ReadonlySet<Instant>,
  after: ReadonlySet<Instant>,
  fresh: readonly Judged[],
  receivedAt: Instant,
): Judged[] {
  if (before.size === 0 && after.size === 0) return []
  const told = new Set(fresh.map(({ at }) => at))
  const moments = [...before].filter((at) => !after.has(at)).concat([...after].filter((at) => !before.has(at)))
  return moments.flatMap((at) => {
    const value = told.has(at) ? undefined : watch.history.valueAt(at)
    return value === undefined ? [] : [{ at, value, trusted: !after.has(at), receivedAt }]
  })
}

/** Where nothing is judged of the values, a reading only says that the sensor was heard. */
function hearLate(watch: SensorWatch, readings: readonly Judged[]): LateOutcome {
  for (const { at, value, trusted } of readings) if (at > watch.newestAt) watch.append(at, value, trusted, [])
  const receivedAt = Math.max(...readings.map((reading) => reading.receivedAt))
  return { changes: [], judged: readings.length, duplicates: 0, tooOld: 0, receivedAt, believed: readings }
}

/** The readings that say something new, in the order of their times. */
function sift(
  watch: SensorWatch,
  readings: readonly Judged[],
): { fresh: Judged[]; duplicates: number; tooOld: number } {
  const byTime = new Map<Instant, Judged>()
  let duplicates = 0
  let tooOld = 0
  for (const reading of readings) {
    const place = watch.history.find(reading.at)
    if (place === undefined && reading.at <= watch.newestAt) tooOld++
    else if (byTime.has(reading.at) || (place?.known === true && isSame(watch, place, reading))) duplicates++
    else byTime.set(reading.at, reading)
  }
  return { fresh: [...byTime.values()].sort((left, right) => left.at - right.at), duplicates, tooOld }
}

function isSame(watch: SensorWatch, place: { segment: number; index: number }, reading: Judged): boolean {
  const segment = watch.history.segments[place.segment]
  return segment?.value(place.index) === reading.value && segment.trusted(place.index) === reading.trusted
}

function asChange(watch: SensorWatch, fold: number): Transition {
  const { state, level, startedAt, measured, forecast } = watch.standing(fold)
  return {
    fold,
    at: watch.newestMoment,
    state,
    level,
    startedAt,
    measured,
    forecast,
    before: { state, level, startedAt },
    origin: 'present',
  }
}

/** What has to be said so that whoever heard `old` knows `fresh`. Both are one rule's changes over the same time. */
function correct(
  old: readonly Transition[],
  fresh: readonly Transition[],
  stood: Transition,
  stands: Transition,
): Transition[] {
  const told = new Set(old.map(keyOf))
  const news = fresh.filter((change) => !told.has(keyOf(change)))
  const withdrawn = withdrawals(old, fresh, stood, stands)
  const said = [...withdrawn, ...news]
  const last = said.at(-1)
  const moved = keyOfStanding(stood) !== keyOfStanding(stands)
  const isLastWord = last !== undefined && keyOfStanding(last) === keyOfStanding(stands)
  if ((said.length > 0 || moved) && !isLastWord) {
    const before = { state: stood.state, level: stood.level, startedAt: stood.startedAt }
    const startedAt = stands.state === inactive ? stood.startedAt : stands.startedAt
    said.push({ ...stands, startedAt, before })
  }
  return said
}

function keyOf(change: Transition): string {
  return `${change.startedAt} ${change.state} ${change.level} ${change.at}`
}

function keyOfStanding({ state, level, startedAt }: Transition): string {
  return state === inactive ? 'inactive' : `${startedAt} ${state} ${level}`
}

/** A bout that fired, with its end. */
type Bout = { readonly startedAt: Instant; readonly endedAt: Instant }

/**
 * Bouts that had fired and now never did. One that a bout of the new truth overlaps is not withdrawn: it is the same
 * trouble under another beginning, and withdrawing it would close what the other opens.
 */
function withdrawals(
  old: readonly Transition[],
  fresh: readonly Transition[],
  stood: Transition,
  stands: Transition,
): Transition[] {
  const now = boutsIn(fresh, stands)
  return boutsIn(old, stood)
    .filter((bout) => !now.some((other) => other.startedAt <= bout.endedAt && bout.startedAt <= other.endedAt))
    .map((bout) => ({
      ...stood,
      at: stands.at,
      state: inactive,
      level: 0,
      startedAt: bout.startedAt,
      before: { state: firing, level: 1, startedAt: bout.startedAt },
      origin: 'withdrawn' as const,
    }))
}

function boutsIn(changes: readonly Transition[], standing: Transition): Bout[] {
  const ends = new Map<Instant, Instant>()
  for (const { state, startedAt, at, before } of changes) {
    if (state >= firing) ends.set(startedAt, Number.POSITIVE_INFINITY)
    else if (before.state >= firing) ends.set(before.startedAt, at)
  }
  if (standing.state >= firing) ends.set(standing.startedAt, Number.POSITIVE_INFINITY)
  return [...ends].map(([startedAt, endedAt]) => ({ startedAt, endedAt }))
}
