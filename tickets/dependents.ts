import type { Asset, AssetId, Registry } from '../city/index.ts'

/** Relations along which trouble travels: what is fed by a failed asset, or reports through it, suffers too. */
const carriers = new Set(['fed by', 'reports through'])

/**
 * Counts the assets that depend on one, over any number of steps. The reverse of the relations is kept for as long as the
 * registry hands out the same list: a town of 100,000 assets is not walked anew for every ticket.
 */
export class Dependents {
  readonly #registry: Registry
  #madeFrom: readonly Asset[] | undefined
  #reverse = new Map<AssetId, AssetId[]>()

  constructor(registry: Registry) {
    this.#registry = registry
  }

  /** How many others depend on it; counting ends at `most`. */
  count(asset: AssetId, most: number): number {
    const reverse = this.#upToDate()
    const found = new Set([asset])
    for (const next of found) {
      for (const dependent of reverse.get(next) ?? []) found.add(dependent)
      if (found.size > most) return most
    }
    return found.size - 1
  }

  #upToDate(): ReadonlyMap<AssetId, readonly AssetId[]> {
    const assets = this.#registry.assets()
    if (assets === this.#madeFrom) return this.#reverse
    this.#madeFrom = assets
    this.#reverse = new Map()
    for (const { id, relations } of assets) {
      for (const { kind, asset: carrier } of relations) {
        if (!carriers.has(kind)) continue
        const known = this.#reverse.get(carrier)
        if (known === undefined) this.#reverse.set(carrier, [id])
        else known.push(id)
      }
    }
    return this.#reverse
  }
}
