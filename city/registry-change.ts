import type { Transaction } from 'kysely'
import type { Asset, AssetId } from './asset.ts'
import type { Issue } from './check.ts'
import { Refusal } from './refusal.ts'
import type { RegistryMemory } from './registry-memory.ts'
import type { RegistryTables } from './registry-tables.ts'

/** A change is checked and written inside one transaction; `apply` gives the memory it leads to once that is committed. */
export type Change<Result> = {
  readonly result: Result
  /** Absent when there was nothing to do. */
  readonly apply?: (memory: RegistryMemory) => RegistryMemory
}
export type Writer = Transaction<RegistryTables>

export function refuse(code: string, issues: readonly Issue[]): void {
  if (issues.length > 0) throw new Refusal(code, issues.map((issue) => issue.message).join('\n'))
}

/** Where each asset stands in the city's list: those that are known keep their places, new ones follow. */
export function positions(assets: ReadonlyMap<AssetId, Asset>): (id: AssetId) => number {
  const places = new Map([...assets.keys()].map((id, index) => [id, index]))
  return (id) => places.get(id) ?? places.size
}
