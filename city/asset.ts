import type { Instant } from './instant.ts'

/** Names one thing the city owns: lower-case letters, digits and hyphens (`pump-07`). */
export type AssetId = string

/** WGS 84, degrees. */
export type Place = { readonly latitude: number; readonly longitude: number; readonly address?: string }

export type RelationKind = 'part of' | 'fed by' | 'reports through'
export type Relation = { readonly kind: RelationKind; readonly asset: AssetId }

/** 1: nobody notices for a week … 5: people are harmed or a district is without service. */
export type Criticality = 1 | 2 | 3 | 4 | 5

/** A thing the city owns and keeps: a pump, a bridge, a lift. */
export type Asset = {
  readonly id: AssetId
  readonly name: string
  readonly class: string
  readonly criticality: Criticality
  readonly place: Place
  /** The part of town it stands in; crews are found by it. */
  readonly district?: string
  readonly relations: readonly Relation[]
  /** Which of the class's quantities are measured here; all of them when absent. */
  readonly quantities?: readonly string[]
  readonly installedAt?: Instant
}
