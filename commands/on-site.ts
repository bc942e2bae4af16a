import type { Instant } from '../city/index.ts'
import { onSiteMs, type RuleEngine } from '../rules/index.ts'
import { type HistoryEntry, listedTicketsMax, type Ticket, type Tickets } from '../tickets/index.ts'

/**
 * A crew that has begun a ticket stands at its asset, and what the sensors then show is the work. The asset is out of
 * service for its rules until the crew says otherwise, or a shift is over.
 */
export class OnSite {
  readonly #engine: RuleEngine
  readonly #failed: (error: unknown) => void
  #doings: Promise<unknown> = Promise.resolve()

  constructor(engine: RuleEngine, failed: (error: unknown) => void) {
    this.#engine = engine
    this.#failed = failed
  }

  follow({ number, asset }: Ticket, { from, to, by, at }: HistoryEntry): void {
    if (from === to) return
    if (to === 'in-progress') this.#do(() => this.#arrive(asset, number, by, at))
    else if (from === 'in-progress') this.#do(() => this.#leave(number, by, at))
  }

  /** At the start: a ticket may have moved and the program ended before its window was written. */
  async catchUp(tickets: Tickets, at: Instant): Promise<void> {
    const working = await tickets.list({ states: ['in-progress'], limit: listedTicketsMax })
    const numbers = new Set(working.items.map(({ number }) => number))
    for (const { kind, ticket, by } of this.#engine.windows.list(at))
      if (kind === 'crew on site' && ticket !== undefined && !numbers.has(ticket)) await this.#leave(ticket, by, at)
    for (const { number, asset } of working.items) {
      const begun = (await tickets.history(number)).findLast(({ from, to }) => to === 'in-progress' && from !== to)
      if (begun === undefined || begun.at + onSiteMs <= at) continue
      if (!this.#engine.windows.wasOnSiteSince(number, begun.at)) await this.#arrive(asset, number, begun.by, begun.at)
    }
  }

  settled(): Promise<unknown> {
    return this.#doings
  }

  #arrive(asset: string, ticket: number, by: string, at: Instant): Promise<unknown> {
    return this.#engine.changeWindows(at, (windows) => windows.onSite(asset, ticket, by, at))
  }

  #leave(ticket: number, by: string, at: Instant): Promise<unknown> {
    return this.#engine.changeWindows(at, (windows) => windows.offSite(ticket, by, at))
  }

  #do(doing: () => Promise<unknown>): void {
    this.#doings = this.#doings.then(doing).catch(this.#failed)
  }
}
