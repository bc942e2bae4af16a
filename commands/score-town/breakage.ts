import type { AssetId, DurationMs, Instant } from '../../city/index.ts'
import {
  FaultBook,
  mend,
  randomFaults,
  randomTroubles,
  type SimulatedTown,
  sensorTroubleKinds,
  TroubleBook,
} from '../../simulators/index.ts'

const hourMs: DurationMs = 3_600_000
const dayMs: DurationMs = 24 * hourMs

// What breaks is planned a week at a time, because what has been mended may break again and what is broken may not.
const chapterMs = 7 * dayMs
// Four faults and two sensor troubles a day are a hard life for four hundred assets, and enough of each kind to count.
const faultsPerDay = 4
const troublesPerDay = 2
// A sensor does not heal by itself: its trouble lasts until somebody comes, or until the next yearly exchange takes it.
const troubleHours = { min: 10 * 24, max: 30 * 24 }
/** People who live with a failure report it after a day; then it is mended without a ticket of ours. */
const noticedAfterMs = dayMs

/** What breaks in a scored town, and who mends it. It knows the truth; nothing of it reaches the product. */
export class Breakage {
  readonly faults = new FaultBook()
  readonly troubles = new TroubleBook()
  readonly #town: SimulatedTown
  readonly #seed: number
  readonly #untilAt: Instant
  #plannedTo: Instant

  constructor(town: SimulatedTown, seed: number, span: { readonly fromAt: Instant; readonly untilAt: Instant }) {
    this.#town = town
    this.#seed = seed
    this.#plannedTo = span.fromAt
    this.#untilAt = span.untilAt
  }

  /** Plans on when the plan has run out, and mends what people have noticed themselves. */
  advance(at: Instant): void {
    if (at >= this.#plannedTo && this.#plannedTo < this.#untilAt) this.#plan()
    for (const fault of this.faults.faults())
      if (fault.repairedAt === undefined && at >= fault.functionalFailureAt + noticedAfterMs)
        this.faults.repair(fault.asset, fault.failureMode, at)
  }

  /** A crew has done what a ticket says. Returns how many things it mended. */
  mend(asset: AssetId, failureMode: string, at: Instant): number {
    return mend(this, asset, failureMode, at)
  }

  #plan(): void {
    const from = this.#plannedTo
    const to = Math.min(this.#untilAt, from + chapterMs)
    const seed = (this.#seed ^ Math.imul(Math.floor(from / hourMs), 0x9e3779b1)) >>> 0
    const broken = this.faults.faults().filter(({ repairedAt }) => repairedAt === undefined)
    const troubled = this.troubles.troubles().filter(({ toAt, repairedAt }) => (repairedAt ?? toAt) > from)
    const spared = new Set([
      ...broken.map(({ asset }) => asset),
      ...troubled.map(({ sensor }) => sensor.split('/')[0] ?? sensor),
    ])
    const faults = randomFaults(this.#town, seed, { from, to, perDay: faultsPerDay, spared })
    this.faults.add(faults)
    for (const { asset } of faults) spared.add(asset)
    const options = { from, to, perDay: troublesPerDay, spared, kinds: sensorTroubleKinds, hours: troubleHours }
    this.troubles.add(randomTroubles(this.#town, seed, options))
    this.#plannedTo = to
  }
}
