import type { Asset, AssetId, RelationKind } from '../../city/index.ts'

/** What there is to know of who depends on whom. */
export type Related = { asset(id: AssetId): Asset | undefined; assets(): readonly Asset[] }

export type Dependent = { readonly asset: AssetId; readonly relation: RelationKind }
export type Ancestor = { readonly asset: AssetId; readonly relation: RelationKind; readonly steps: number }

const everyKind: readonly RelationKind[] = ['part of', 'fed by', 'reports through']

/**
 * Who depends on whom, read upwards from the assets' own relations and downwards from their reverse, which is kept for as
 * long as the registry hands out the same list.
 */
export class Topology {
  readonly #related: Related
  #madeFrom: readonly Asset[] | undefined
  #children = new Map<AssetId, Dependent[]>()

  constructor(related: Related) {
    this.#related = related
  }

  /** Changes whenever the town does. */
  get version(): unknown {
    return this.#related.assets()
  }

  parentsOf(asset: AssetId): Asset['relations'] {
    return this.#related.asset(asset)?.relations ?? []
  }

  childrenOf(asset: AssetId): readonly Dependent[] {
    const assets = this.#related.assets()
    if (assets !== this.#madeFrom) {
      this.#madeFrom = assets
      this.#children = new Map()
      for (const { id, relations } of assets) {
        for (const { kind, asset: parent } of relations) {
          const known = this.#children.get(parent)
          if (known === undefined) this.#children.set(parent, [{ asset: id, relation: kind }])
          else known.push({ asset: id, relation: kind })
        }
      }
    }
    return this.#children.get(asset) ?? []
  }

  /** These assets and all that depends on them by these relations, over any number of steps. */
  withDependents(assets: readonly AssetId[], kinds: readonly RelationKind[] = everyKind): ReadonlySet<AssetId> {
    const found = new Set(assets)
    for (const next of found)
      for (const { asset, relation } of this.childrenOf(next)) if (kinds.includes(relation)) found.add(asset)
    return found
  }

  /** What an asset depends on, nearest first, each by the relation of the first step towards it. */
  ancestorsOf(asset: AssetId, stepsMax: number, firstKinds: readonly RelationKind[] = everyKind): readonly Ancestor[] {
    const found = new Map<AssetId, Ancestor>()
    let layer: Ancestor[] = this.parentsOf(asset).flatMap(({ kind, asset: parent }) =>
      firstKinds.includes(kind) ? [{ asset: parent, relation: kind, steps: 1 }] : [],
    )
    for (let steps = 1; steps <= stepsMax && layer.length > 0; steps++) {
      const fresh = layer.filter((each) => each.asset !== asset && !found.has(each.asset))
      for (const each of fresh) found.set(each.asset, each)
      layer = fresh.flatMap(({ asset: id, relation }) =>
        this.parentsOf(id).map(({ asset: parent }) => ({ asset: parent, relation, steps: steps + 1 })),
      )
    }
    return [...found.values()]
  }
}
