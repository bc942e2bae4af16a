import type { AssetId, Registry } from '../city/index.ts'

/** Relations along which trouble travels: what is fed by a failed asset, or reports through it, suffers too. */
const carriers = new Set(['fed by', 'reports through'])

/**
 * Counts the assets that depend on one, over any number of steps. The reverse of the registry's relations is kept until the
 * registry changes: a town of 100,000 assets is not walked anew for every ticket.
 */
export class Dependents {
  readonly #registry: Registry
  readonly #forget: () => void
  #dependentsOf: Map<AssetId, AssetId[]> | undefined

  constructor(registry: Registry) {
    this.#registry = registry
    this.#forget = registry.onChange(() => {
      this.#dependentsOf = undefined
    })
  }

  /** How many others depend on it; counting ends at `most`. */
  count(asset: AssetId, most: number): number {
    const reverse = this.#reverse()
    const found = new Set([asset])
    for (const next of found) {
      for (const dependent of reverse.get(next) ?? []) found.add(dependent)
      if (found.size > most) return most
    }
    return found.size - 1
  }

  close(): void {
    this.#forget()
  }

  #reverse(): ReadonlyMap<AssetId, readonly AssetId[]> {
    if (this.#dependentsOf !== undefined) return this.#dependentsOf
    const reverse = new Map<AssetId, AssetId[]>()
    for (const asset of this.#registry.assets()) {
      for (const { kind, asset: carrier } of asset.relations) {
        if (!carriers.has(kind)) continue
        const known = reverse.get(carrier)
        if (known === undefined) reverse.set(carrier, [asset.id])
        else known.push(asset.id)
      }
    }
    this.#dependentsOf = reverse
    return reverse
  }
}
