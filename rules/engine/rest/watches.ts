import type { Instant, Sensor } from '../../../city/index.ts'
import { History, type HistoryBounds } from '../history.ts'
import { blankState, type SensorPlan } from '../sensor-plan.ts'
import { SensorWatch } from '../sensor-watch.ts'
import type { AwakeBounds } from './awake-bounds.ts'
import { type Bed, Resting } from './resting.ts'

// At the first look one is forgiven for having been asked for, at the second it may rest.
const looksPerWaking = 4
const looksLeast = 64

/**
 * Every watch by its id: awake, or at rest and woken when it is asked for. Whoever has one in hand may work with it until
 * `settle` is called.
 */
export class Watches {
  readonly #byId = new Map<string, SensorWatch | Bed>()
  readonly #resting: Resting
  readonly #history: HistoryBounds
  readonly #bounds: AwakeBounds
  readonly #onWaking: (watch: SensorWatch) => void
  /** Those that are awake, and some that have been replaced since. */
  #awake: SensorWatch[] = []
  /** The next of them to be looked at whether it may rest, and how many have been added since that was last done. */
  #hand = 0
  #woken = 0
  /** There are so many sensors that those that are calm rest. */
  #isLarge = false

  constructor(history: HistoryBounds, bounds: AwakeBounds, onWaking: (watch: SensorWatch) => void) {
    this.#history = history
    this.#bounds = bounds
    this.#onWaking = onWaking
    this.#resting = new Resting(history)
  }

  /** To be told before watches are added: how many sensors there are. */
  expect(sensors: number): void {
    this.#isLarge = sensors > this.#bounds.from
  }

  ids(): Iterable<string> {
    return this.#byId.keys()
  }

  has(id: string): boolean {
    return this.#byId.has(id)
  }

  /** It is awake from now on. */
  get(id: string): SensorWatch | undefined {
    const found = this.#byId.get(id)
    return typeof found === 'number' ? this.#wake(id, found) : found
  }

  getIfAwake(id: string): SensorWatch | undefined {
    const found = this.#byId.get(id)
    return typeof found === 'number' ? undefined : found
  }

  /** What it judges, without waking it. */
  planOf(id: string): Pick<SensorWatch, 'plan' | 'sensor'> | undefined {
    const found = this.#byId.get(id)
    if (typeof found !== 'number') return found
    return { plan: this.#resting.planOf(found), sensor: this.#resting.sensorOf(found) }
  }

  /** One that has seen nothing: at rest where all others that are calm are. */
  begin(id: string, sensor: Sensor, plan: SensorPlan): void {
    if (this.#isLarge && plan.failures.length === 0) this.#byId.set(id, this.#resting.putBlank(id, sensor, plan))
    else this.set(new SensorWatch(sensor, plan, new History(this.#history, []), id === sensor.id ? undefined : id))
  }

  /** Adds a watch, in the place of another if there is one. */
  set(watch: SensorWatch): void {
    const before = this.getIfAwake(watch.id)
    if (before !== undefined) before.isGone = true
    this.#byId.set(watch.id, watch)
    this.#awake.push(watch)
    this.#woken++
    const awake = this.#byId.size - this.#resting.count
    if (this.#awake.length > 2 * awake) this.#awake = this.#awake.filter(({ isGone }) => !isGone)
  }

  /** Returns it as it was last. */
  remove(id: string): SensorWatch | undefined {
    const watch = this.get(id)
    if (watch === undefined) return undefined
    watch.history.discard()
    watch.isGone = true
    this.#byId.delete(id)
    return watch
  }

  /** Those that are awake; all others are calm. */
  *awake(): Generator<SensorWatch> {
    if (this.#resting.count === 0) yield* this.#byId.values() as Iterable<SensorWatch>
    else for (const watch of this.#awake) if (!watch.isGone) yield watch
  }

  /** When each was heard last, and of when that was. */
  *heard(): Generator<{ readonly heardAt: Instant; readonly newestAt: Instant }> {
    yield* this.awake()
    yield* this.#resting.heard()
  }

  /**
   * Each that differs from what the last checkpoint kept, one after another: those at rest are woken, and put to rest again
   * before the next.
   */
  *changed(): Generator<SensorWatch> {
    for (const watch of this.awake()) if (watch.changed) yield watch
    for (const id of this.#resting.changed()) {
      const watch = this.get(id)
      if (watch === undefined) continue
      yield watch
      this.#rest(watch)
      this.#awake.pop()
    }
  }

  /** Those that may have been silent for too long. */
  *overdue(at: Instant, listeningSince: Instant): Generator<SensorWatch> {
    for (const watch of this.awake()) if (watch.silences.length > 0) yield watch
    for (const id of this.#resting.overdue(at, listeningSince)) {
      const watch = this.get(id)
      if (watch !== undefined) yield watch
    }
  }

  /** Whether it is one of those, or awake. */
  mayBeOverdue(id: string, at: Instant, listeningSince: Instant): boolean {
    const found = this.#byId.get(id)
    return typeof found === 'number' ? this.#resting.isOverdue(found, at, listeningSince) : found !== undefined
  }

  /**
   * To be called when nobody works with a watch any more: where there are very many, those that are calm and were not asked
   * for since the last round are put to rest.
   */
  settle(): void {
    if (!this.#isLarge) return
    // Enough for those that woke since, whatever the others do: of a city in which half of all is silent none may rest.
    let looks = Math.min(looksPerWaking * this.#woken + looksLeast, 2 * this.#awake.length)
    this.#woken = 0
    for (; looks > 0 && this.#awake.length > this.#bounds.awakeMax; looks--) {
      if (this.#hand >= this.#awake.length) this.#hand = 0
      const watch = this.#awake[this.#hand] as SensorWatch
      if (!watch.isGone && (watch.isUsed || !Resting.may(watch))) {
        watch.isUsed = false
        this.#hand++
        continue
      }
      if (!watch.isGone) this.#rest(watch)
      const last = this.#awake.pop() as SensorWatch
      if (last !== watch) this.#awake[this.#hand] = last
    }
  }

  #wake(id: string, bed: Bed): SensorWatch {
    const sensor = this.#resting.sensorOf(bed)
    const plan = this.#resting.planOf(bed)
    const joint = id === sensor.id ? undefined : id
    // Not in a room shared with others: few are awake at a time, and each would keep all of its room.
    const fresh = () => new SensorWatch(sensor, plan, new History(this.#history, []), joint, blankState(plan))
    const watch = this.#resting.take(bed) ?? fresh()
    this.#onWaking(watch)
    this.set(watch)
    return watch
  }

  #rest(watch: SensorWatch): void {
    this.#byId.set(watch.id, this.#resting.put(watch))
    watch.isGone = true
  }
}
