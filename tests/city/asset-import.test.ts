import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { FileFaults, formatFault, libraryClasses, readAssetsCsv, readAssetsGeoJson } from '../../city/index.ts'
import { temporaryFolder } from '../support/files.ts'

const folder = temporaryFolder()
const classes = libraryClasses()
let files = 0

function written(text: string): string {
  files += 1
  const path = join(folder, `file-${files}`)
  writeFileSync(path, text)
  return path
}

function faultsOf(read: () => unknown): string[] {
  try {
    read()
  } catch (error) {
    if (error instanceof FileFaults) return error.faults.map((fault) => formatFault({ ...fault, file: 'file' }))
    throw error
  }
  return []
}

const heading = 'id,name,class,criticality,latitude,longitude'

describe('readAssetsCsv', () => {
  test('reads a table as an office writes it: semicolons, decimal commas, columns in any order and spelling', () => {
    const path = written(
      `\ufeffName;ID;Class;Criticality;Latitude;Longitude;Fed_by;district;Installed;Quantities
"Pump ""A""; north";pump-1;drinking-water-pump;3;48,25;15,5;reservoir-1;Altstadt;2011-05-01;flow power

Reservoir;reservoir-1;reservoir;5;48;15.5;;;;
`,
    )
    expect(readAssetsCsv(path, classes)).toEqual([
      {
        id: 'pump-1',
        name: 'Pump "A"; north',
        class: 'drinking-water-pump',
        criticality: 3,
        place: { latitude: 48.25, longitude: 15.5 },
        district: 'Altstadt',
        relations: [{ kind: 'fed by', asset: 'reservoir-1' }],
        quantities: ['flow', 'power'],
        installedAt: Date.UTC(2011, 4, 1),
      },
      {
        id: 'reservoir-1',
        name: 'Reservoir',
        class: 'reservoir',
        criticality: 5,
        place: { latitude: 48, longitude: 15.5 },
        relations: [],
      },
    ])
  })

  test('counts lines as an editor does, through quoted line ends and empty lines', () => {
    const path = written(
      `${heading}\r\npump-1,"Two\r\nlines",drinking-water-pump,3,48,15\r\n\r\npump-2,P,pump,9,148,x\r\n`,
    )
    expect(faultsOf(() => readAssetsCsv(path, classes))).toEqual([
      'file:5: asset "pump-2": criticality 9: expected a whole number from 1 to 5',
      'file:5: asset "pump-2": place latitude 148: expected degrees from -90 to 90',
      'file:5: asset "pump-2": place longitude "x": expected degrees from -180 to 180',
      'file:5: asset "pump-2": class "pump" is not known',
    ])
  })

  test.each([
    ['', ['file:1: the file is empty']],
    ['id,name,class,latitude,longitude\n', ['file:1: column criticality is missing']],
    [
      `${heading},distrct\npump-1,P,drinking-water-pump,3,48,15,x\n`,
      ['file:1: unknown column "distrct"; did you mean "district"?'],
    ],
    [`${heading}\npump-1,P, one,drinking-water-pump,3,48,15\n`, ['file:2: 7 cells, but the heading has 6']],
    [`${heading}\npump-1,,drinking-water-pump,3,48,15\n`, ['file:2: asset "pump-1": name is missing']],
    [
      `${heading}\npump-1,P,drinking-water-pump,3,48,15\npump-1,P,drinking-water-pump,3,48,15\n`,
      ['file:3: asset "pump-1": id "pump-1" is used twice'],
    ],
  ])('%j', (text, expected) => {
    const faults = faultsOf(() => readAssetsCsv(written(text), classes))
    for (const [index, start] of expected.entries()) expect(faults[index]?.startsWith(start)).toBe(true)
  })

  test('relations are held against what is registered, when that is known', () => {
    const path = written(`${heading},fed by\npump-1,P,drinking-water-pump,3,48,15,reservoir-1\n`)
    expect(readAssetsCsv(path, classes)).toHaveLength(1)
    expect(readAssetsCsv(path, classes, ['reservoir-1'])).toHaveLength(1)
    expect(faultsOf(() => readAssetsCsv(path, classes, ['reservoir-2']))).toEqual([
      'file:2: asset "pump-1": fed by "reservoir-1": no such asset; did you mean "reservoir-2"?',
    ])
  })

  test('a file with a fault in every one of 20,000 lines is answered within seconds', () => {
    const lines = Array.from(
      { length: 20_000 },
      (_, index) => `pump-${index},P,drinking-water-pump,3,48,15,nowhere-${index}`,
    )
    const path = written(`${heading},fed by\n${lines.join('\n')}\n`)
    const started = performance.now()
    expect(faultsOf(() => readAssetsCsv(path, classes, ['reservoir-1']))).toHaveLength(20_000)
    expect(performance.now() - started).toBeLessThan(15_000)
  })
})

describe('readAssetsGeoJson', () => {
  const collection = (...features: unknown[]) => written(JSON.stringify({ type: 'FeatureCollection', features }))
  const feature = (
    properties: object,
    geometry: object = { type: 'Point', coordinates: [15.3, 48.2, 260] },
    id?: string,
  ) => ({
    type: 'Feature',
    ...(id === undefined ? {} : { id }),
    geometry,
    properties,
  })

  test('takes properties as fields, the middle of the geometry as place, and leaves the rest aside', () => {
    const line = {
      type: 'LineString',
      coordinates: [
        [15, 48],
        [15.2, 48.1],
      ],
    }
    const path = collection(
      feature({ name: 'Bridge', class: 'bridge', criticality: 4, osm_id: 77, note: null }, line, 'bridge-1'),
      feature({
        id: 'air-1',
        name: 'Air',
        class: 'air-quality-station',
        criticality: '2',
        reports_through: 'gateway-1',
      }),
    )
    expect(readAssetsGeoJson(path, classes)).toEqual([
      {
        id: 'bridge-1',
        name: 'Bridge',
        class: 'bridge',
        criticality: 4,
        place: { latitude: 48.05, longitude: 15.1 },
        relations: [],
      },
      {
        id: 'air-1',
        name: 'Air',
        class: 'air-quality-station',
        criticality: 2,
        place: { latitude: 48.2, longitude: 15.3 },
        relations: [{ kind: 'reports through', asset: 'gateway-1' }],
      },
    ])
  })

  test('says every fault by the index of its feature', () => {
    const path = collection(
      feature({ id: 'a', name: 'A', class: 'brdige', criticality: 4 }),
      feature({}, { type: 'Pont', coordinates: [1, 2] }),
      feature({}, { type: 'Point', coordinates: [15, 98] }),
      feature({ id: 'd', naem: 'D', class: 'bridge', criticality: 0 }),
    )
    expect(faultsOf(() => readAssetsGeoJson(path, classes))).toEqual([
      'file: feature 1: geometry.type: expected Point, LineString, Polygon or their Multi forms',
      'file: feature 2: geometry.coordinates.1: expected degrees from -90 to 90',
      'file: feature 3: unknown property "naem"; did you mean "name"?',
      'file: feature 3: asset "d": name is missing: expected text',
      'file: feature 3: asset "d": criticality 0: expected a whole number from 1 to 5',
      'file: feature 0: asset "a": class "brdige" is not known; did you mean "bridge"?',
    ])
  })

  test('says where a file stops being JSON', () => {
    const path = written('{"type":"FeatureCollection",\n "features":[,]}')
    expect(faultsOf(() => readAssetsGeoJson(path, classes))[0]).toMatch(/^file:2:\d+: not valid JSON/)
  })
})
