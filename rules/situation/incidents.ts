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
import { type GroupedTrouble, groupTroubles } from './grouping.ts'
import type { Incident, IncidentMember } from './incident.ts'
import { IncidentBook } from './incident-book.ts'
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

type Held = { incident: Incident; readonly members: Map<string, IncidentMember> }

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
  readonly #troubles = new Map<string, GroupedTrouble>()
  readonly #held = new Map<number, Held>()
  readonly #numberOf = new Map<string, number>()
  /** What changed, by incident, and which of its members: kept until it is written. */
  readonly #unwritten = new Map<number, Set<string>>()
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
      const members = new Map((await this.#book.membersOf(incident.number)).map((each) => [each.occurrence, each]))
      this.#held.set(incident.number, { incident, members })
      for (const [occurrence, member] of members) {
        this.#numberOf.set(occurrence, incident.number)
        this.#troubles.set(occurrence, member)
      }
    }
  }

  /** After a start: alarms that stir already, and were told before. */
  seed(alarms: readonly Alarm[]): void {
    for (const alarm of alarms) {
      const trouble = groupedTroubleOf(alarm, this.#registry)
      if (trouble !== undefined) this.#troubles.set(trouble.occurrence, trouble)
    }
    this.#letGo()
  }

  /** Takes in what alarms did. The same events again change nothing. */
  async consider(events: readonly AlarmEvent[], at: Instant): Promise<void> {
    for (let start = 0; start < events.length; start += chunk)
      await this.#considerSome(events.slice(start, start + chunk), at)
  }

  async #considerSome(events: readonly AlarmEvent[], at: Instant): Promise<void> {
    const touched = this.#unwritten
    const isNews = this.#takeIn(events, touched)
    if (isNews)
      for (const group of groupTroubles([...this.#troubles.values()], this.#town)) this.#settle(group, at, touched)
    if (touched.size === 0) return
    const changed = [...touched].flatMap(([number, occurrences]) => {
      const held = this.#held.get(number)
      return held === undefined ? [] : [{ held, occurrences }]
    })
    const members = changed.flatMap(({ held, occurrences }) =>
      [...occurrences].flatMap((occurrence) => {
        const member = held.members.get(occurrence)
        return member === undefined ? [] : [{ incident: held.incident.number, member }]
      }),
    )
    await this.#book.write(
      changed.map(({ held }) => held.incident),
      members,
    )
    touched.clear()
    for (const { held } of changed) {
      this.#tell(held.incident)
      if (held.incident.state === 'merged') this.#held.delete(held.incident.number)
    }
    this.#letGo()
  }

  /** Of one bout of an alarm; those of the last day are known at once. */
  numberOf(occurrence: string | undefined): number | undefined {
    return occurrence === undefined ? undefined : this.#numberOf.get(occurrence)
  }

  incidentOf(occurrence: string): Promise<number | undefined> {
    const known = this.#numberOf.get(occurrence)
    return known === undefined ? this.#book.incidentOf(occurrence) : Promise.resolve(known)
  }

  /** One that is going on or was within the last day. */
  known(number: number | undefined): Incident | undefined {
    return number === undefined ? undefined : this.#held.get(number)?.incident
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
    for (const { incident } of this.#held.values()) if (incident.state === 'open') count++
    return count
  }

  /** Whether this crew is to be told of the incident: once each. */
  async callsCrew(number: number, crew: string): Promise<boolean> {
    const held = this.#held.get(number)
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
  #takeIn(events: readonly AlarmEvent[], touched: Map<number, Set<string>>): boolean {
    let isNews = false
    for (const { alarm, at } of events) {
      if (alarm.state === 'inactive') this.#end(alarm.id, at, touched)
      const trouble = alarm.state === 'firing' ? groupedTroubleOf(alarm, this.#registry) : undefined
      if (trouble === undefined || this.#troubles.has(trouble.occurrence)) continue
      this.#troubles.set(trouble.occurrence, trouble)
      isNews = true
    }
    return isNews
  }

  #end(alarm: string, at: Instant, touched: Map<number, Set<string>>): void {
    for (const held of this.#held.values()) {
      if (held.incident.state === 'merged') continue
      let isOne = false
      for (const [occurrence, member] of held.members) {
        if (member.alarm !== alarm || member.overAt !== undefined || member.from > at) continue
        held.members.set(occurrence, { ...member, overAt: at })
        touch(touched, held.incident.number, occurrence)
        isOne = true
      }
      if (isOne && [...held.members.values()].every(({ overAt }) => overAt !== undefined))
        held.incident = { ...held.incident, state: 'over', overAt: at }
    }
  }

  /** A group of troubles becomes an incident, joins one, or makes several into one. */
  #settle(group: readonly GroupedTrouble[], at: Instant, touched: Map<number, Set<string>>): void {
    const numbers = [...new Set(group.flatMap(({ occurrence }) => this.#numberOf.get(occurrence) ?? []))]
    const [first, ...others] = numbers
      .sort((one, other) => one - other)
      .flatMap((number) => this.#held.get(number) ?? [])
    const fresh = group.filter(({ occurrence }) => !this.#numberOf.has(occurrence))
    if (fresh.length === 0 && others.length === 0) return
    const held = first ?? this.#found(group, at)
    if (held === undefined) return
    for (const other of others) this.#merge(other, held, touched)
    for (const trouble of fresh) {
      if (held.members.size >= membersMax) break
      this.#enrol({ ...trouble, overAt: undefined }, held, touched)
    }
    const words = describeIncident([...held.members.values()], this.#town)
    // What made it one may have been taken out of the town since: it keeps the words it has.
    held.incident = { ...held.incident, ...words, state: 'open', overAt: undefined }
    touch(touched, held.incident.number)
  }

  #found(group: readonly GroupedTrouble[], at: Instant): Held | undefined {
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
    const held = { incident, members: new Map<string, IncidentMember>() }
    this.#held.set(number, held)
    return held
  }

  #enrol(member: IncidentMember, held: Held, touched: Map<number, Set<string>>): void {
    held.members.set(member.occurrence, member)
    this.#numberOf.set(member.occurrence, held.incident.number)
    touch(touched, held.incident.number, member.occurrence)
  }

  #merge(other: Held, into: Held, touched: Map<number, Set<string>>): void {
    for (const member of other.members.values()) this.#enrol(member, into, touched)
    other.members.clear()
    other.incident = { ...other.incident, state: 'merged', mergedInto: into.incident.number }
    into.incident = {
      ...into.incident,
      crewsTold: [...new Set([...into.incident.crewsTold, ...other.incident.crewsTold])],
    }
    touch(touched, other.incident.number)
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
    for (const [number, { incident, members }] of this.#held) {
      if (incident.state === 'open' || (incident.overAt ?? 0) >= newest - rememberedMs) continue
      this.#held.delete(number)
      for (const occurrence of members.keys()) this.#numberOf.delete(occurrence)
    }
  }

  #tell(incident: Incident): void {
    for (const listener of this.#listeners) listener(incident)
  }
}

function touch(touched: Map<number, Set<string>>, number: number, occurrence?: string): void {
  const known = touched.get(number) ?? new Set()
  touched.set(number, known)
  if (occurrence !== undefined) known.add(occurrence)
}
