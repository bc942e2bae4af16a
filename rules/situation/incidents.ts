/**
 * The alarms' incidents.
 *
 * - `troubles` are alarms that fire, of the last day and a bounded number: what a new one is held against. After a
 *   restart they are what fires and what the incidents hold.
 * - `groupTroubles` says which of them belong together, `describeIncident` whether that is an incident, and what of.
 * - `IncidentBook` keeps incidents and members. An alarm's bout is in one incident at most; it is known by its
 *   occurrence, so that a replay adds nothing.
 *
 * Tickets and alarms are not changed by an incident: it is a way to look at them, and to call a crew once.
 */
import type { Database, DurationMs, Instant, Registry } from '../../city/index.ts'
import type { Alarm, AlarmEvent } from '../alarm.ts'
import { groupedTroubleOf } from './grouped-trouble.ts'
import { groupTroubles } from './grouping.ts'
import type { Incident, IncidentMember } from './incident.ts'
import { IncidentBook } from './incident-book.ts'
import { type Held, IncidentMemory } from './incident-memory.ts'
import { describeIncident } from './root.ts'
import { Topology } from './topology.ts'

/** A reading may come a day late, and what it shows may belong to what was then. */
const rememberedMs: DurationMs = 24 * 3_600_000
/** Held against each other at once; of more the oldest are let go, which the incidents hold already. */
const troublesMax = 1_500
/** Looked at together; the rest of a larger flood follows. */
const chunk = 500
/** Of one incident; the page says so. */
const membersMax = 10_000

export type IncidentsOptions = {
  readonly database: Database
  readonly registry: Pick<Registry, 'asset' | 'assets' | 'class'>
}

export type IncidentListener = (incident: Incident) => void

export class Incidents {
  readonly #book: IncidentBook
  readonly #town: Parameters<typeof describeIncident>[1]
  readonly #registry: IncidentsOptions['registry']
  readonly #listeners = new Set<IncidentListener>()
  readonly #troubles = new Map<string, IncidentMember>()
  readonly #memory = new IncidentMemory()
  #newest = 0

  private constructor({ database, registry }: IncidentsOptions) {
    this.#book = new IncidentBook(database)
    this.#registry = registry
    this.#town = {
      asset: (id) => registry.asset(id),
      className: (id) => registry.class(id),
      topology: new Topology(registry),
    }
  }

  static async open(options: IncidentsOptions, at: Instant): Promise<Incidents> {
    const incidents = new Incidents(options)
    await incidents.#restore(at)
    return incidents
  }

  async #restore(at: Instant): Promise<void> {
    this.#newest = await this.#book.newestNumber()
    for (const incident of await this.#book.goingOnSince(at - rememberedMs)) {
      const held = this.#memory.hold(incident, false)
      for (const member of await this.#book.membersOf(incident.number)) {
        this.#memory.put(member, held)
        this.#troubles.set(member.occurrence, member)
      }
    }
  }

  /** After a start: alarms that stir already, and were told before. */
  seed(alarms: readonly Alarm[]): void {
    for (const alarm of alarms) {
      const trouble = groupedTroubleOf(alarm, this.#registry)
      if (trouble !== undefined && !this.#troubles.has(trouble.occurrence))
        this.#troubles.set(trouble.occurrence, { ...trouble, overAt: undefined })
    }
    this.#letGo()
  }

  /** Takes in what alarms did. The same events again change nothing. */
  async consider(events: readonly AlarmEvent[], at: Instant): Promise<void> {
    for (let start = 0; start < events.length; start += chunk) {
      const isNews = this.#takeIn(events.slice(start, start + chunk))
      if (isNews) for (const group of groupTroubles([...this.#troubles.values()], this.#town)) this.#settle(group, at)
      this.#letGo()
      // A flood of thousands must not keep readings waiting.
      if (start + chunk < events.length) await new Promise((resolve) => setImmediate(resolve))
    }
    await this.#write()
  }

  async #write(): Promise<void> {
    const changed = this.#memory.changes()
    if (changed.length === 0) return
    for (const { held } of changed) {
      // What made it one may have been taken out of the town since: then it keeps the words it has.
      if (held.isGrown && held.incident.state !== 'merged')
        held.incident = { ...held.incident, ...describeIncident([...held.members.values()], this.#town) }
      held.isGrown = false
    }
    await this.#book.write(
      changed.map(({ held }) => held.incident),
      changed.flatMap(({ held, members }) => members.map((member) => ({ incident: held.incident.number, member }))),
    )
    this.#memory.written()
    for (const { held } of changed) this.#tell(held.incident)
  }

  /** Of one bout of an alarm; those of the last day are known at once. */
  numberOf(occurrence: string | undefined): number | undefined {
    return occurrence === undefined ? undefined : this.#memory.numberOf(occurrence)
  }

  incidentOf(occurrence: string): Promise<number | undefined> {
    const known = this.#memory.numberOf(occurrence)
    return known === undefined ? this.#book.incidentOf(occurrence) : Promise.resolve(known)
  }

  /** One that is going on or was within the last day. */
  known(number: number | undefined): Incident | undefined {
    return this.#memory.held(number)?.incident
  }

  get(number: number): Promise<Incident | undefined> {
    return this.#book.find(number)
  }

  membersOf(number: number): Promise<readonly IncidentMember[]> {
    return this.#book.membersOf(number)
  }

  list(state: 'open' | 'all', before: number | undefined, limit: number): Promise<readonly Incident[]> {
    return this.#book.list(state, before, limit)
  }

  openCount(): number {
    let count = 0
    for (const { incident } of this.#memory.all()) if (incident.state === 'open') count++
    return count
  }

  /** Whether this crew is to be told of the incident: once each. */
  async callsCrew(number: number, crew: string): Promise<boolean> {
    const held = this.#memory.held(number)
    if (held === undefined || held.incident.crewsTold.includes(crew)) return false
    held.incident = { ...held.incident, crewsTold: [...held.incident.crewsTold, crew] }
    await this.#book.write([held.incident], [])
    return true
  }

  /** Called for every change, after it was written. Returns how to stop. */
  onChange(listener: IncidentListener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Whether there is a trouble that was not known. */
  #takeIn(events: readonly AlarmEvent[]): boolean {
    let isNews = false
    for (const { alarm, at } of events) {
      if (alarm.state === 'inactive') this.#end(alarm, at)
      const trouble = alarm.state === 'firing' ? groupedTroubleOf(alarm, this.#registry) : undefined
      if (trouble === undefined || this.#troubles.has(trouble.occurrence)) continue
      this.#troubles.set(trouble.occurrence, { ...trouble, overAt: undefined })
      isNews = true
    }
    return isNews
  }

  #end({ id, occurrence: ended }: Alarm, at: Instant): void {
    // It may yet turn out to have been part of something: then as one that was over by now.
    const trouble = this.#troubles.get(ended ?? '')
    if (trouble?.overAt === undefined && trouble !== undefined)
      this.#troubles.set(trouble.occurrence, { ...trouble, overAt: at })
    this.#memory.end(id, at)
  }

  /** A group of troubles becomes an incident, joins one, or makes several into one. */
  #settle(group: readonly IncidentMember[], at: Instant): void {
    const numbers = [...new Set(group.flatMap(({ occurrence }) => this.#memory.numberOf(occurrence) ?? []))]
    const [first, ...others] = numbers
      .sort((one, other) => one - other)
      .flatMap((number) => this.#memory.held(number) ?? [])
    const fresh = group.filter(({ occurrence }) => this.#memory.numberOf(occurrence) === undefined)
    if (fresh.length === 0 && others.length === 0) return
    const held = first ?? this.#found(group, at)
    if (held === undefined) return
    for (const other of others) this.#memory.merge(other, held)
    for (const trouble of fresh) {
      if (held.members.size >= membersMax) break
      this.#memory.enrol(trouble, held)
    }
    held.isGrown = true
    const isOver = held.going.size === 0
    const overAt = isOver ? Math.max(...[...held.members.values()].map((member) => member.overAt ?? at)) : undefined
    held.incident = { ...held.incident, state: isOver ? 'over' : 'open', overAt }
    this.#memory.touch(held.incident.number)
  }

  #found(group: readonly IncidentMember[], at: Instant): Held | undefined {
    const words = describeIncident(group, this.#town)
    if (words === undefined) return undefined
    const number = ++this.#newest
    const incident: Incident = {
      ...words,
      number,
      state: 'open',
      mergedInto: undefined,
      openedAt: at,
      overAt: undefined,
      crewsTold: [],
    }
    return this.#memory.hold(incident, true)
  }

  /** Forgets what is too old for anything to follow from it, and of too many the oldest. */
  #letGo(): void {
    let newest = Number.NEGATIVE_INFINITY
    for (const { to } of this.#troubles.values()) newest = Math.max(newest, to)
    for (const [occurrence, { to }] of this.#troubles) if (to < newest - rememberedMs) this.#troubles.delete(occurrence)
    const surplus = this.#troubles.size - troublesMax
    if (surplus > 0) {
      const oldest = [...this.#troubles.values()].sort((one, other) => one.from - other.from).slice(0, surplus)
      for (const { occurrence } of oldest) this.#troubles.delete(occurrence)
    }
    this.#memory.forgetOverBefore(newest - rememberedMs)
  }

  #tell(incident: Incident): void {
    for (const listener of this.#listeners) listener(incident)
  }
}
