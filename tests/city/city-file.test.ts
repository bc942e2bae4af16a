import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import {
  type Asset,
  type CityDescription,
  FileFaults,
  formatFault,
  libraryClasses,
  type RelationKind,
  readCityFile,
  writeTown,
} from '../../city/index.ts'
import { fc } from '../support/fast-check.ts'
import { temporaryFolder } from '../support/files.ts'

const folder = temporaryFolder()
const cases = join(import.meta.dirname, 'cases')

/** The faults as a person sees them, with the folder left off. */
function faultsOf(read: () => unknown, prefix: string): string[] {
  try {
    read()
  } catch (error) {
    if (error instanceof FileFaults)
      return error.faults.map((fault) => formatFault({ ...fault, file: fault.file.replace(`${prefix}/`, '') }))
    throw error
  }
  return []
}

function written(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

describe('readCityFile says everything that is wrong, where and what was expected', () => {
  const names = readdirSync(cases).filter((file) => !file.endsWith('.faults.txt'))
  test.each(names)('%s', (name) => {
    // Not named .yaml where they lie: the formatter could not leave what is wrong in them alone.
    const path = written('city.yaml', readFileSync(join(cases, name), 'utf8'))
    const expected = readFileSync(join(cases, name.replace('.txt', '.faults.txt')), 'utf8')
      .trimEnd()
      .split('\n')
    expect(faultsOf(() => readCityFile(path), folder)).toEqual(expected)
  })

  test('a file that is not there', () => {
    expect(faultsOf(() => readCityFile(join(folder, 'none.yaml')), folder)).toEqual([
      'none.yaml: there is no such file',
    ])
  })

  test('a map layer that is no GeoJSON is said by that file', () => {
    written('streets.geojson', '{"type":"FeatureCollection",\n"features":[{"type":"Feature"}, 3}')
    written('water.geojson', '{"type":"Point","features":[]}')
    const path = written(
      'map.yaml',
      'name: A\ntime zone: UTC\nmap:\n  streets: streets.geojson\n  water: water.geojson\nassets: []\n',
    )
    const faults = faultsOf(() => readCityFile(path), folder)
    expect(faults).toEqual([
      'water.geojson: type: expected a FeatureCollection',
      expect.stringMatching(/^streets\.geojson:2:\d+: not valid JSON/),
    ])
  })

  test('YAML aliases that would unfold without end are stopped', () => {
    const lines = ['a: &a [x, x, x, x, x, x, x, x, x]']
    for (const [from, to] of ['ab', 'bc', 'cd', 'de', 'ef', 'fg'].map((pair) => [...pair]))
      lines.push(`${to}: &${to} [${Array.from({ length: 9 }, () => `*${from}`).join(', ')}]`)
    expect(faultsOf(() => readCityFile(written('bomb.yaml', lines.join('\n'))), folder)[0]).toContain('alias')
  })
})

describe('classes in city.yaml', () => {
  const assets = `assets:
  - { id: pump-1, name: P, class: drinking-water-pump, criticality: 3, place: { latitude: 1, longitude: 2 } }
  - { id: fountain-1, name: F, class: fountain, criticality: 1, place: { latitude: 1, longitude: 2 } }
`
  const city = readCityFile(
    written(
      'classes.yaml',
      `name: A
time zone: UTC
classes:
  - id: drinking-water-pump
    title: Our pump
    quantities:
      - { id: vibration, title: Shaking, unit: mm/s, range: [0, 90], interval: 10s }
      - { id: noise, title: Noise, unit: "dB", range: [0, 120], interval: 1h30m, decimals: 0 }
  - id: fountain
    title: Fountain
    plural: Fountains
    quantities:
      - { id: flow, title: Flow, unit: L/min, range: [0, 900], interval: 5m }
    failure modes:
      - { id: dry, title: Dry, skill: plumbing, job plan: [Look], causes: [Frost], remedies: [Sun] }
crews:
  - { id: plumbers, name: Plumbers, skills: [plumbing] }
${assets}`,
    ),
  )

  test('one that ships is changed where the file says so', () => {
    const shipped = libraryClasses().find((item) => item.id === 'drinking-water-pump')
    const changed = city.classes.find((item) => item.id === 'drinking-water-pump')
    expect(changed).toMatchObject({ title: 'Our pump', plural: shipped?.plural, failureModes: shipped?.failureModes })
    expect(changed?.quantities.map((quantity) => quantity.id)).toEqual([
      ...(shipped?.quantities.map((quantity) => quantity.id) ?? []),
      'noise',
    ])
    expect(changed?.quantities[0]).toEqual({
      id: 'vibration',
      title: 'Shaking',
      unit: 'mm/s',
      range: { min: 0, max: 90 },
      expectedIntervalMs: 10_000,
      decimals: 1,
    })
  })

  test('a new one is added, and its skills count', () => {
    expect(city.classes.map((item) => item.id)).toEqual(['drinking-water-pump', 'fountain'])
    expect(city.crews[0]?.skills).toEqual(['plumbing'])
  })

  test('both survive being written and read again', () => {
    writeTown(city, join(folder, 'again'))
    expect(readCityFile(join(folder, 'again', 'city.yaml'))).toEqual(city)
  })
})

describe('what writeTown writes, readCityFile reads', () => {
  const text = fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 40 })
    .map((each) => each.trim())
    .filter((each) => each !== '')
  const degrees = (max: number) =>
    fc.integer({ min: -max * 1e6, max: max * 1e6 }).map((millionths) => millionths / 1e6 || 0)
  const kinds: RelationKind[] = ['part of', 'fed by', 'reports through']

  /** Assets that refer only to earlier ones, so that nothing goes in circles. */
  const assets = fc
    .array(
      fc.record({
        name: text,
        criticality: fc.constantFrom(1, 2, 3, 4, 5) as fc.Arbitrary<Asset['criticality']>,
        latitude: degrees(90),
        longitude: degrees(180),
        address: fc.option(text, { nil: undefined }),
        district: fc.option(text, { nil: undefined }),
        relations: fc.array(fc.tuple(fc.constantFrom(...kinds), fc.nat()), { maxLength: 4 }),
        quantities: fc.option(fc.subarray(['vibration', 'flow', 'power'], { minLength: 1 }), { nil: undefined }),
        installedAt: fc.option(fc.integer({ min: -1e12, max: 2e12 }), { nil: undefined }),
      }),
      { maxLength: 8 },
    )
    .map((drafts) =>
      drafts.map(
        ({ relations, latitude, longitude, address, district, quantities, installedAt, ...draft }, index): Asset => {
          const related = relations
            .filter(() => index > 0)
            .map(([kind, other]) => ({ kind, asset: `pump-${other % index}` }))
          const unique = [...new Map(related.map((each) => [`${each.kind} ${each.asset}`, each])).values()]
          return {
            ...draft,
            id: `pump-${index}`,
            class: 'drinking-water-pump',
            place: { latitude, longitude, ...(address === undefined ? {} : { address }) },
            ...(district === undefined ? {} : { district }),
            relations: kinds.flatMap((kind) => unique.filter((each) => each.kind === kind)),
            ...(quantities === undefined ? {} : { quantities }),
            ...(installedAt === undefined ? {} : { installedAt }),
          }
        },
      ),
    )

  test('whatever the names are', () => {
    const target = join(folder, 'property')
    mkdirSync(target)
    fc.assert(
      fc.property(text, assets, text, (name, list, crew) => {
        const city: CityDescription = {
          name,
          timeZone: 'America/Argentina/Ushuaia',
          classes: libraryClasses().filter((item) => list.length > 0 && item.id === 'drinking-water-pump'),
          assets: list,
          crews: [{ id: 'crew', name: crew, skills: ['mechanical'], area: [] }],
          mapLayers: [],
        }
        writeTown(city, target)
        expect(readCityFile(join(target, 'city.yaml'))).toEqual(city)
      }),
      { numRuns: 150 },
    )
  })
})
