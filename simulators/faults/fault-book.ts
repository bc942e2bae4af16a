import type { AssetId, Instant } from '../../city/index.ts'
import type { Fault } from './fault.ts'
import { severityAt } from './fault.ts'

/** All faults of a town, past and to come. The world asks it how bad things are; crews tell it what they have mended. */
export class FaultBook {
  #faults: readonly Fault[] = []
  readonly #byAsset = new Map<AssetId, Fault[]>()

  constructor(faults: readonly Fault[] = []) {
    this.add(faults)
  }

  faults(): readonly Fault[] {
    return this.#faults
  }

  add(faults: readonly Fault[]): void {
    this.#faults = [...this.#faults, ...faults]
    this.#index()
  }

  /** How far one kind of damage to an asset has come: 0 healthy, 1 functional failure. */
  severity(asset: AssetId, kind: string, at: Instant): number {
    const here = this.#byAsset.get(asset)
    if (here === undefined) return 0
    let worst = 0
    for (const fault of here) if (fault.kind === kind) worst = Math.max(worst, severityAt(fault, at))
    return worst
  }

  isBroken(asset: AssetId, at: Instant): boolean {
    return this.#byAsset.get(asset)?.some((fault) => severityAt(fault, at) > 0) ?? false
  }

  /**
   * A crew was there. It mends what the ticket names; where the ticket blames the wrong thing, a crew that opens the
   * machine still mends what it finds.
   */
  repair(asset: AssetId, failureMode: string, at: Instant): readonly Fault[] {
    const active = (this.#byAsset.get(asset) ?? []).filter((fault) => severityAt(fault, at) > 0)
    const named = active.filter((fault) => fault.failureMode === failureMode)
    const mended = new Set(named.length > 0 ? named : active)
    this.#faults = this.#faults.map((fault) => (mended.has(fault) ? { ...fault, repairedAt: at } : fault))
    this.#index()
    return this.#faults.filter((fault) => fault.repairedAt === at && fault.asset === asset)
  }

  #index(): void {
    this.#byAsset.clear()
    for (const fault of this.#faults) {
      const here = this.#byAsset.get(fault.asset)
      if (here === undefined) this.#byAsset.set(fault.asset, [fault])
      else here.push(fault)
    }
  }
}
