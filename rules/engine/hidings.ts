import type { AssetId, Instant, RelationKind } from '../../city/index.ts'
import type { Hiding } from '../alarm.ts'
import { type Explanation, explain, type ParentStanding } from '../situation/explaining.ts'
import { windowWords } from '../situation/service-window.ts'
import type { ServiceWindows } from '../situation/service-windows.ts'
import type { Topology } from '../situation/topology.ts'
import { type AlarmRef, refsOf } from './alarm-ref.ts'
import { alarmIdOf } from './describe.ts'
import type { Handling } from './handling.ts'
import { parentStanding, troubleOf } from './parents.ts'
import { explanationByOwnSensor } from './sensors-in-trouble.ts'
import { firing } from './slots.ts'
import type { RuleRegistry, WatchList } from './watch-list.ts'

// A chain of parents is a handful long; a ring of feeders is walked round once.
const chainMax = 16

/**
 * What hides an alarm, by what is true at a moment: a shelf, a service window, or a parent that explains it. Nothing of
 * it is kept but the handling and the windows; the alarms' own states never know.
 */
export class Hidings {
  readonly topology: Topology
  readonly windows: ServiceWindows
  /** Nobody's verdict can be expected before this and its own time. */
  listeningSince: Instant = Number.NEGATIVE_INFINITY
  /** How parents stand, while many alarms are looked at in one go and nothing can change between them. */
  #known: Map<string, ParentStanding> | undefined
  readonly #list: WatchList
  readonly #registry: RuleRegistry

  constructor(list: WatchList, registry: RuleRegistry, windows: ServiceWindows, topology: Topology) {
    this.#list = list
    this.#registry = registry
    this.windows = windows
    this.topology = topology
  }

  /**
   * `happenedAt`: event time of what is told, for what was observed while a crew worked is theirs even when it is heard of
   * later. `before`: what hid it until now.
   */
  of(
    ref: AlarmRef,
    handling: Handling | undefined,
    before: Hiding | undefined,
    at: Instant,
    happenedAt = at,
  ): Hiding | undefined {
    if (handling?.shelved !== undefined) return handling.shelved
    const { asset } = ref.watch.sensor
    const id = this.windows.isEmpty ? '' : alarmIdOf(ref.rule.id, asset)
    const window = this.windows.of(asset, id, at) ?? this.windows.of(asset, id, happenedAt)
    if (window !== undefined) {
      const { by, until } = window
      return { kind: 'out-of-service', reason: windowWords(window), by, until, window: window.id }
    }
    if (ref.standing.state < firing) return undefined
    const explanation = this.#explanationOf(ref, before, at)
    if (explanation === undefined || this.#isFirstOfRing(ref, explanation, at))
      return explanationByOwnSensor(ref, this.#list)
    const { parent, reason, until } = explanation
    return { kind: 'suppressed', reason, parent, ...(until === undefined ? {} : { until }) }
  }

  /** Looks at many alarms in one go: a parent of thousands is looked at once. */
  inBulk<Result>(look: () => Result): Result {
    if (this.#known !== undefined) return look()
    this.#known = new Map()
    try {
      return look()
    } finally {
      this.#known = undefined
    }
  }

  /** Whether a change of this alarm may explain those of other assets, or cease to. */
  explainsOthers({ rule, watch }: AlarmRef): boolean {
    const { asset } = watch.sensor
    const isTold = rule.condition.kind === 'silence' || this.#mode(asset, rule.failureMode)?.explains !== undefined
    return isTold && this.topology.childrenOf(asset).length > 0
  }

  #explanationOf(ref: AlarmRef, before: Hiding | undefined, at: Instant): Explanation | undefined {
    const relations = this.topology.parentsOf(ref.watch.sensor.asset)
    if (relations.length === 0) return undefined
    const parents = relations.map(({ kind, asset }) => this.#standingOf(asset, kind))
    return explain(
      troubleOf(ref, this.listeningSince),
      parents,
      before?.kind === 'suppressed' ? before.parent : undefined,
      at,
    )
  }

  /**
   * In a ring of feeders each may explain the next, and nobody would hear of it: then the trouble that began first counts
   * as the cause, and stays on show.
   */
  #isFirstOfRing(ref: AlarmRef, { parent, parentBeganAt }: Explanation, at: Instant): boolean {
    const own = ref.watch.sensor.asset
    let first = { asset: own, beganAt: troubleOf(ref, this.listeningSince).beganAt }
    let next = { parent, parentBeganAt }
    for (let steps = 0; steps < chainMax; steps++) {
      if (next.parent === own) return first.asset === own
      if (next.parentBeganAt < first.beganAt || (next.parentBeganAt === first.beganAt && next.parent < first.asset))
        first = { asset: next.parent, beganAt: next.parentBeganAt }
      const above = this.#explanationOfAsset(next.parent, at)
      if (above === undefined) return false
      next = above
    }
    return false
  }

  /** What explains the trouble by which an asset explains others. */
  #explanationOfAsset(asset: AssetId, at: Instant): Explanation | undefined {
    if (this.topology.parentsOf(asset).length === 0) return undefined
    for (const watch of this.#list.watchesOf(asset)) {
      for (const ref of refsOf(watch)) {
        if (ref.standing.state < firing || !this.explainsOthers(ref)) continue
        const found = this.#explanationOf(ref, undefined, at)
        if (found !== undefined) return found
      }
    }
    return undefined
  }

  #standingOf(asset: AssetId, kind: RelationKind): ParentStanding {
    const key = `${kind} ${asset}`
    const known = this.#known?.get(key)
    if (known !== undefined) return known
    const standing = parentStanding(asset, kind, [...this.#list.watchesOf(asset)], this.#modesOf(asset))
    this.#known?.set(key, standing)
    return standing
  }

  #modesOf(asset: AssetId) {
    return this.#registry.class(this.#registry.asset(asset)?.class ?? '')?.failureModes ?? []
  }

  #mode(asset: AssetId, failureMode: string) {
    return this.#modesOf(asset).find(({ id }) => id === failureMode)
  }
}
