import type { AssetId } from '../city/index.ts'
import { isFinished } from './state-machine.ts'
import type { Ticket } from './ticket.ts'

/**
 * The tickets that are not finished, in memory: pages ask for their counts several times a second. The database is what
 * holds; this is filled from it at the start and follows every change made through this process.
 */
export class OpenTickets {
  readonly #byNumber = new Map<number, Ticket>()
  readonly #countByAsset = new Map<AssetId, number>()
  readonly #countByCrew = new Map<string, number>()

  fill(tickets: readonly Ticket[]): void {
    this.#byNumber.clear()
    this.#countByAsset.clear()
    this.#countByCrew.clear()
    for (const ticket of tickets) this.put(ticket)
  }

  put(ticket: Ticket): void {
    const before = this.#byNumber.get(ticket.number)
    if (before !== undefined) this.#count(before, -1)
    if (isFinished(ticket.state)) {
      this.#byNumber.delete(ticket.number)
      return
    }
    this.#byNumber.set(ticket.number, ticket)
    this.#count(ticket, 1)
  }

  all(): readonly Ticket[] {
    return [...this.#byNumber.values()]
  }

  inState(state: Ticket['state']): readonly Ticket[] {
    return this.all().filter((ticket) => ticket.state === state)
  }

  isOpen(asset: AssetId, failureMode: string): boolean {
    return (
      this.#countByAsset.has(asset) && this.all().some((one) => one.asset === asset && one.failureMode === failureMode)
    )
  }

  get size(): number {
    return this.#byNumber.size
  }

  countByAsset(): ReadonlyMap<AssetId, number> {
    return this.#countByAsset
  }

  countOfCrew(crew: string): number {
    return this.#countByCrew.get(crew) ?? 0
  }

  #count({ asset, crew }: Ticket, by: number): void {
    bump(this.#countByAsset, asset, by)
    if (crew !== undefined) bump(this.#countByCrew, crew, by)
  }
}

/** Keys without tickets are taken out, so that the map holds what is open and nothing else. */
function bump(counts: Map<string, number>, key: string, by: number): void {
  const count = (counts.get(key) ?? 0) + by
  if (count > 0) counts.set(key, count)
  else counts.delete(key)
}
