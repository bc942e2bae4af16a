import type { Asset, AssetClass, AssetId, DurationMs, RelationKind } from '../city/index.ts'

/** What the simulators need to know of a town: its things, how they hang together, and which device reports for which. */
export type SimulatedTown = {
  readonly timeZone: string
  readonly classes: readonly AssetClass[]
  readonly assets: readonly Asset[]
  readonly devices: readonly { readonly id: string; readonly assets: readonly AssetId[] }[]
}

/** One quantity of one asset, as a device has to report it. */
export type Measured = {
  readonly asset: AssetId
  readonly quantity: string
  readonly expectedIntervalMs: DurationMs
  readonly decimals: number
  readonly min: number
  readonly max: number
}

export function assetsOfClass(town: SimulatedTown, assetClass: string): readonly Asset[] {
  return town.assets.filter((asset) => asset.class === assetClass)
}

/** The other ends of an asset's relations of one kind. */
export function relatedTo(asset: Asset, kind: RelationKind): readonly AssetId[] {
  return asset.relations.filter((relation) => relation.kind === kind).map((relation) => relation.asset)
}

/** What is measured on every asset: the class's quantities, or those of them that this asset has. */
export function measuredIn(town: SimulatedTown): ReadonlyMap<AssetId, readonly Measured[]> {
  const classes = new Map(town.classes.map((assetClass) => [assetClass.id, assetClass]))
  return new Map(
    town.assets.map((asset) => {
      const quantities = classes.get(asset.class)?.quantities ?? []
      const here = quantities.filter((quantity) => asset.quantities?.includes(quantity.id) ?? true)
      return [
        asset.id,
        here.map((quantity) => ({ ...quantity, ...quantity.range, asset: asset.id, quantity: quantity.id })),
      ]
    }),
  )
}

/** The middle of the town: one sun and one weather for all of it. */
export function middleOf(town: SimulatedTown): { readonly latitude: number; readonly longitude: number } {
  const count = Math.max(1, town.assets.length)
  const latitude = town.assets.reduce((sum, asset) => sum + asset.place.latitude, 0) / count
  const longitude = town.assets.reduce((sum, asset) => sum + asset.place.longitude, 0) / count
  return { latitude, longitude }
}
