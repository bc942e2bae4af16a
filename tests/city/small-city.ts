import { type Asset, type CityDescription, cityMigrations, openDatabase, Registry } from '../../city/index.ts'

export const noon = Date.UTC(2026, 4, 4, 12)

export function pump(id: string, changes: Partial<Asset> = {}): Asset {
  return {
    id,
    name: `Pump ${id}`,
    class: 'drinking-water-pump',
    criticality: 3,
    place: { latitude: 48.2, longitude: 15.3 },
    relations: [],
    ...changes,
  }
}

export function reservoir(id: string): Asset {
  return pump(id, { class: 'reservoir', name: `Reservoir ${id}`, district: 'Altstadt' })
}

/** A reservoir and two pumps that it feeds. */
export const smallCity: CityDescription = {
  name: 'Smallville',
  timeZone: 'Europe/Vienna',
  classes: [],
  assets: [
    pump('pump-01', { relations: [{ kind: 'fed by', asset: 'reservoir-1' }] }),
    pump('pump-02', { relations: [{ kind: 'fed by', asset: 'reservoir-1' }], quantities: ['vibration', 'flow'] }),
    reservoir('reservoir-1'),
  ],
  crews: [{ id: 'water', name: 'Water', skills: ['mechanical'], area: ['Altstadt'] }],
  mapLayers: [{ name: 'streets', features: { type: 'FeatureCollection', features: [] } }],
}

export async function openRegistry(path = ':memory:'): Promise<{ registry: Registry; close: () => Promise<void> }> {
  const database = await openDatabase(path, cityMigrations)
  return { registry: await Registry.open(database, () => noon), close: () => database.close() }
}
