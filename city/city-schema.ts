import { z } from 'zod'
import type { Asset, Relation, RelationKind } from './asset.ts'
import type { Crew } from './crew.ts'
import {
  criticality,
  date,
  latitude,
  longitude,
  mapping,
  name,
  names,
  oneOrMany,
  text,
  timeZone,
} from './schema-parts.ts'
import { parseSensorId, type SensorId } from './sensor.ts'
import type { SourceDraft } from './source.ts'

/** The keys by which a file writes relations, in the order in which they are kept. */
export const relationKinds: readonly RelationKind[] = ['part of', 'fed by', 'reports through']

const related = oneOrMany(name, 'an asset id or a list of them').optional()

/** One asset as `city.yaml` writes it. */
export const assetEntry = mapping({
  id: name,
  name: text,
  class: name,
  criticality,
  district: text.optional(),
  place: mapping({ latitude, longitude, address: text.optional() }),
  'part of': related,
  'fed by': related,
  'reports through': related,
  quantities: names.min(1, 'at least one quantity; leave it out to measure all of them').optional(),
  installed: date.optional(),
}).transform((entry): Asset => {
  const relations = relationKinds.flatMap((kind): Relation[] => (entry[kind] ?? []).map((asset) => ({ kind, asset })))
  const { address, ...position } = entry.place
  return {
    id: entry.id,
    name: entry.name,
    class: entry.class,
    criticality: entry.criticality,
    place: { ...position, ...(address === undefined ? {} : { address }) },
    ...(entry.district === undefined ? {} : { district: entry.district }),
    relations,
    ...(entry.quantities === undefined ? {} : { quantities: entry.quantities }),
    ...(entry.installed === undefined ? {} : { installedAt: entry.installed }),
  }
})

/** Stand-ins by which an asset with faults can be checked for what else is wrong with it (`readEntry`). */
export const harmlessAsset = { name: '-', criticality: 1, place: { latitude: 0, longitude: 0 } }

export const crewEntry = mapping({
  id: name,
  name: text,
  skills: names,
  area: z.array(text, 'a list of districts; leave it out for the whole city').default([]),
}).transform((entry): Crew => entry)

export const harmlessCrew = { name: '-', skills: [] }

const finite = z.number('a number')

/** What devices call a sensor, as `city.yaml` and a table write it. */
export const sourceEntry = mapping({
  source: text,
  sensor: z.string('a sensor such as pump-07/vibration').transform((id, context): SensorId => {
    if (parseSensorId(id) === undefined)
      context.addIssue({ code: 'custom', message: 'a sensor such as pump-07/vibration' })
    return id as SensorId
  }),
  unit: text.optional(),
  factor: finite.optional(),
  offset: finite.optional(),
}).transform(({ source, sensor, unit, factor, offset }): SourceDraft => {
  return {
    name: source,
    sensor,
    ...(unit === undefined ? {} : { unit }),
    ...(factor === undefined ? {} : { factor }),
    ...(offset === undefined ? {} : { offset }),
  }
})

const list = z.array(z.unknown(), 'a list').default([])

/** The outer shape of `city.yaml`; the entries of its lists are looked at one by one, so that each has its own faults. */
export const cityFile = mapping({
  name: text,
  'time zone': timeZone,
  classes: list,
  crews: list,
  map: mapping({
    districts: text.optional(),
    water: text.optional(),
    streets: text.optional(),
  }).default({}),
  assets: list,
  sources: list,
})
