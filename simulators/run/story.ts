import type { AssetId, Instant } from '../../city/index.ts'
import { FaultBook } from '../faults/fault-book.ts'
import { randomFaults, stagedFaults } from '../faults/plan.ts'
import { type Truth, truthOf } from '../faults/truth.ts'
import type { SimulatedTown } from '../town.ts'
import { randomTroubles, stagedTroubles } from '../trouble/plan.ts'
import { TroubleBook } from '../trouble/trouble-book.ts'
import { dayMs, hourMs } from '../world/calendar.ts'
import { mend } from './mending.ts'
import type { SimulatorState } from './state.ts'

// After the staged beginning a town of four hundred assets has something new every few hours.
const faultsPerDay = 3
const troublesPerDay = 0.7
const randomAfterMs = 10 * hourMs
// Planned so far ahead, and planned on when a day is left.
const planMs = 14 * dayMs
const planAgainMs = dayMs
// Nobody repairs: with so many things broken no more break, or the town would drown.
const brokenMax = 45

/** What breaks in this town: the faults, the sensor troubles, and how far ahead they are planned. */
export class Story {
  readonly faults: FaultBook
  readonly troubles: TroubleBook
  readonly liveAt: Instant
  readonly #town: SimulatedTown
  readonly #seed: number
  #plannedTo: Instant

  /** Begins a new story around the moment the town goes live, or goes on with one. */
  constructor(town: SimulatedTown, seed: number, start: { readonly liveAt: Instant } | SimulatorState) {
    this.#town = town
    this.#seed = seed
    this.liveAt = start.liveAt
    if ('faults' in start) {
      this.faults = new FaultBook(start.faults)
      this.troubles = new TroubleBook(start.troubles, start.held)
      this.#plannedTo = start.plannedTo
      return
    }
    const faults = stagedFaults(town, seed, start.liveAt)
    this.faults = new FaultBook(faults)
    this.troubles = new TroubleBook(stagedTroubles(town, seed, start.liveAt, assetsOf(faults)))
    this.#plannedTo = start.liveAt + randomAfterMs
  }

  get plannedTo(): Instant {
    return this.#plannedTo
  }

  /** Plans on when the plan runs out. Says whether anything was added. */
  planOn(at: Instant): boolean {
    if (at < this.#plannedTo - planAgainMs) return false
    const from = Math.max(this.#plannedTo, at)
    const to = from + planMs
    const open = this.faults.faults().filter((fault) => fault.repairedAt === undefined)
    const spared = assetsOf(open)
    // The span's own seed: planned on twice, the same things do not break in the same order.
    const seed = (this.#seed ^ Math.floor(from / hourMs)) >>> 0
    if (open.length < brokenMax)
      this.faults.add(randomFaults(this.#town, seed, { from, to, perDay: faultsPerDay, spared }))
    const broken = assetsOf(this.faults.faults().filter((fault) => fault.repairedAt === undefined))
    this.troubles.add(randomTroubles(this.#town, seed, { from, to, perDay: troublesPerDay, spared: broken }))
    this.#plannedTo = to
    return true
  }

  /** A crew has finished a ticket. Says how many things were mended by it. */
  repair(asset: AssetId, failureMode: string, at: Instant): number {
    return mend(this, asset, failureMode, at)
  }

  truth(): Truth {
    return truthOf(this.#seed, this.faults.faults(), this.troubles.troubles())
  }
}

function assetsOf(faults: readonly { readonly asset: AssetId }[]): ReadonlySet<AssetId> {
  return new Set(faults.map((fault) => fault.asset))
}
