import { extname } from 'node:path'
import {
  type Asset,
  isSourcesCsv,
  libraryClasses,
  type Registry,
  readAssetsCsv,
  readAssetsGeoJson,
  readCityFile,
  readSourcesCsv,
} from '../city/index.ts'
import { type Command, needed } from './command.ts'
import { withRegistry } from './with-registry.ts'

export const importCommand: Command = {
  name: 'import',
  summary: 'take a city.yaml, assets from CSV or GeoJSON, or sources from CSV, into the registry',
  usage: 'import FILE.yaml|FILE.csv|FILE.geojson',
  help: [
    'Everything is checked first; a file with faults changes nothing.',
    'Assets with a known id are replaced.',
    'A CSV with the columns source and sensor maps what devices call their values; unit, factor and offset say how to convert.',
  ],
  async run({ words, configuration, print }) {
    const file = needed(importCommand, 'the file', words[0])
    await withRegistry(configuration(), async (registry) => {
      print(await importInto(registry, file))
    })
    return 0
  },
}

/** @returns what was taken, in words. @throws FileFaults */
export async function importInto(registry: Registry, file: string): Promise<string> {
  const kind = extname(file).toLowerCase()
  if (kind === '.csv' && isSourcesCsv(file)) return importSources(registry, file)
  if (kind === '.csv') return importAssets(registry, readAssetsCsv(file, classesOf(registry)))
  if (kind === '.geojson' || kind === '.json')
    return importAssets(registry, readAssetsGeoJson(file, classesOf(registry)))
  const city = readCityFile(file)
  await registry.importCity(city)
  const sources = city.sources === undefined ? '' : ` and ${city.sources.length} sources`
  return `took ${city.assets.length} assets of ${city.classes.length} classes and ${city.crews.length} crews${sources} from ${file}`
}

async function importSources(registry: Registry, file: string): Promise<string> {
  const sources = readSourcesCsv(file, {
    sensor: (id) => registry.sensor(id),
    suggest: (id) => registry.suggestSensor(id),
  })
  await registry.adopt({ sources })
  return `took ${sources.length} sources`
}

async function importAssets(registry: Registry, assets: Asset[]): Promise<string> {
  const { name, timeZone } = registry
  await registry.importCity({ name, timeZone, classes: [...classesOf(registry)], assets, crews: [], mapLayers: [] })
  return `took ${assets.length} assets`
}

function classesOf(registry: Registry) {
  return registry.classes().length > 0 ? registry.classes() : libraryClasses()
}
