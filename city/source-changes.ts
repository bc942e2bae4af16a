import type { Asset } from './asset.ts'
import { checkAssets, checkCircles, type Issue } from './check.ts'
import { type Change, positions, refuse, type Writer } from './registry-change.ts'
import type { RegistryMemory } from './registry-memory.ts'
import { writeAssets } from './registry-rows.ts'
import { sensorsIn } from './sensors-in.ts'
import type { SourceDraft } from './source.ts'
import { checkSources, type KnownSensors } from './source-check.ts'
import { deleteSources, insertSources, sourcesOfSensors } from './source-rows.ts'

/** What is adopted in one step: names of devices, and the assets that were made for them. */
export type Adoption = {
  readonly sources: readonly SourceDraft[]
  /** New ones only: an asset that is known already is not changed by the way. */
  readonly assets?: readonly Asset[]
  /** A sensor that has another source already gets this one in its place: the instrument was exchanged. */
  readonly replace?: boolean
}

/** The sources of a list that is being taken, written; throws a Refusal with everything that is wrong. */
export async function writeSources(
  writer: Writer,
  sources: readonly SourceDraft[],
  known: KnownSensors,
  replace: boolean,
): Promise<{ readonly gone: readonly string[] }> {
  if (sources.length === 0) return { gone: [] }
  const names = new Set(sources.map((source) => source.name))
  const held = await sourcesOfSensors(
    writer,
    sources.map((source) => source.sensor),
  )
  const taken = sources.flatMap((source, index): Issue[] => {
    const other = held.get(source.sensor)
    if (replace || other === undefined || names.has(other)) return []
    const message = `source "${source.name}": sensor "${source.sensor}" has the source "${other}" already; remove that, or replace it`
    return [{ index, field: 'sensor', message }]
  })
  refuse('SOURCE_INVALID', [...checkSources(sources, known), ...taken])
  const gone = [...new Set([...names, ...held.values()])]
  await deleteSources(writer, gone)
  await insertSources(writer, sources)
  return { gone: gone.filter((name) => !names.has(name)) }
}

/** Maps names to sensors, and makes the assets that they are for where there are none yet: all or nothing. */
export async function adopt(writer: Writer, memory: RegistryMemory, adoption: Adoption): Promise<Change<void>> {
  const { sources, assets: made = [], replace = false } = adoption
  const assets = new Map(memory.assets)
  const issues: Issue[] = []
  for (const [index, asset] of made.entries()) {
    if (memory.assets.has(asset.id)) {
      const message = `asset "${asset.id}": there is one of this id already; choose it instead of making it`
      issues.push({ index, field: 'id', message })
    }
    assets.set(asset.id, asset)
  }
  if (made.length > 0) {
    issues.push(...checkAssets(made, { classes: memory.classes, assets: memory.assets }))
    issues.push(...checkCircles([...assets.values()]))
    refuse('ASSET_INVALID', issues)
    await writeAssets(writer, made, positions(assets))
  }
  const { gone } = await writeSources(writer, sources, sensorsIn(assets, memory.classes), replace)
  return {
    result: undefined,
    apply: (held) => {
      for (const asset of made) held.putAsset(asset)
      return held.putSources(sources, gone)
    },
  }
}

export async function removeSources(
  writer: Writer,
  memory: RegistryMemory,
  names: readonly string[],
): Promise<Change<number>> {
  const known = names.filter((name) => memory.sources.has(name))
  if (known.length === 0) return { result: 0 }
  await deleteSources(writer, known)
  return { result: known.length, apply: (held) => held.putSources([], known) }
}
