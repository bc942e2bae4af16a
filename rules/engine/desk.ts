import type { AssetId, DurationMs, Instant } from '../../city/index.ts'
import { Refusal } from '../../city/index.ts'
import type { Alarm, AlarmEvent, Hiding } from '../alarm.ts'
import type { Book } from '../alarm-book.ts'
import { type AlarmRef, findRef, refsOf } from './alarm-ref.ts'
import { alarmIdOf, describeAlarm, describeChange, type Said } from './describe.ts'
import type { Handling } from './handling.ts'
import type { SensorWatch } from './sensor-watch.ts'
import { firing, inactive } from './slots.ts'
import type { WatchList } from './watch-list.ts'

// ISA-18.2 wants a shelf to empty itself; what has to stay hidden for longer belongs out of service.
const shelvedMaxMs: DurationMs = 30 * 86_400_000

export type Shelving = { readonly reason: string; readonly by: string; readonly until: Instant }

/** Alarms as people see them: what is hidden and by what, who acknowledged, and the words for each change. */
export class AlarmDesk {
  readonly #list: WatchList
  readonly #book: Book
  #handling = new Map<string, Handling>()
  /** Gateways that are silent now: they explain the silence of what reports through them. */
  readonly #silentGateways = new Set<AssetId>()

  constructor(list: WatchList, book: Book) {
    this.#list = list
    this.#book = book
  }

  restore(handling: ReadonlyMap<string, Handling>): void {
    this.#handling = new Map(handling)
    for (const gateway of this.#list.gateways().keys()) if (this.#isSilent(gateway)) this.#silentGateways.add(gateway)
  }

  /** Every alarm of an asset, also those that are inactive. */
  alarmsOf(asset: AssetId): Alarm[] {
    return [...this.#list.watchesOf(asset)].flatMap((watch) => [...refsOf(watch)].map((ref) => this.describe(ref)))
  }

  /** Alarms that are not simply inactive: also a shelved one and one whose rule is in error. */
  alarms(): Alarm[] {
    return this.#stirring(this.#list.watches())
  }

  /** The same, of one asset. */
  stirringOf(asset: AssetId): Alarm[] {
    return this.#stirring(this.#list.watchesOf(asset))
  }

  #stirring(watches: Iterable<SensorWatch>): Alarm[] {
    const found: Alarm[] = []
    const isAnyShelved = [...this.#handling.values()].some(({ shelved }) => shelved !== undefined)
    for (const watch of watches) {
      if (watch.isCalm && !isAnyShelved) continue
      for (const ref of refsOf(watch))
        if (ref.standing.state !== inactive || ref.error !== undefined || this.#shelved(ref) !== undefined)
          found.push(this.describe(ref))
    }
    return found
  }

  alarm(id: string): Alarm | undefined {
    const ref = findRef(this.#list, id)
    return ref && this.describe(ref)
  }

  describe(ref: AlarmRef): Alarm {
    const handling = this.#handling.get(alarmIdOf(ref.rule.id, ref.watch.sensor.asset))
    return describeAlarm(ref, { handling, hiddenBy: this.#hidingOf(ref) })
  }

  /** The event of a change; `ref` stands as of that change. */
  tell(ref: AlarmRef, said: Said, judgedAt: Instant): AlarmEvent {
    return describeChange(this.describe(ref), said, ref.watch.sensor.quantity, judgedAt)
  }

  /** Says again what did not change but is now hidden, or hidden no more. */
  sayAgain(ref: AlarmRef, reason: string, at: Instant): AlarmEvent {
    const alarm = this.describe(ref)
    return { alarm, before: { state: alarm.state, level: alarm.level }, at, judgedAt: at, reason }
  }

  /** Follows a gateway's silence: what it explains becomes hidden, and what remains true afterwards is said again. */
  gatewayChanged(gateway: AssetId, at: Instant): AlarmEvent[] {
    const children = this.#list.gateways().get(gateway)
    const silent = this.#isSilent(gateway)
    if (children === undefined || silent === this.#silentGateways.has(gateway)) return []
    if (silent) this.#silentGateways.add(gateway)
    else this.#silentGateways.delete(gateway)
    const reason = silent
      ? `explained by ${gateway}, which is silent itself`
      : `${gateway} is heard again, and this is still silent`
    return children.flatMap((child) =>
      [...this.#list.watchesOf(child)].flatMap((watch) =>
        [...refsOf(watch)]
          .filter(({ rule, standing }) => rule.condition.kind === 'silence' && standing.state >= firing)
          .map((ref) => this.sayAgain(ref, reason, at)),
      ),
    )
  }

  async acknowledge(id: string, by: string, at: Instant): Promise<Alarm | undefined> {
    const alarm = this.alarm(id)
    if (alarm?.occurrence === undefined) return alarm
    const handling = { ...this.#handling.get(id), acknowledged: { by, at, occurrence: alarm.occurrence } }
    await this.#book.handle(id, handling, { alarm: id, at, by, action: 'acknowledged', detail: alarm.occurrence })
    this.#handling.set(id, handling)
    return this.alarm(id)
  }

  /** Hides an alarm from crews for a time; it is judged all the same. Returns the event to tell when it is active. */
  async shelve(id: string, { reason, by, until }: Shelving, at: Instant): Promise<AlarmEvent | undefined> {
    if (findRef(this.#list, id) === undefined) return undefined
    if (!(until > at) || until - at > shelvedMaxMs)
      throw new Refusal(
        'ALARM_SHELVE_UNTIL',
        `"${id}" cannot be shelved until then: expected a time within the next 30 days`,
      )
    const handling: Handling = { ...this.#handling.get(id), shelved: { kind: 'shelved', reason, by, until } }
    const detail = `${reason} (until ${new Date(until).toISOString()})`
    await this.#book.handle(id, handling, { alarm: id, at, by, action: 'shelved', detail })
    this.#handling.set(id, handling)
    return this.#activeAgain(id, `shelved by ${by}: ${reason}`, at)
  }

  async unshelve(id: string, by: string, at: Instant): Promise<AlarmEvent | undefined> {
    const held = this.#handling.get(id)
    if (held?.shelved === undefined) return undefined
    const handling: Handling = { ...held, shelved: undefined }
    await this.#book.handle(id, handling, { alarm: id, at, by, action: 'unshelved', detail: '' })
    this.#handling.set(id, handling)
    return this.#activeAgain(id, `taken off the shelf by ${by}`, at)
  }

  /** Ends the shelving whose time is over. Its end was written down with its beginning, so nothing needs keeping. */
  endShelving(at: Instant): AlarmEvent[] {
    const events: AlarmEvent[] = []
    for (const [id, handling] of this.#handling) {
      if (handling.shelved === undefined || handling.shelved.until > at) continue
      this.#handling.set(id, { ...handling, shelved: undefined })
      const event = this.#activeAgain(id, 'the time on the shelf is over', at)
      if (event !== undefined) events.push(event)
    }
    return events
  }

  #activeAgain(id: string, reason: string, at: Instant): AlarmEvent | undefined {
    const ref = findRef(this.#list, id)
    return ref === undefined || ref.standing.state === inactive ? undefined : this.sayAgain(ref, reason, at)
  }

  #shelved(ref: AlarmRef): Hiding | undefined {
    // Few alarms are ever shelved: no name is put together for all the others.
    if (this.#handling.size === 0) return undefined
    return this.#handling.get(alarmIdOf(ref.rule.id, ref.watch.sensor.asset))?.shelved
  }

  #hidingOf(ref: AlarmRef): Hiding | undefined {
    const shelved = this.#shelved(ref)
    if (shelved !== undefined) return shelved
    if (ref.rule.condition.kind !== 'silence') return undefined
    const gateway = this.#list.gatewayOf(ref.watch.sensor.asset)
    if (gateway === undefined || !this.#silentGateways.has(gateway)) return undefined
    return { kind: 'suppressed', reason: `${gateway}, through which it reports, is silent`, parent: gateway }
  }

  #isSilent(asset: AssetId): boolean {
    for (const watch of this.#list.watchesOf(asset))
      if (watch.silences.some(({ state }) => state >= firing)) return true
    return false
  }
}
