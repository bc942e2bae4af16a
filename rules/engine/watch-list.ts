import type { Asset, AssetId, DurationMs, Place, Registry, Sensor, SensorId } from '../../city/index.ts'
import type { Neighbourhood } from '../kinds/kind.ts'
import { inputsOf, isJoint } from '../kinds/kinds.ts'
import { type Rule, sensorFault } from '../rule.ts'
import { allowedLatenessMs, History, type HistoryBounds, readingsMaxFor } from './history.ts'
import { areSound, type JointInput, jointId, neighbourhoodOf } from './joint.ts'
import { type RuleFailed, rearranged, type SensorPlan, sensorPlan } from './sensor-plan.ts'
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
  readonly #watches = new Map<string, SensorWatch>()
  readonly #jointsOfSensor = new Map<SensorId, JointInput[]>()
  readonly #inputsOf = new Map<string, readonly SensorId[]>()
  readonly #jointsOfAsset = new Map<AssetId, SensorWatch[]>()
  #children = new Map<AssetId, AssetId[]>()
  #parents = new Map<AssetId, AssetId>()
  /** Of the city: where the sun is looked up for it. */
  #middle: Place | undefined
  #rules: readonly Rule[] = []
  #byQuantity = new Map<string, Rule[]>()

  constructor(registry: RuleRegistry, bounds: Partial<HistoryBounds>, failed: RuleFailed) {
    this.#registry = registry
    this.#readingsMax = bounds.readingsMax
    this.#bounds = { latenessMs: allowedLatenessMs, readingsMax: readingsMaxFor(0), ...bounds }
    this.#failed = failed
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

  watches(): Iterable<SensorWatch> {
    return this.#watches.values()
  }

  *watchesOf(asset: AssetId): Generator<SensorWatch> {
    for (const { id } of this.#registry.sensorsOf(asset)) {
      const watch = this.#watches.get(id)
      if (watch !== undefined) yield watch
    }
    yield* this.#jointsOfAsset.get(asset) ?? []
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
    const before = this.#watches.get(watch.id)
    this.#watches.set(watch.id, watch)
    if (!watch.isJoint) {
      watch.joints = before?.joints
      return
    }
    for (const [input, sensor] of (this.#inputsOf.get(watch.id) ?? []).entries()) {
      const joints = this.#jointsOfSensor.get(sensor) ?? []
      const place = joints.findIndex((each) => each.watch === before)
      if (place >= 0) joints[place] = { watch, input }
    }
    const others = this.#jointsOfAsset.get(watch.sensor.asset) ?? []
    const place = before === undefined ? -1 : others.indexOf(before)
    if (place >= 0) others[place] = watch
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
    for (const sensor of this.#registry.sensors()) {
      const plan = this.#planFor(sensor)
      if (plan === undefined) continue
      known.add(sensor.id)
      const before = this.#watches.get(sensor.id)
      if (before !== undefined && isSamePlan(before, plan, sensor)) continue
      const after = before === undefined ? this.freshWatch(sensor, plan) : this.#carryOver(before, sensor, plan)
      this.#watches.set(sensor.id, after)
      if (before !== undefined) changed.push({ before, after })
    }
    changed.push(...this.#refreshJoints(known))
    for (const watch of this.#watches.values())
      if (!watch.isJoint) watch.joints = this.#jointsOfSensor.get(watch.sensor.id)
    this.#bounds.readingsMax = this.#readingsMax ?? readingsMaxFor(known.size)
    for (const [id, before] of this.#watches)
      if (!known.has(id)) {
        this.#watches.delete(id)
        changed.push({ before, after: undefined })
      }
    return changed
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
    this.#inputsOf.clear()
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
    const before = this.#watches.get(id)
    const goesOn = before !== undefined && isSamePlan(before, plan, sensor)
    // Readings of other inputs stand in the history under other numbers: it cannot be judged again.
    const watch = goesOn ? before : this.freshWatch(sensor, plan, undefined, id)
    if (before !== undefined && !goesOn)
      begunAnew(
        watch,
        before.history.segments.map(({ number }) => number),
        before.history.dropped,
      )
    this.#watches.set(id, watch)
    this.#inputsOf.set(id, ids)
    for (const [input, each] of ids.entries()) {
      const joints = this.#jointsOfSensor.get(each)
      if (joints === undefined) this.#jointsOfSensor.set(each, [{ watch, input }])
      else joints.push({ watch, input })
    }
    const others = this.#jointsOfAsset.get(asset.id)
    if (others === undefined) this.#jointsOfAsset.set(asset.id, [watch])
    else others.push(watch)
    return before === undefined || goesOn ? [] : [{ before, after: watch }]
  }

  #jointPlan(rule: Rule, sensors: readonly Sensor[]): SensorPlan {
    const inputs = sensors.map(({ quantity }) => quantity)
    const [quantity] = inputs
    if (quantity === undefined) throw new Error(`rule ${rule.id} has no inputs`)
    const guards = sensors.map((sensor) => this.#guardsOf(sensor))
    const facts = { quantity, inputs, timeZone: this.#registry.timeZone, place: this.#middle }
    return sensorPlan([rule], facts, this.#failed, { ids: sensors.map(({ id }) => id), guards })
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

function isSamePlan({ plan, sensor }: SensorWatch, next: SensorPlan, nextSensor: Sensor): boolean {
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
