import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import type { Position } from 'geojson'
import { cityMigrations, generateTown, openDatabase, Registry, readCityFile, writeTown } from '../../city/index.ts'
import { temporaryFolder } from '../support/files.ts'

const folder = temporaryFolder()
// 7 is the one that ships.
const seeds = [7, 42]
const towns = new Map(seeds.map((seed) => [seed, generateTown(seed)]))

function town(seed: number) {
  const found = towns.get(seed)
  if (found === undefined) throw new Error(`no town ${seed}`)
  return found
}

describe.each(seeds)('town %i', (seed) => {
  const { assets, classes, crews, devices, mapLayers } = town(seed)
  const byClass = new Map(classes.map((item) => [item.id, item]))
  const ids = new Set(assets.map((asset) => asset.id))

  test('is the same every time', () => {
    const hash = (value: unknown) => createHash('sha256').update(JSON.stringify(value)).digest('hex')
    expect(hash(generateTown(seed))).toBe(hash(town(seed)))
  })

  test('has about 420 assets of fourteen classes and about 1,650 sensors', () => {
    const counts = Object.fromEntries(
      classes.map((item) => [item.id, assets.filter((asset) => asset.class === item.id).length]),
    )
    expect(counts).toEqual({
      'air-quality-station': 10,
      bridge: 18,
      'drinking-water-pump': 24,
      escalator: 8,
      gateway: 20,
      lift: 40,
      'lift-station': 16,
      'pressure-zone': 14,
      'public-building': 24,
      reservoir: 8,
      'road-weather-station': 8,
      'sewer-chamber': 90,
      'streetlight-circuit': 110,
      transformer: 30,
    })
    const sensors = assets.reduce(
      (sum, asset) => sum + (asset.quantities ?? byClass.get(asset.class)?.quantities ?? []).length,
      0,
    )
    expect(sensors).toBeGreaterThan(1_500)
    expect(sensors).toBeLessThan(1_700)
  })

  test('is accepted whole by the registry, within a second, with every sensor of a known class', async () => {
    const database = await openDatabase(':memory:', cityMigrations)
    const registry = await Registry.open(database, () => 0)
    const started = performance.now()
    await registry.importCity(town(seed))
    await registry.addDevices(devices)
    expect(performance.now() - started).toBeLessThan(1_000)
    expect(registry.assets()).toEqual(assets)
    for (const sensor of registry.sensors()) expect(sensor.quantity.expectedIntervalMs).toBeGreaterThan(0)
    for (const asset of assets) expect(registry.sensorsOf(asset.id).length).toBeGreaterThan(0)
    await database.close()
  })

  test('every asset has one device that reports for it, and no device more than six', () => {
    expect(devices.flatMap((device) => device.assets).sort()).toEqual([...ids].sort())
    for (const device of devices) expect(device.assets.length).toBeLessThanOrEqual(6)
    expect(new Set(devices.map((device) => device.id)).size).toBe(devices.length)
  })

  test('names and addresses are there, names are not used twice, and places are rounded', () => {
    expect(new Set(assets.map((asset) => asset.name)).size).toBe(assets.length)
    for (const { place } of assets) {
      expect(place.address).toMatch(/\p{L}/u)
      for (const degrees of [place.latitude, place.longitude]) expect(Number(degrees.toFixed(6))).toBe(degrees)
    }
  })

  test('every district has assets, and a crew for every skill', () => {
    const districts = mapLayers[0]?.features.features.map((feature) => feature.properties?.['name'] as string) ?? []
    expect(new Set(districts).size).toBe(6)
    expect(new Set(assets.map((asset) => asset.district))).toEqual(new Set(districts))
    const skills = new Set(classes.flatMap((item) => item.failureModes.map((mode) => mode.skill)))
    for (const district of districts)
      for (const skill of skills)
        expect(
          crews.some((crew) => crew.skills.includes(skill) && (crew.area.length === 0 || crew.area.includes(district))),
        ).toBe(true)
  })

  test('sewage runs from every chamber to a lift station and from there to the works, and never in a circle', () => {
    const next = new Map<string, string>()
    for (const asset of assets)
      for (const relation of asset.relations)
        if (relation.kind === 'fed by' && /^(chamber|lift-station)-/.test(relation.asset))
          next.set(relation.asset, asset.id)
    for (const { id } of assets.filter((asset) => asset.class === 'sewer-chamber' || asset.class === 'lift-station')) {
      let at = id
      for (let steps = 0; next.has(at) && steps <= 110; steps += 1) at = next.get(at) ?? at
      expect(at).toBe('lift-station-16')
    }
  })

  test('water comes to every zone from a reservoir and to every reservoir from a waterworks', () => {
    const relations = new Map(
      assets.map((asset) => [asset.id, asset.relations.filter((each) => each.kind === 'fed by')]),
    )
    for (const zone of assets.filter((asset) => asset.class === 'pressure-zone')) {
      const met = new Set<string>()
      const pending = [zone.id]
      for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
        if (met.has(at)) continue
        met.add(at)
        pending.push(...(relations.get(at) ?? []).map((relation) => relation.asset))
      }
      expect([...met].some((id) => id.startsWith('reservoir-'))).toBe(true)
      expect([...met].some((id) => id.startsWith('pump-') && relations.get(id)?.length === 0)).toBe(true)
    }
  })

  test('bridges stand on the water, nothing else does', () => {
    const waters = mapLayers[1]?.features.features ?? []
    const river = waters.flatMap((feature) =>
      feature.geometry.type === 'Polygon' && feature.properties?.['kind'] === 'river'
        ? feature.geometry.coordinates
        : [],
    )
    const wet = assets.filter((asset) =>
      river.some((ring) => inside(ring, [asset.place.longitude, asset.place.latitude])),
    )
    expect(wet.filter((asset) => asset.class === 'bridge').length).toBeGreaterThanOrEqual(6)
    expect([...new Set(wet.map((asset) => asset.class))]).toEqual(['bridge'])
  })

  test('written as city.yaml and read back, it is the same', () => {
    const { devices: _devices, ...city } = town(seed)
    writeTown(city, join(folder, String(seed)))
    expect(readCityFile(join(folder, String(seed), 'city.yaml'))).toEqual(city)
  })
})

function inside(ring: Position[], [x = 0, y = 0]: Position): boolean {
  let within = false
  for (const [index, [ax = 0, ay = 0]] of ring.entries()) {
    const [bx = 0, by = 0] = ring[(index + ring.length - 1) % ring.length] ?? []
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) within = !within
  }
  return within
}
