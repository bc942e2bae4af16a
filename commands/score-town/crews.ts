import type { DurationMs, Instant } from '../../city/index.ts'
import type { Ticket, Tickets } from '../../tickets/index.ts'
import type { Breakage } from './breakage.ts'

type Visit = { readonly ticket: number; readonly at: Instant }

/**
 * The simulated crews. A ticket is worked off a set time after it was raised or came back: the crew mends what the ticket
 * names, or what else it finds on the asset, and finishes; where there is nothing to be found it says so and closes.
 */
export class Crews {
  readonly #tickets: Tickets
  readonly #breakage: Breakage
  readonly #afterMs: DurationMs
  readonly #visits: Visit[] = []

  constructor(tickets: Tickets, breakage: Breakage, afterMs: DurationMs) {
    this.#tickets = tickets
    this.#breakage = breakage
    this.#afterMs = afterMs
  }

  called({ number }: Ticket, at: Instant): void {
    this.#visits.push({ ticket: number, at: at + this.#afterMs })
  }

  /** Does what is due. */
  async work(at: Instant): Promise<void> {
    for (let next = this.#visits[0]; next !== undefined && next.at <= at; next = this.#visits[0]) {
      this.#visits.shift()
      await this.#visit(next.ticket, at)
    }
  }

  async #visit(number: number, at: Instant): Promise<void> {
    const ticket = await this.#tickets.get(number)
    if (ticket === undefined || ticket.state === 'closed' || ticket.state === 'cancelled') return
    await this.#tickets.act(number, { name: 'start' }, 'crew', at)
    if (this.#breakage.mend(ticket.asset, ticket.failureMode, at) > 0)
      await this.#tickets.act(number, { name: 'finish' }, 'crew', at)
    else
      await this.#tickets.act(number, { name: 'close', closing: 'no-fault-found', note: 'nothing found' }, 'crew', at)
  }
}
