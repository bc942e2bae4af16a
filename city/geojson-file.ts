import type { FeatureCollection } from 'geojson'
import type { z } from 'zod'
import { type FileFault, FileFaults } from './fault.ts'
import { geoJsonFeature, geoJsonFile } from './geojson-schema.ts'
import { readText } from './yaml-file.ts'

export type GeoJsonFeature = z.infer<typeof geoJsonFeature>

/** A GeoJSON file's features; those with faults are left out of the list and their faults said by index. */
export type GeoJsonFile = {
  readonly features: readonly { readonly index: number; readonly feature: GeoJsonFeature }[]
  readonly faults: readonly FileFault[]
  readonly data: unknown
}

// A broken export repeats one mistake in every feature; more lines than this help nobody.
const faultsPerFeatureMax = 5

export function readGeoJson(file: string): GeoJsonFile {
  const data = parseJson(file, readText(file))
  const outer = geoJsonFile.safeParse(data)
  if (!outer.success)
    throw new FileFaults(
      outer.error.issues.map((issue) => ({
        file,
        message: `${issue.path.join('.') || 'the file'}: expected ${issue.message}`,
      })),
    )
  const faults: FileFault[] = []
  const features: { index: number; feature: GeoJsonFeature }[] = []
  for (const [index, item] of outer.data.features.entries()) {
    const parsed = geoJsonFeature.safeParse(item)
    if (parsed.success) features.push({ index, feature: parsed.data })
    else
      for (const issue of parsed.error.issues.slice(0, faultsPerFeatureMax))
        faults.push({ file, message: `feature ${index}: ${issue.path.join('.') || 'it'}: expected ${issue.message}` })
  }
  return { features, faults, data }
}

/** A layer of the map, as it stands in the file. */
export function readMapLayerFile(file: string): FeatureCollection {
  const { faults, data } = readGeoJson(file)
  if (faults.length > 0) throw new FileFaults(faults)
  // Checked just now against RFC 7946's shapes; names and the like are kept as they are.
  return data as FeatureCollection
}

/** JSON.parse names a position in the text; a person wants a line. */
function parseJson(file: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    const { message } = error as SyntaxError
    const position = /at position (\d+)/.exec(message)?.[1]
    const before = text.slice(0, Number(position ?? text.length)).split('\n')
    throw new FileFaults([
      { file, line: before.length, column: (before.at(-1)?.length ?? 0) + 1, message: `not valid JSON: ${message}` },
    ])
  }
}
