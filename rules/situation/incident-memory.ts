import type { Instant } from '../../city/index.ts'
import type { Incident, IncidentMember } from './incident.ts'

/** An incident with its members, in memory. */
export type Held = {
  incident: Incident
  readonly members: Map<string, IncidentMember>
  /** Members that are not over, by occurrence. */
  readonly going: Set<string>
  /** Its words are to be found anew. */
  isGrown: boolean
}

/** Incidents that go on or did within the last day, and what has changed of them since it was last written. */
export class IncidentMemory {
  readonly #held = new Map<number, Held>()
  readonly #numberOf = new Map<string, number>()
  /** Bouts in an incident that are not over, by alarm: in a flood, thousands end one by one. */
  readonly #goingOf = new Map<string, Set<string>>()
  /** What changed, by incident, and which of its members: kept until it is written. */
  readonly #unwritten = new Map<number, Set<string>>()

  all(): Iterable<Held> {
    return this.#held.values()
  }

  held(number: number | undefined): Held | undefined {
    return number === undefined ? undefined : this.#held.get(number)
  }

  numberOf(occurrence: string): number | undefined {
    return this.#numberOf.get(occurrence)
  }

  hold(incident: Incident, isGrown: boolean): Held {
    const held: Held = { incident, members: new Map(), going: new Set(), isGrown }
    this.#held.set(incident.number, held)
    return held
  }

  /** Writes a member down, and whether it goes on. */
  put(member: IncidentMember, held: Held): void {
    const { occurrence, alarm, overAt } = member
    held.members.set(occurrence, member)
    this.#numberOf.set(occurrence, held.incident.number)
    const going = this.#goingOf.get(alarm) ?? new Set()
    if (overAt === undefined) {
      held.going.add(occurrence)
      this.#goingOf.set(alarm, going.add(occurrence))
    } else {
      held.going.delete(occurrence)
      going.delete(occurrence)
      if (going.size === 0) this.#goingOf.delete(alarm)
    }
  }

  enrol(member: IncidentMember, held: Held): void {
    this.put(member, held)
    this.touch(held.incident.number, member.occurrence)
  }

  /** An alarm is over, and with its last one its incident. */
  end(alarm: string, at: Instant): void {
    for (const occurrence of this.#goingOf.get(alarm) ?? []) {
      const held = this.held(this.#numberOf.get(occurrence))
      const member = held?.members.get(occurrence)
      if (held === undefined || member === undefined || member.from > at) continue
      this.enrol({ ...member, overAt: at }, held)
      if (held.going.size === 0) held.incident = { ...held.incident, state: 'over', overAt: at }
    }
  }

  merge(other: Held, into: Held): void {
    for (const member of other.members.values()) this.enrol(member, into)
    other.members.clear()
    other.going.clear()
    other.incident = { ...other.incident, state: 'merged', mergedInto: into.incident.number }
    const crewsTold = [...new Set([...into.incident.crewsTold, ...other.incident.crewsTold])]
    into.incident = { ...into.incident, crewsTold }
    this.touch(other.incident.number)
  }

  touch(number: number, occurrence?: string): void {
    const known = this.#unwritten.get(number) ?? new Set()
    this.#unwritten.set(number, known)
    if (occurrence !== undefined) known.add(occurrence)
  }

  /** What is to be written. */
  changes(): { readonly held: Held; readonly members: readonly IncidentMember[] }[] {
    return [...this.#unwritten].flatMap(([number, occurrences]) => {
      const held = this.#held.get(number)
      return held === undefined
        ? []
        : [{ held, members: [...occurrences].flatMap((occurrence) => held.members.get(occurrence) ?? []) }]
    })
  }

  /** All of it is written now. */
  written(): void {
    this.#unwritten.clear()
    for (const [number, { incident }] of this.#held) if (incident.state === 'merged') this.#held.delete(number)
  }

  /** Forgets what was over before. */
  forgetOverBefore(at: Instant): void {
    for (const [number, { incident, members }] of this.#held) {
      if (incident.state === 'open' || this.#unwritten.has(number) || (incident.overAt ?? 0) >= at) continue
      this.#held.delete(number)
      for (const occurrence of members.keys()) this.#numberOf.delete(occurrence)
    }
  }
}
