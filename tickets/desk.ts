import type { AssetId, FailureMode, Instant, Registry } from '../city/index.ts'
import { type CrewChoice, chooseCrew } from './crew-choice.ts'
import { Dependents } from './dependents.ts'
import type { OpenTickets } from './open-tickets.ts'
import { dueAfter, priorityOf } from './priority.ts'
import type { HistoryEntry, Ticket, TicketState } from './ticket.ts'
import { programName, spokenTime } from './words.ts'

// For the sentence "n other assets depend on it"; the points end far below.
const dependentsMax = 1_000

/** What those who write tickets need to know of the town, in one place. */
export class Desk {
  readonly registry: Registry
  readonly #open: OpenTickets
  readonly #dependents: Dependents

  constructor(registry: Registry, open: OpenTickets) {
    this.registry = registry
    this.#open = open
    this.#dependents = new Dependents(registry)
  }

  assetName(asset: AssetId): string {
    return this.registry.asset(asset)?.name ?? asset
  }

  failureMode(asset: AssetId, failureMode: string): FailureMode | undefined {
    const classId = this.registry.asset(asset)?.class
    return classId === undefined
      ? undefined
      : this.registry.class(classId)?.failureModes.find(({ id }) => id === failureMode)
  }

  crewFor(asset: AssetId, mode: FailureMode | undefined): CrewChoice {
    if (mode === undefined)
      return { crew: undefined, because: 'Not assigned: the asset class does not know this failure mode.' }
    return chooseCrew(
      this.registry.crews(),
      { skill: mode.skill, district: this.registry.asset(asset)?.district },
      (crew) => this.#open.countOfCrew(crew),
    )
  }

  crewName(crew: string): string {
    return this.registry.crew(crew)?.name ?? crew
  }

  /** The ticket with its priority as it is now. Due dates only ever move closer, and only with the band. */
  priced<Draft extends Omit<Ticket, 'number'>>(ticket: Draft, at: Instant): Draft {
    const priority = priorityOf({
      severity: ticket.severity,
      criticality: this.registry.asset(ticket.asset)?.criticality ?? 3,
      level: ticket.level,
      isForecast: ticket.cause?.forecast !== undefined && ticket.cause.passed !== ticket.level,
      relapses: ticket.relapses,
      earlier: ticket.earlier,
      dependents: this.#dependents.count(ticket.asset, dependentsMax),
      waitedMs: at - ticket.raisedAt,
    })
    const isKept = priority.band === ticket.priority.band && Number.isFinite(ticket.dueAt)
    const dueAt = isKept ? ticket.dueAt : Math.min(ticket.dueAt, dueAfter(priority.band, at))
    return { ...ticket, priority, dueAt }
  }

  /** ` Priority is now urgent, due 4 May 2026, 14:00.` when the band rose, else nothing. */
  bandChange(before: Ticket, after: Ticket): string {
    if (before.priority.band === after.priority.band) return ''
    return ` Priority is now ${after.priority.band}, due ${this.time(after.dueAt)}.`
  }

  time(at: Instant): string {
    return spokenTime(at, this.registry.timeZone)
  }
}

/** A line that the program writes. */
export function programLine(
  at: Instant,
  action: string,
  note: string,
  move?: { readonly from: TicketState | undefined; readonly to: TicketState },
): HistoryEntry {
  return { at, by: programName, action, from: move?.from, to: move?.to, note }
}
