import { isDeepStrictEqual } from 'node:util'
import type { Asset, AssetId } from './asset.ts'
import { checkAssets, checkCircles, checkCrews } from './check.ts'
import type { Crew } from './crew.ts'
import type { CityDescription, DeviceDraft, ImportSummary } from './description.ts'
import { checkDevices } from './device-check.ts'
import { hashSecret } from './device-secrets.ts'
import type { Instant } from './instant.ts'
import { libraryClasses } from './library.ts'
import { Refusal } from './refusal.ts'
import { type Change, positions, refuse, type Writer } from './registry-change.ts'
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
import { sensorsIn } from './sensors-in.ts'
import { writeSources } from './source-changes.ts'

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
  await writeSources(writer, city.sources ?? [], sensorsIn(assets, classes), false)

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
      sources: city.sources?.length ?? 0,
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

function byId<T extends { readonly id: string }>(items: readonly T[]): [string, T][] {
  return items.map((item) => [item.id, item])
}

function districtsOf(assets: Iterable<Asset>): Set<string> {
  return new Set([...assets].flatMap((asset) => asset.district ?? []))
}
