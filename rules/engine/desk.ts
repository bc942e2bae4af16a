import type { AssetId, DurationMs, Instant } from '../../city/index.ts'
import { Refusal } from '../../city/index.ts'
import type { Alarm, AlarmEvent, Hiding } from '../alarm.ts'
import type { Book, Kept } from '../alarm-book.ts'
import type { ServiceWindow } from '../situation/service-window.ts'
import { type AlarmRef, findRef, refsOf } from './alarm-ref.ts'
import { alarmIdOf, describeAlarm, describeChange, type Said } from './describe.ts'
import type { Handling } from './handling.ts'
import type { Hidings } from './hidings.ts'
import type { SensorWatch } from './sensor-watch.ts'
import { firing, inactive } from './slots.ts'
import { isSameHiding, Told } from './told.ts'
import type { WatchList } from './watch-list.ts'

// ISA-18.2 wants a shelf to empty itself; what has to stay hidden for longer belongs out of service.
const shelvedMaxMs: DurationMs = 30 * 86_400_000
// Looked at again each second: a thousand sensors behind a gateway at once, a hundred thousand within a minute.
const rememberedPerTickMax = 2_000

export type Shelving = { readonly reason: string; readonly by: string; readonly until: Instant }

/** Alarms as people see them: what is hidden and by what, who acknowledged, and the words for each change. */
export class AlarmDesk {
  readonly #list: WatchList
  readonly #book: Book
  readonly #hidings: Hidings
  #handling = new Map<string, Handling>()
  readonly #told = new Told()
  /** Assets of which an alarm changed that may explain those of others. */
  readonly #changedParents = new Set<AssetId>()
  /** Alarms that a person hid one by one: listed whatever their state. */
  #putAside: ReadonlySet<string> = new Set()
  /** The last moment we were told of. */
  #now: Instant = 0

  constructor(list: WatchList, book: Book, hidings: Hidings) {
    this.#list = list
    this.#book = book
    this.#hidings = hidings
  }

  restore({ handling, hidden }: Pick<Kept, 'handling' | 'hidden'>, at: Instant): void {
    this.#now = at
    this.#hidings.listeningSince = at
    this.#handling = new Map(handling)
    this.#told.restore(hidden)
    this.#lookForPutAside()
  }

  /** Every alarm of an asset, also those that are inactive. */
  alarmsOf(asset: AssetId): Alarm[] {
    return [...this.#list.watchesOf(asset)].flatMap((watch) => [...refsOf(watch)].map((ref) => this.describe(ref)))
  }

  /** Alarms that are not simply inactive: also one that somebody hid, and one whose rule is in error. */
  alarms(): Alarm[] {
    return this.#hidings.inBulk(() => this.#withPutAside(this.#stirring(this.#list.awake()), this.#putAside))
  }

  /** The same, of one asset. */
  stirringOf(asset: AssetId): Alarm[] {
    const ends = `@${asset}`
    const aside = this.#putAside.size === 0 ? [] : [...this.#putAside].filter((id) => id.endsWith(ends))
    return this.#withPutAside(this.#stirring(this.#list.awakeOf(asset)), aside)
  }

  /** Those at rest are calm, but somebody may have put them aside. */
  #withPutAside(found: Alarm[], aside: Iterable<string>): Alarm[] {
    const known = new Set(found.map(({ id }) => id))
    for (const id of aside) {
      const ref = known.has(id) ? undefined : findRef(this.#list, id)
      if (ref !== undefined) found.push(this.describe(ref))
    }
    return found
  }

  #stirring(watches: Iterable<SensorWatch>): Alarm[] {
    const found: Alarm[] = []
    const put = this.#putAside
    for (const watch of watches) {
      if (watch.isCalm && put.size === 0) continue
      for (const ref of refsOf(watch))
        if (ref.standing.state !== inactive || ref.error !== undefined || put.has(idOf(ref)))
          found.push(this.describe(ref))
    }
    return found
  }

  /** Asked of thousands of assets a second, so it is looked up once a tick and after every change. */
  #lookForPutAside(): void {
    const ids = new Set(this.#hidings.windows.alarmsOut(this.#now))
    for (const [id, { shelved }] of this.#handling) if (shelved !== undefined) ids.add(id)
    this.#putAside = ids
  }

  alarm(id: string): Alarm | undefined {
    const ref = findRef(this.#list, id)
    return ref && this.describe(ref)
  }

  /** `happenedAt`: event time of what is told, where that is not now. */
  describe(ref: AlarmRef, happenedAt: Instant = this.#now): Alarm {
    const id = idOf(ref)
    const handling = this.#handling.get(id)
    const hiddenBy = this.#hidings.of(ref, handling, this.#told.hidingOf(id), this.#now, happenedAt)
    return describeAlarm(ref, { handling, hiddenBy })
  }

  /** The event of a change; `ref` stands as of that change. */
  tell(ref: AlarmRef, said: Said, judgedAt: Instant): AlarmEvent {
    this.#now = Math.max(this.#now, judgedAt)
    const around = { quantity: ref.watch.sensor.quantity, timeZone: this.#list.timeZone }
    const event = describeChange(this.describe(ref, said.at), said, around, judgedAt)
    this.#told.note(event.alarm)
    if (this.#hidings.explainsOthers(ref)) this.#changedParents.add(ref.watch.sensor.asset)
    return event
  }

  /** Says again what did not change but is now hidden, or hidden no more. */
  sayAgain(ref: AlarmRef, reason: string, at: Instant): AlarmEvent {
    const alarm = this.describe(ref)
    this.#told.note(alarm)
    return { alarm, before: { state: alarm.state, level: alarm.level }, at, judgedAt: at, reason }
  }

  /** Follows an alarm that explains others: what it explains becomes hidden, and what it no longer explains is said again. */
  gatewayChanged(parent: AssetId, at: Instant): AlarmEvent[] {
    if (!this.#changedParents.delete(parent)) return []
    this.#now = Math.max(this.#now, at)
    const children = new Set(this.#hidings.topology.childrenOf(parent).map(({ asset }) => asset))
    return [...children].flatMap((child) => this.#lookAtAsset(child, at))
  }

  /** What only time can tell: shelves and windows that begin and end, and what a parent explains no longer. */
  tend(at: Instant): AlarmEvent[] {
    this.#now = Math.max(this.#now, at)
    return this.#hidings.inBulk(() => this.#tendAll(at))
  }

  #tendAll(at: Instant): AlarmEvent[] {
    const events = [...this.#changedParents].flatMap((parent) => this.gatewayChanged(parent, at))
    const { windows } = this.#hidings
    for (const window of windows.begun(at)) events.push(...this.#lookAtWindow(window, at))
    events.push(...this.#endShelving(at))
    this.#lookForPutAside()
    for (const id of this.#told.next(rememberedPerTickMax)) {
      const ref = findRef(this.#list, id)
      if (ref === undefined || ref.standing.state < firing) this.#told.forget(id)
      else events.push(...this.#lookAgain(ref, at))
    }
    return events
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
    this.#lookForPutAside()
    return this.#activeAgain(id, `shelved by ${by}: ${reason}`, at)
  }

  async unshelve(id: string, by: string, at: Instant): Promise<AlarmEvent | undefined> {
    const held = this.#handling.get(id)
    if (held?.shelved === undefined) return undefined
    const handling: Handling = { ...held, shelved: undefined }
    await this.#book.handle(id, handling, { alarm: id, at, by, action: 'unshelved', detail: '' })
    this.#handling.set(id, handling)
    this.#lookForPutAside()
    return this.#activeAgain(id, `taken off the shelf by ${by}`, at)
  }

  /** Ends the shelving whose time is over. Its end was written down with its beginning, so nothing needs keeping. */
  #endShelving(at: Instant): AlarmEvent[] {
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

  #lookAtWindow(window: ServiceWindow, at: Instant): AlarmEvent[] {
    if (window.alarm === undefined)
      return [...this.#hidings.windows.coveredBy(window)].flatMap((asset) => this.#lookAtAsset(asset, at))
    const ref = findRef(this.#list, window.alarm)
    return ref === undefined ? [] : this.#lookAgain(ref, at)
  }

  #lookAtAsset(asset: AssetId, at: Instant): AlarmEvent[] {
    const events: AlarmEvent[] = []
    for (const watch of this.#list.awakeOf(asset)) {
      if (watch.isCalm) continue
      for (const ref of refsOf(watch)) events.push(...this.#lookAgain(ref, at))
    }
    return events
  }

  /** Says an alarm again when what hides it is no longer what was told. */
  #lookAgain(ref: AlarmRef, at: Instant): AlarmEvent[] {
    if (ref.standing.state < firing) return []
    const id = idOf(ref)
    const before = this.#told.hidingOf(id)
    const now = this.#hidings.of(ref, this.#handling.get(id), before, this.#now)
    return isSameHiding(before, now) ? [] : [this.sayAgain(ref, againWords(before, now, ref.watch.sensor.asset), at)]
  }
}

function idOf({ rule, watch }: AlarmRef): string {
  return alarmIdOf(rule.id, watch.sensor.asset)
}

function againWords(before: Hiding | undefined, now: Hiding | undefined, asset: AssetId): string {
  if (now?.kind === 'suppressed') return `explained by ${now.reason}`
  if (now?.kind === 'out-of-service') return `out of service: ${now.reason}`
  if (now !== undefined) return `${now.kind}: ${now.reason}`
  if (before?.kind === 'suppressed' && before.parent === asset)
    return 'its sensor is believed again, and it still holds'
  if (before?.kind === 'suppressed') return `${before.parent} no longer explains it, and it still holds`
  return 'the time out of service is over, and it still holds'
}
