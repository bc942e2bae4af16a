import type { Logger } from 'pino'
import type { AssetId, DurationMs, Instant, SensorId } from '../../city/index.ts'
import type { Reading } from '../../ingest/index.ts'
import type { Alarm, AlarmEvent } from '../alarm.ts'
import type { Book, Checkpoint, KeptSegment, KeptSensor } from '../alarm-book.ts'
import { drawnLimits } from '../kinds/kinds.ts'
import type { Level, Rule } from '../rule.ts'
import { ServiceWindows } from '../situation/service-windows.ts'
import { Topology } from '../situation/topology.ts'
import { putBack, reachOf, takeChanges } from './checkpointing.ts'
import { AlarmDesk, type Shelving } from './desk.ts'
import { Hidings } from './hidings.ts'
import type { HistoryBounds } from './history.ts'
import { Judging, type JudgingStats } from './judging.ts'
import { numbersOf, watchFromRows } from './keeping.ts'
import type { AwakeBounds } from './rest/awake-bounds.ts'
import { formerOf, formerOfRow, tellRuleChange } from './rule-change.ts'
import type { RuleFailed } from './sensor-plan.ts'
import { type Replanned, type RuleRegistry, WatchList } from './watch-list.ts'

// Readings reach the rules in the order they were committed, which differs from that of receipt by one commit.
const replayOverlapMs: DurationMs = 60_000

export type RuleEngineOptions = {
  readonly registry: RuleRegistry
  readonly rules: readonly Rule[]
  readonly states: Book
  readonly log: Pick<Logger, 'error'>
  /** Other bounds on the past than the usual; for very many sensors, or tests. */
  readonly history?: Partial<HistoryBounds>
  /** Another bound than the usual on how many sensors are awake: see `awakeBoundsFor`. */
  readonly awake?: AwakeBounds
}

/** A limit that a rule holds a sensor against. */
export type SensorLimit = {
  readonly rule: Rule
  readonly level: Level
  readonly direction: 'above' | 'below'
  readonly value: number
}

/**
 * Judges readings in event time and knows every alarm. `judge` and `tick` are synchronous and give the changes in order;
 * whoever is handed them records them and acts on them. What was handed out and not recorded yet is part of a checkpoint,
 * so that a crash between judging and acting loses nothing: it is handed out again.
 */
export class RuleEngine {
  /** Times in which alarms call nobody; changed through `changeWindows`. */
  readonly windows: ServiceWindows
  readonly #list: WatchList
  readonly #desk: AlarmDesk
  readonly #judging: Judging
  readonly #book: Book
  readonly #stopFollowing: () => void
  /** To be handed out with the next changes. */
  #owed: AlarmEvent[] = []
  /** Handed out, not recorded yet. */
  readonly #unrecorded = new Set<AlarmEvent>()
  /** Sensors that are judged no more and still have rows. */
  readonly #gone = new Set<string>()

  constructor({ registry, rules, states, log, history, awake }: RuleEngineOptions) {
    this.#book = states
    const failed: RuleFailed = (rule, sensor, error) =>
      log.error({ rule: rule.id, sensor, error }, 'a rule failed and is judged no more; its alarm shows the error')
    this.#list = new WatchList(registry, history ?? {}, failed, awake)
    this.#list.useRules(rules)
    const topology = new Topology(registry)
    this.windows = new ServiceWindows(topology, states)
    this.#desk = new AlarmDesk(this.#list, states, new Hidings(this.#list, registry, this.windows, topology))
    this.#judging = new Judging(this.#list, this.#desk)
    this.#stopFollowing = registry.onChange(() => this.#follow(this.#list.refresh()))
  }

  /**
   * Loads the last checkpoint and says what to judge again: everything received since, and a little before. With `at`, a
   * first start is written down, so that what is received before the first checkpoint is not lost to a crash.
   */
  async restore(at?: Instant): Promise<{ receivedFrom: Instant; observedFrom: Instant } | undefined> {
    const kept = await this.#book.load()
    const { marker } = kept
    this.windows.restore(kept.windows)
    this.#desk.restore(kept, at ?? marker?.at ?? 0)
    for (const row of kept.sensors) {
      this.#restoreSensor(row, kept.segments.get(row.sensor) ?? [], marker?.at ?? 0)
      this.#list.settle()
    }
    this.#owed.push(...kept.outbox)
    if (marker !== undefined) {
      this.#judging.receivedThrough = marker.receivedThrough
      return { receivedFrom: marker.receivedThrough - replayOverlapMs, observedFrom: marker.observedFrom }
    }
    if (at !== undefined) await this.#book.begin({ receivedThrough: at, observedFrom: 0, at })
    return undefined
  }

  #restoreSensor(row: KeptSensor, segments: readonly KeptSegment[], at: Instant): void {
    const fresh = this.#list.watch(row.sensor)
    if (fresh === undefined) {
      this.#gone.add(row.sensor)
      return
    }
    const watch = watchFromRows(this.#list, fresh, row, segments)
    this.#list.replace(watch)
    if (row.layout_json !== fresh.plan.layout)
      this.#owed.push(...tellRuleChange(this.#desk, formerOfRow(row, numbersOf(row.live)), watch, at))
  }

  /** Judges readings that were kept, each at its own time. Whatever was judged before changes nothing. */
  judge(readings: readonly Reading[], judgedAt: Instant): readonly AlarmEvent[] {
    const events = this.#judging.judge(readings, judgedAt)
    this.#list.settle()
    return this.#handOut(events)
  }

  /** What only time can tell: silence, and shelving that ends. */
  tick(at: Instant): readonly AlarmEvent[] {
    const events = this.#judging.tick(at)
    this.#list.settle()
    return this.#handOut(events)
  }

  /** Writes alarms and their history. The same events again change nothing. */
  async record(events: readonly AlarmEvent[]): Promise<void> {
    await this.#book.record(events)
    for (const event of events) this.#unrecorded.delete(event)
  }

  /**
   * Keeps the state of all that changed since the last time, with the marker and what was handed out and not recorded,
   * in one transaction. To be called between two events, not in the middle of acting on one.
   */
  async checkpoint(at: Instant): Promise<void> {
    // All of it is taken at one moment: judging goes on while it is written.
    const checkpoint = this.#takeCheckpoint(at)
    if (checkpoint === undefined) return
    try {
      await this.#book.keep(checkpoint)
    } catch (error) {
      // All of it goes into the next.
      putBack(checkpoint, (sensor) => this.#list.watch(sensor))
      for (const sensor of checkpoint.gone) this.#gone.add(sensor)
      throw error
    }
  }

  /** Alarms that are not simply inactive: also a shelved one and one whose rule is in error. */
  alarms(): readonly Alarm[] {
    return this.#desk.alarms()
  }

  /** Those of one asset. */
  stirringOf(asset: AssetId): readonly Alarm[] {
    return this.#desk.stirringOf(asset)
  }

  /** One alarm, by `rule@asset`, whatever its state. */
  alarm(id: string): Alarm | undefined {
    return this.#desk.alarm(id)
  }

  /** Every alarm of an asset, whatever its state. */
  alarmsOf(asset: AssetId): readonly Alarm[] {
    return this.#desk.alarmsOf(asset)
  }

  /** The newest reading of a watched sensor whose time could be believed. */
  newestAt(sensor: string): Instant | undefined {
    const at = this.#list.watch(sensor)?.newestAt
    return at === undefined || at === Number.NEGATIVE_INFINITY ? undefined : at
  }

  /** The limits a sensor's values are held against, for charts and evidence. */
  limitsOf(sensor: SensorId): readonly SensorLimit[] {
    const rules = this.#list.watch(sensor)?.plan.folds.map(({ rule }) => rule) ?? []
    return rules.flatMap((rule) => drawnLimits(rule).map((limit) => ({ rule, ...limit })))
  }

  /** Counts for this bout of trouble only. */
  acknowledge(id: string, by: string, at: Instant): Promise<Alarm | undefined> {
    return this.#desk.acknowledge(id, by, at)
  }

  /** Hides an alarm from crews until then; it is judged and listed all the same. */
  async shelve(id: string, shelving: Shelving, at: Instant): Promise<Alarm | undefined> {
    this.#owe(await this.#desk.shelve(id, shelving, at))
    return this.alarm(id)
  }

  async unshelve(id: string, by: string, at: Instant): Promise<Alarm | undefined> {
    this.#owe(await this.#desk.unshelve(id, by, at))
    return this.alarm(id)
  }

  /** Changes the service windows, and says at once what that hides or shows. */
  async changeWindows<Result>(at: Instant, change: (windows: ServiceWindows) => Promise<Result>): Promise<Result> {
    const result = await change(this.windows)
    this.#owed.push(...this.#desk.tend(at))
    return result
  }

  rules(): readonly Rule[] {
    return this.#list.rules()
  }

  /** Takes over new rules. What that changes is handed out with the next changes. */
  useRules(rules: readonly Rule[]): void {
    this.#follow(this.#list.useRules(rules))
  }

  stats(): JudgingStats {
    return this.#judging.stats()
  }

  /** Stops following the registry. */
  close(): void {
    this.#stopFollowing()
  }

  #handOut(events: AlarmEvent[]): readonly AlarmEvent[] {
    const all = this.#owed.length > 0 ? [...this.#owed, ...events] : events
    this.#owed = []
    for (const event of all) this.#unrecorded.add(event)
    return all
  }

  #owe(event: AlarmEvent | undefined): void {
    if (event !== undefined) this.#owed.push(event)
  }

  #follow(changes: readonly Replanned[]): void {
    for (const { before, after } of changes) {
      if (after === undefined) this.#gone.add(before.id)
      else this.#owed.push(...tellRuleChange(this.#desk, formerOf(before), after, this.#judging.lastAt))
    }
  }

  #takeCheckpoint(at: Instant): Checkpoint | undefined {
    const { receivedThrough } = this.#judging
    // Nothing was ever heard: there is no "up to here" yet.
    if (receivedThrough === Number.NEGATIVE_INFINITY) return undefined
    const marker = { receivedThrough, observedFrom: reachOf(this.#list.heard(), receivedThrough), at }
    const gone = [...this.#gone]
    this.#gone.clear()
    return { marker, ...takeChanges(this.#list.changed()), gone, outbox: [...this.#unrecorded, ...this.#owed] }
  }
}
