import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { stringify } from 'yaml'
import type { Asset } from './asset.ts'
import type { AssetClass } from './asset-class.ts'
import { relationKinds } from './city-schema.ts'
import type { Crew } from './crew.ts'
import type { CityDescription } from './description.ts'
import { formatDuration, type Instant } from './instant.ts'
import { libraryClasses } from './library.ts'
import type { MapLayer } from './map-layer.ts'
import type { SourceDraft } from './source.ts'

/**
 * Writes `city.yaml` and a GeoJSON file for each map layer, as a person would have written them: an example to start a
 * city from. `readCityFile` reads back the same description.
 */
export function writeTown(town: CityDescription, folder: string): void {
  mkdirSync(folder, { recursive: true })
  for (const layer of town.mapLayers) writeFileSync(join(folder, fileOf(layer)), geoJson(layer))
  writeFileSync(join(folder, 'city.yaml'), cityYaml(town))
}

function fileOf(layer: MapLayer): string {
  return `${layer.name}.geojson`
}

/** One feature a line: readable, and a change shows up as a change of that line. */
function geoJson({ features }: MapLayer): string {
  const { features: list, ...rest } = features
  const head = JSON.stringify({ ...rest, features: [] }).slice(0, -2)
  return `${head}\n${list.map((feature) => JSON.stringify(feature)).join(',\n')}\n]}\n`
}

function cityYaml(town: CityDescription): string {
  const shipped = new Map(libraryClasses().map((item) => [item.id, item]))
  const own = town.classes.filter((item) => !isDeepStrictEqual(shipped.get(item.id), item))
  return [
    `# What ${plain(town.name)} owns and keeps. Read it with \`lengthsman import city.yaml\`; \`lengthsman check city.yaml\` only looks.`,
    '# Classes that are not described here are those that ship with the program.',
    `name: ${block(town.name)}`,
    `time zone: ${block(town.timeZone)}`,
    ...section(
      'map',
      town.mapLayers.map((layer) => `  ${layer.name}: ${fileOf(layer)}`),
    ),
    ...(own.length === 0 ? [] : ['', stringify({ classes: own.map(classEntry) }, { lineWidth: 0 }).trimEnd()]),
    ...section('crews', town.crews.flatMap(crewLines)),
    ...section('assets', assetLines(town.assets, town.classes)),
    ...section('sources', (town.sources ?? []).map(sourceLine)),
    '',
  ].join('\n')
}

function section(name: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', `${name}:`, ...lines]
}

function crewLines(crew: Crew): string[] {
  return [
    `  - id: ${block(crew.id)}`,
    `    name: ${block(crew.name)}`,
    `    skills: ${list(crew.skills)}`,
    ...(crew.area.length === 0 ? [] : [`    area: ${list(crew.area)}`]),
  ]
}

function sourceLine({ name, sensor, unit, factor, offset }: SourceDraft): string {
  const rest = [
    ...(unit === undefined ? [] : [`unit: ${JSON.stringify(unit)}`]),
    ...(factor === undefined ? [] : [`factor: ${factor}`]),
    ...(offset === undefined ? [] : [`offset: ${offset}`]),
  ]
  return `  - { ${[`source: ${JSON.stringify(name)}`, `sensor: ${sensor}`, ...rest].join(', ')} }`
}

/** With a heading wherever the class changes. */
function assetLines(assets: readonly Asset[], classes: readonly AssetClass[]): string[] {
  const plurals = new Map(classes.map((item) => [item.id, item.plural]))
  return assets.flatMap((asset, index) => {
    const heading =
      asset.class === assets[index - 1]?.class
        ? []
        : [...(index === 0 ? [] : ['']), `  # ${plain(plurals.get(asset.class) ?? asset.class)}`]
    return [...heading, ...assetEntry(asset)]
  })
}

function assetEntry(asset: Asset): string[] {
  const { latitude, longitude, address } = asset.place
  const place = [
    `latitude: ${latitude}`,
    `longitude: ${longitude}`,
    ...(address === undefined ? [] : [`address: ${flow(address)}`]),
  ]
  const relations = relationKinds.flatMap((kind) => {
    const ids = asset.relations.filter((relation) => relation.kind === kind).map((relation) => relation.asset)
    return ids.length === 0 ? [] : [`    ${kind}: ${ids.length === 1 ? block(ids[0] ?? '') : list(ids)}`]
  })
  return [
    `  - id: ${block(asset.id)}`,
    `    name: ${block(asset.name)}`,
    `    class: ${block(asset.class)}`,
    `    criticality: ${asset.criticality}`,
    ...(asset.district === undefined ? [] : [`    district: ${block(asset.district)}`]),
    `    place: { ${place.join(', ')} }`,
    ...relations,
    ...(asset.quantities === undefined ? [] : [`    quantities: ${list(asset.quantities)}`]),
    ...(asset.installedAt === undefined ? [] : [`    installed: ${date(asset.installedAt)}`]),
  ]
}

function classEntry(assetClass: AssetClass) {
  return {
    id: assetClass.id,
    title: assetClass.title,
    plural: assetClass.plural,
    quantities: assetClass.quantities.map(({ id, title, unit, range, expectedIntervalMs, decimals }) => ({
      id,
      title,
      unit,
      range: [range.min, range.max],
      interval: formatDuration(expectedIntervalMs),
      decimals,
    })),
    'failure modes': assetClass.failureModes.map(({ jobPlan, ...mode }) => ({
      id: mode.id,
      title: mode.title,
      skill: mode.skill,
      'job plan': jobPlan,
      causes: mode.causes,
      remedies: mode.remedies,
      ...(mode.explains === undefined ? {} : { explains: mode.explains }),
    })),
  }
}

function date(at: Instant): string {
  return new Date(at).toISOString().replace(/T00:00:00\.000Z$/, '')
}

function list(items: readonly string[]): string {
  return `[${items.map(flow).join(', ')}]`
}

/** A text as it stands after `key: `; what YAML could take for something else is put in quotation marks. */
function block(text: string): string {
  return /^\p{L}[\p{L}\p{N} ,./()-]*$/u.test(text) && isPlain(text) ? text : JSON.stringify(text)
}

/** The same inside brackets, where a comma parts. */
function flow(text: string): string {
  return /^\p{L}[\p{L}\p{N} ./()-]*$/u.test(text) && isPlain(text) ? text : JSON.stringify(text)
}

function isPlain(text: string): boolean {
  return text === text.trim() && !/^(true|false|null)$/i.test(text)
}

/** For a comment, which ends with its line. */
function plain(text: string): string {
  return text.replace(/\s+/g, ' ')
}
