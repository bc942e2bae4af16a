import { extname } from 'node:path'
import {
  type Asset,
  libraryClasses,
  type Registry,
  readAssetsCsv,
  readAssetsGeoJson,
  readCityFile,
} from '../city/index.ts'
import { type Command, needed } from './command.ts'
import { withRegistry } from './with-registry.ts'

export const importCommand: Command = {
  name: 'import',
  summary: 'take a city.yaml, or assets from CSV or GeoJSON, into the registry',
  usage: 'import FILE.yaml|FILE.csv|FILE.geojson',
  help: ['Everything is checked first; a file with faults changes nothing.', 'Assets with a known id are replaced.'],
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
  if (kind === '.csv') return importAssets(registry, readAssetsCsv(file, classesOf(registry)))
  if (kind === '.geojson' || kind === '.json')
    return importAssets(registry, readAssetsGeoJson(file, classesOf(registry)))
  const city = readCityFile(file)
  await registry.importCity(city)
  return `took ${city.assets.length} assets of ${city.classes.length} classes and ${city.crews.length} crews from ${file}`
}

async function importAssets(registry: Registry, assets: Asset[]): Promise<string> {
  const { name, timeZone } = registry
  await registry.importCity({ name, timeZone, classes: [...classesOf(registry)], assets, crews: [], mapLayers: [] })
  return `took ${assets.length} assets`
}

function classesOf(registry: Registry) {
  return registry.classes().length > 0 ? registry.classes() : libraryClasses()
}
