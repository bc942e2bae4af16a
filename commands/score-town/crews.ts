import type { DurationMs, Instant } from '../../city/index.ts'
import type { Ticket, Tickets } from '../../tickets/index.ts'
import type { Breakage } from './breakage.ts'

type Visit = { readonly ticket: number; readonly at: Instant; readonly isThere: boolean; readonly mended: number }

// Half an hour until it is mended, and half an hour to see that it runs.
const workMs: DurationMs = 30 * 60_000

/**
 * The simulated crews. A ticket is worked off a set time after it was raised or came back: the crew arrives an hour before,
 * mends what the ticket names or what else it finds on the asset, and finishes; where there is nothing to be found it says
 * so and closes.
 */
export class Crews {
  readonly #tickets: Tickets
  readonly #breakage: Breakage
  readonly #afterMs: DurationMs
  #visits: Visit[] = []

  constructor(tickets: Tickets, breakage: Breakage, afterMs: DurationMs) {
    this.#tickets = tickets
    this.#breakage = breakage
    this.#afterMs = afterMs
  }

  called({ number }: Ticket, at: Instant): void {
    const arrivesAt = at + Math.max(0, this.#afterMs - 2 * workMs)
    this.#visits.push({ ticket: number, at: arrivesAt, isThere: false, mended: 0 })
  }

  /** Does what is due. */
  async work(at: Instant): Promise<void> {
    const due = this.#visits.filter((visit) => visit.at <= at)
    if (due.length === 0) return
    this.#visits = this.#visits.filter((visit) => visit.at > at)
    for (const visit of due) await this.#go(visit, at)
  }

  async #go(visit: Visit, at: Instant): Promise<void> {
    const { ticket: number } = visit
    const ticket = await this.#tickets.get(number)
    if (ticket === undefined || ticket.state === 'closed' || ticket.state === 'cancelled') return
    const next = { ...visit, at: at + workMs }
    if (!visit.isThere) {
      await this.#tickets.act(number, { name: 'start' }, 'crew', at)
      this.#visits.push({ ...next, isThere: true })
    } else if (visit.mended === 0) {
      const mended = this.#breakage.mend(ticket.asset, ticket.failureMode, at)
      if (mended > 0) this.#visits.push({ ...next, mended })
      else await this.#tickets.act(number, nothingFound, 'crew', at)
    } else await this.#tickets.act(number, { name: 'finish' }, 'crew', at)
  }
}

const nothingFound = { name: 'close', closing: 'no-fault-found', note: 'nothing found' } as const
