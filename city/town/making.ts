import type { Asset, AssetId, Criticality, Relation, RelationKind } from '../asset.ts'
import { distance, type Point } from './geometry.ts'
import type { Site, TownPlan } from './plan.ts'

/** An asset of the town with where it stands on the plan. */
export type Placed = { readonly asset: Asset; readonly site: Site }

export type Making = {
  readonly id: AssetId
  readonly name: string
  readonly class: string
  readonly criticality: Criticality
  readonly site: Site
  readonly relations?: readonly Relation[]
  readonly quantities?: readonly string[]
  /** Years between which it was put in. */
  readonly built: readonly [number, number]
}

const dayMs = 86_400_000

export function made(plan: TownPlan, making: Making): Placed {
  const { id, name, criticality, site, relations = [], quantities, built } = making
  const [from, to] = built.map((year) => Date.UTC(year, 0, 1) / dayMs)
  const installedAt = plan.random.whole(from ?? 0, to ?? 0) * dayMs
  return {
    site,
    asset: {
      id,
      name,
      class: making.class,
      criticality,
      place: site.place,
      district: site.district,
      relations,
      ...(quantities === undefined ? {} : { quantities }),
      installedAt,
    },
  }
}

/** `chamber-007`: numbers as wide as the class needs. */
export function numbered(prefix: string, number: number, digits: number): AssetId {
  return `${prefix}-${String(number).padStart(digits, '0')}`
}

export function relate(kind: RelationKind, ...assets: readonly AssetId[]): Relation[] {
  return assets.map((asset) => ({ kind, asset }))
}

export function nearest<T extends { readonly site: { readonly at: Point } }>(things: readonly T[], at: Point): T {
  const [first, ...rest] = things
  if (first === undefined) throw new Error('nothing to be near to')
  return rest.reduce((best, each) => (distance(each.site.at, at) < distance(best.site.at, at) ? each : best), first)
}

/** By part of town and then from west to east, so that neighbours have neighbouring numbers. */
export function inOrder<T>(items: readonly T[], siteOf: (item: T) => Site): T[] {
  return [...items].sort((one, other) => {
    const [a, b] = [siteOf(one), siteOf(other)]
    return a.district === b.district ? a.at.x - b.at.x : a.district < b.district ? -1 : 1
  })
}
