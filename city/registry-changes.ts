import { isDeepStrictEqual } from 'node:util'
import type { Transaction } from 'kysely'
import type { Asset, AssetId } from './asset.ts'
import { checkAssets, checkCircles, checkCrews, type Issue } from './check.ts'
import type { Crew } from './crew.ts'
import type { CityDescription, DeviceDraft, ImportSummary } from './description.ts'
import { checkDevices } from './device-check.ts'
import { hashSecret } from './device-secrets.ts'
import type { Instant } from './instant.ts'
import { libraryClasses } from './library.ts'
import { Refusal } from './refusal.ts'
import { RegistryMemory } from './registry-memory.ts'
import {
  insertDevices,
  type KeptDevice,
  readContents,
  writeAssets,
  writeClass,
  writeCrew,
  writeMapLayer,
} from './registry-rows.ts'
import type { RegistryTables } from './registry-tables.ts'

/** A change is checked and written inside one transaction; `apply` gives the memory it leads to once that is committed. */
export type Change<Result> = {
  readonly result: Result
  /** Absent when there was nothing to do. */
  readonly apply?: (memory: RegistryMemory) => RegistryMemory
}
export type Writer = Transaction<RegistryTables>

export async function importCity(
  writer: Writer,
  memory: RegistryMemory,
  city: CityDescription,
): Promise<Change<ImportSummary>> {
  const classes = new Map([...memory.classes, ...byId(city.classes)])
  const assets = new Map([...memory.assets, ...byId(city.assets)])
  refuse('CITY_INVALID', [
    ...checkAssets(city.assets, { classes, assets: memory.assets }),
    ...checkCircles([...assets.values()]),
    ...checkCrews(city.crews, classes.values(), districtsOf(assets.values())),
  ])
  const changes = city.assets.filter((asset) => !isDeepStrictEqual(memory.assets.get(asset.id), asset))
  const added = changes.filter((asset) => !memory.assets.has(asset.id)).length
  const ownClasses = city.classes.filter((item) => !isDeepStrictEqual(memory.classes.get(item.id), item))

  await writer.updateTable('city').set({ name: city.name, time_zone: city.timeZone }).execute()
  for (const assetClass of ownClasses) await writeClass(writer, assetClass)
  await writeAssets(writer, changes, positions(assets))
  for (const crew of city.crews) await writeCrew(writer, crew)
  for (const layer of city.mapLayers) await writeMapLayer(writer, layer)

  const next = new RegistryMemory(await readContents(writer), libraryClasses())
  return {
    result: {
      added,
      changed: changes.length - added,
      unchanged: city.assets.length - changes.length,
      assets: city.assets.length,
      sensors: city.assets.reduce((sum, asset) => sum + (next.sensorsOf.get(asset.id)?.length ?? 0), 0),
      classes: ownClasses.length,
      crews: city.crews.length,
      mapLayers: city.mapLayers.length,
    },
    apply: () => next,
  }
}

export async function putAsset(writer: Writer, memory: RegistryMemory, asset: Asset): Promise<Change<void>> {
  const assets = new Map(memory.assets).set(asset.id, asset)
  refuse('ASSET_INVALID', [
    ...checkAssets([asset], { classes: memory.classes, assets: memory.assets }),
    ...checkCircles([...assets.values()]),
  ])
  await writeAssets(writer, [asset], positions(assets))
  return { result: undefined, apply: (held) => held.putAsset(asset) }
}

export async function removeAsset(writer: Writer, memory: RegistryMemory, id: AssetId): Promise<Change<boolean>> {
  if (!memory.assets.has(id)) return { result: false }
  const referring = [...memory.assets.values()]
    .filter((asset) => asset.id !== id && asset.relations.some((relation) => relation.asset === id))
    .map((asset) => asset.id)
  if (referring.length > 0) {
    const rest = referring.length > 5 ? ` and ${referring.length - 5} more` : ''
    throw new Refusal(
      'ASSET_REFERRED_TO',
      `asset "${id}" cannot be removed: ${referring.slice(0, 5).join(', ')}${rest} refer to it; change their relations first`,
    )
  }
  await writer.deleteFrom('asset').where('id', '=', id).execute()
  return { result: true, apply: (held) => held.removeAsset(id) }
}

export async function putCrew(writer: Writer, memory: RegistryMemory, crew: Crew): Promise<Change<void>> {
  refuse('CREW_INVALID', checkCrews([crew], memory.classes.values(), districtsOf(memory.assets.values())))
  await writeCrew(writer, crew)
  return { result: undefined, apply: (held) => held.putCrew(crew) }
}

export async function addDevices(
  writer: Writer,
  memory: RegistryMemory,
  added: readonly { readonly draft: DeviceDraft; readonly secret: string }[],
  createdAt: Instant,
): Promise<Change<KeptDevice[]>> {
  refuse('DEVICE_INVALID', checkDevices(added, memory.assets, memory.devices))
  const kept = added.map(({ draft, secret }) => ({
    device: {
      id: draft.id,
      title: draft.title,
      assets: [...new Set(draft.assets)],
      subscribes: [...new Set(draft.subscribes)],
      publishes: [...new Set(draft.publishes)],
      createdAt,
    },
    secret: hashSecret(secret),
  }))
  await insertDevices(writer, kept)
  return { result: kept, apply: (held) => held.putDevices(kept) }
}

function refuse(code: string, issues: readonly Issue[]): void {
  if (issues.length > 0) throw new Refusal(code, issues.map((issue) => issue.message).join('\n'))
}

function byId<T extends { readonly id: string }>(items: readonly T[]): [string, T][] {
  return items.map((item) => [item.id, item])
}

function districtsOf(assets: Iterable<Asset>): Set<string> {
  return new Set([...assets].flatMap((asset) => asset.district ?? []))
}

/** Where each asset stands in the city's list: those that are known keep their places, new ones follow. */
function positions(assets: ReadonlyMap<AssetId, Asset>): (id: AssetId) => number {
  const places = new Map([...assets.keys()].map((id, index) => [id, index]))
  return (id) => places.get(id) ?? places.size
}
