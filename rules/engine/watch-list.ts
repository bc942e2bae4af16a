import type { Asset, AssetId, DurationMs, Instant, Place, Registry, Sensor, SensorId } from '../../city/index.ts'
import type { Neighbourhood } from '../kinds/kind.ts'
import { inputsOf, isJoint } from '../kinds/kinds.ts'
import { type Rule, sensorFault } from '../rule.ts'
import { allowedLatenessMs, History, type HistoryBounds, readingsMaxFor } from './history.ts'
import { areSound, type JointInput, jointId, neighbourhoodOf } from './joint.ts'
import { type AwakeBounds, awakeBoundsUsual } from './rest/awake-bounds.ts'
import { Watches } from './rest/watches.ts'
import { jointPlan, type RuleFailed, rearranged, type SensorPlan, sensorPlan } from './sensor-plan.ts'
import { SensorWatch } from './sensor-watch.ts'
import { carryOver } from './silence.ts'

/** What the rules need to know of the city. */
export type RuleRegistry = Pick<
  Registry,
  'asset' | 'assets' | 'class' | 'sensor' | 'sensors' | 'sensorsOf' | 'onChange' | 'timeZone'
>

/** One sensor's watch before and after the city or the rules changed. */
export type Replanned = { readonly before: SensorWatch; readonly after: SensorWatch | undefined }

/** Every sensor that a rule watches, and who reports through whom. */
export class WatchList {
  readonly #registry: RuleRegistry
  /** Shared by all histories: how much of the past each may hold follows from how many there are. */
  readonly #bounds: { latenessMs: DurationMs; readingsMax: number }
  readonly #readingsMax: number | undefined
  readonly #failed: RuleFailed
  readonly #plans = new Map<string, SensorPlan>()
  /** By the sensor's id, or a joint watch's own. */
  readonly #watches: Watches
  readonly #jointsOfSensor = new Map<SensorId, JointInput[]>()
  readonly #jointsOfAsset = new Map<AssetId, string[]>()
  #children = new Map<AssetId, AssetId[]>()
  #parents = new Map<AssetId, AssetId>()
  /** Of the city: where the sun is looked up for it. */
  #middle: Place | undefined
  #rules: readonly Rule[] = []
  #byQuantity = new Map<string, Rule[]>()

  constructor(
    registry: RuleRegistry,
    bounds: Partial<HistoryBounds>,
    failed: RuleFailed,
    awake: AwakeBounds = awakeBoundsUsual,
  ) {
    this.#registry = registry
    this.#readingsMax = bounds.readingsMax
    this.#bounds = { latenessMs: allowedLatenessMs, readingsMax: readingsMaxFor(0), ...bounds }
    this.#failed = failed
    this.#watches = new Watches(this.#bounds, awake, (watch) => this.#findJoints(watch))
  }

  get timeZone(): string {
    return this.#registry.timeZone
  }

  rules(): readonly Rule[] {
    return this.#rules
  }

  /** By the sensor's id, or a joint watch's own. */
  watch(id: string): SensorWatch | undefined {
    return this.#watches.get(id)
  }

  /** The joint watches that a sensor is an input of that no other rule watches; the others know theirs. */
  jointsOf(sensor: SensorId): readonly JointInput[] | undefined {
    return this.#jointsOfSensor.get(sensor)
  }

  /** Those that are awake; all others are calm. */
  awake(): Iterable<SensorWatch> {
    return this.#watches.awake()
  }

  /** When each was heard last, and of when that was. */
  heard(): Iterable<{ readonly heardAt: Instant; readonly newestAt: Instant }> {
    return this.#watches.heard()
  }

  /** Each that differs from what the last checkpoint kept; to be looked at one after another. */
  changed(): Iterable<SensorWatch> {
    return this.#watches.changed()
  }

  /** Those that may have been silent for too long. */
  overdue(at: Instant, listeningSince: Instant): Iterable<SensorWatch> {
    return this.#watches.overdue(at, listeningSince)
  }

  /** The same, of one asset. */
  *overdueOf(asset: AssetId, at: Instant, listeningSince: Instant): Generator<SensorWatch> {
    for (const id of this.#idsOf(asset)) {
      const watch = this.#watches.mayBeOverdue(id, at, listeningSince) ? this.#watches.get(id) : undefined
      if (watch !== undefined) yield watch
    }
  }

  *watchesOf(asset: AssetId): Generator<SensorWatch> {
    for (const id of this.#idsOf(asset)) {
      const watch = this.#watches.get(id)
      if (watch !== undefined) yield watch
    }
  }

  /** The same as far as they are awake; all others are calm. */
  *awakeOf(asset: AssetId): Generator<SensorWatch> {
    for (const id of this.#idsOf(asset)) {
      const watch = this.#watches.getIfAwake(id)
      if (watch !== undefined) yield watch
    }
  }

  /** The joint watches that judge an asset. */
  *jointsOfAsset(asset: AssetId): Generator<SensorWatch> {
    for (const id of this.#jointsOfAsset.get(asset) ?? []) {
      const watch = this.#watches.get(id)
      if (watch !== undefined) yield watch
    }
  }

  /** To be called when nobody works with a watch any more. */
  settle(): void {
    this.#watches.settle()
  }

  *#idsOf(asset: AssetId): Generator<string> {
    for (const { id } of this.#registry.sensorsOf(asset)) yield id
    yield* this.#jointsOfAsset.get(asset) ?? []
  }

  #findJoints(watch: SensorWatch): void {
    if (!watch.isJoint) watch.joints = this.#jointsOfSensor.get(watch.sensor.id)
  }

  /** The gateway an asset reports through. */
  gatewayOf(asset: AssetId): AssetId | undefined {
    return this.#parents.get(asset)
  }

  /** The assets that report through a gateway, by gateway. */
  gateways(): ReadonlyMap<AssetId, readonly AssetId[]> {
    return this.#children
  }

  /** Puts a restored watch in the place of the fresh one. */
  replace(watch: SensorWatch): void {
    this.#watches.get(watch.id)?.history.discard()
    this.#findJoints(watch)
    this.#watches.set(watch)
  }

  /** Takes over new rules. */
  useRules(rules: readonly Rule[]): Replanned[] {
    this.#rules = rules
    this.#byQuantity = new Map()
    for (const rule of rules) {
      if (isJoint(rule)) continue
      const key = `${rule.class}/${rule.condition.quantity}`
      const some = this.#byQuantity.get(key)
      if (some === undefined) this.#byQuantity.set(key, [rule])
      else some.push(rule)
    }
    return this.refresh()
  }

  /** Follows the registry. Watches whose rules are the same go on as they are; the others are named. */
  refresh(): Replanned[] {
    this.#plans.clear()
    this.#children = new Map()
    this.#parents = new Map()
    for (const asset of this.#registry.assets()) this.#relate(asset)
    this.#middle = middleOf(this.#registry.assets())
    const changed: Replanned[] = []
    const known = new Set<string>()
    const sensors = this.#registry.sensors()
    this.#watches.expect(sensors.length)
    for (const sensor of sensors) {
      const plan = this.#planFor(sensor)
      if (plan === undefined) continue
      known.add(sensor.id)
      if (!this.#watches.has(sensor.id)) {
        this.#watches.begin(sensor.id, sensor, plan)
        continue
      }
      if (this.#goesOn(sensor.id, sensor, plan)) continue
      const before = this.#watches.get(sensor.id) as SensorWatch
      const after = this.#carryOver(before, sensor, plan)
      this.#watches.set(after)
      changed.push({ before, after })
    }
    changed.push(...this.#refreshJoints(known))
    for (const watch of this.#watches.awake()) this.#findJoints(watch)
    this.#bounds.readingsMax = this.#readingsMax ?? readingsMaxFor(known.size)
    for (const id of this.#watches.ids()) {
      const before = known.has(id) ? undefined : this.#watches.remove(id)
      if (before !== undefined) changed.push({ before, after: undefined })
    }
    this.settle()
    return changed
  }

  /** Whether a watch judges what the plan says, so that it can go on as it is. */
  #goesOn(id: string, sensor: Sensor, plan: SensorPlan): boolean {
    const before = this.#watches.planOf(id)
    return before !== undefined && isSamePlan(before, plan, sensor)
  }

  freshWatch(sensor: Sensor, plan: SensorPlan, history = new History(this.#bounds, []), joint?: string): SensorWatch {
    return new SensorWatch(sensor, plan, history, joint)
  }

  history(segments: History['segments']): History {
    return new History(this.#bounds, segments)
  }

  /** Rules that stayed keep their state; new and changed ones judge the readings that are still held. */
  #carryOver(before: SensorWatch, sensor: Sensor, plan: SensorPlan): SensorWatch {
    const after = this.freshWatch(sensor, plan, before.history, before.isJoint ? before.id : undefined)
    after.newestAt = before.newestAt
    after.heardAt = before.heardAt
    after.changed = true
    for (const silence of after.silences) {
      const old = before.silences.find(
        ({ rule }) => rule.id === silence.rule.id && rule.version === silence.rule.version,
      )
      if (old !== undefined) carryOver(old, silence)
    }
    after.noteSilences()
    if (before.plan.layout === plan.layout) after.live = before.live
    else rejudge(after, before.plan.layout)
    return after
  }

  /** Finds the inputs of every joint rule for every asset of its class; a watch whose rule and inputs are the same goes on. */
  #refreshJoints(known: Set<string>): Replanned[] {
    this.#jointsOfSensor.clear()
    this.#jointsOfAsset.clear()
    const rules = this.#rules.filter(isJoint)
    if (rules.length === 0) return []
    const city = neighbourhoodOf(this.#registry)
    return rules.flatMap((rule) =>
      city.ofClass(rule.class).flatMap((asset) => this.#refreshJoint(rule, asset, city, known)),
    )
  }

  #refreshJoint(rule: Rule, asset: Asset, city: Neighbourhood, known: Set<string>): Replanned[] {
    const ids = inputsOf(rule, asset, city)
    if (ids === undefined || !areSound(ids)) return []
    const sensors = ids.flatMap((id) => this.#registry.sensor(id) ?? [])
    const [sensor] = sensors
    if (sensor === undefined || sensors.length < ids.length) return []
    const id = jointId(asset.id, rule.id)
    known.add(id)
    const plan = this.#jointPlan(rule, sensors)
    const isKnown = this.#watches.has(id)
    const replaced: Replanned[] = []
    if (!isKnown) this.#watches.begin(id, sensor, plan)
    else if (!this.#goesOn(id, sensor, plan)) {
      const before = this.#watches.get(id) as SensorWatch
      // Readings of other inputs stand in the history under other numbers: it cannot be judged again.
      const after = begunAnew(
        this.freshWatch(sensor, plan, undefined, id),
        before.history.segments.map(({ number }) => number),
        before.history.dropped,
      )
      this.#watches.set(after)
      replaced.push({ before, after })
    }
    for (const [input, each] of ids.entries()) {
      const joints = this.#jointsOfSensor.get(each)
      if (joints === undefined) this.#jointsOfSensor.set(each, [{ joint: id, input, watch: undefined }])
      else joints.push({ joint: id, input, watch: undefined })
    }
    const others = this.#jointsOfAsset.get(asset.id)
    if (others === undefined) this.#jointsOfAsset.set(asset.id, [id])
    else others.push(id)
    return replaced
  }

  #jointPlan(rule: Rule, sensors: readonly Sensor[]): SensorPlan {
    const inputs = sensors.map(({ quantity }) => quantity)
    const [quantity] = inputs
    if (quantity === undefined) throw new Error(`rule ${rule.id} has no inputs`)
    const kinds = sensors.map((sensor) => `${this.#registry.asset(sensor.asset)?.class}/${sensor.quantity.id}`)
    const key = `${rule.id} of ${kinds.join(' ')}`
    let shared = this.#plans.get(key)
    if (shared === undefined) {
      const facts = { quantity, inputs, timeZone: this.#registry.timeZone, place: this.#middle }
      shared = sensorPlan([rule], facts, this.#failed)
      this.#plans.set(key, shared)
    }
    const guards = sensors.map((sensor) => this.#guardsOf(sensor))
    return jointPlan(shared, { ids: sensors.map(({ id }) => id), guards })
  }

  /** The rules about a sensor itself. */
  #guardsOf({ asset, quantity }: Sensor): readonly Rule[] {
    const rules = this.#byQuantity.get(`${this.#registry.asset(asset)?.class}/${quantity.id}`) ?? []
    return rules.filter(({ failureMode }) => failureMode === sensorFault)
  }

  #relate(asset: Asset): void {
    const through = asset.relations.find(({ kind }) => kind === 'reports through')
    if (through === undefined) return
    this.#parents.set(asset.id, through.asset)
    const siblings = this.#children.get(through.asset)
    if (siblings === undefined) this.#children.set(through.asset, [asset.id])
    else siblings.push(asset.id)
  }

  #planFor(sensor: Sensor): SensorPlan | undefined {
    const asset = this.#registry.asset(sensor.asset)
    if (asset === undefined) return undefined
    const key = `${asset.class}/${sensor.quantity.id}`
    const rules = this.#byQuantity.get(key)
    if (rules === undefined) return undefined
    const known = this.#plans.get(key)
    if (known !== undefined) return known
    const { quantity } = sensor
    const facts = { quantity, inputs: [quantity], timeZone: this.#registry.timeZone, place: this.#middle }
    const plan = sensorPlan(rules, facts, this.#failed)
    this.#plans.set(key, plan)
    return plan
  }
}

/** A fresh watch in the place of another, whose segments are not needed any more. */
export function begunAnew(watch: SensorWatch, ...old: readonly (readonly number[])[]): SensorWatch {
  watch.history.dropped = old.flat()
  watch.changed = true
  return watch
}

/** Brings a history that was judged under another layout into this watch's, and judges it again. */
export function rejudge(watch: SensorWatch, oldLayout: string): void {
  const { segments } = watch.history
  for (const [index, segment] of segments.entries())
    if (segment.hasSnapshot)
      segments[index] = segment.withSnapshot(rearranged(watch.plan, segment.snapshot(), oldLayout))
  watch.changed = true
  if (segments.length > 0) watch.replay(0, 'reading', [], true)
}

function isSamePlan(
  { plan, sensor }: Pick<SensorWatch, 'plan' | 'sensor'>,
  next: SensorPlan,
  nextSensor: Sensor,
): boolean {
  const silences = (each: SensorPlan) => each.silences.map(({ id, version }) => `${id} ${version}`).join()
  return (
    plan.layout === next.layout &&
    silences(plan) === silences(next) &&
    plan.failures.length === 0 &&
    next.failures.length === 0 &&
    sensor.quantity.expectedIntervalMs === nextSensor.quantity.expectedIntervalMs &&
    sensor.quantity.title === nextSensor.quantity.title
  )
}

/** The mean of the assets' places, to a tenth of a degree: an asset more must not change what is judged. */
export function middleOf(assets: readonly Asset[]): Place | undefined {
  if (assets.length === 0) return undefined
  const mean = (of: (place: Place) => number) =>
    Math.round((assets.reduce((sum, { place }) => sum + of(place), 0) / assets.length) * 10) / 10
  return { latitude: mean(({ latitude }) => latitude), longitude: mean(({ longitude }) => longitude) }
}
