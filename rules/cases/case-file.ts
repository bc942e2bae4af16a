import { readFileSync } from 'node:fs'
import { z } from 'zod'
import {
  type CityDescription,
  type DurationMs,
  FileFaults,
  parseDuration,
  parseSensorId,
  type Relation,
} from '../../city/index.ts'
import { qualities } from '../../ingest/index.ts'
import { YamlFile } from '../file/yaml-places.ts'
import { faultsOf } from '../file/zod-faults.ts'
import { type Case, type CaseReading, proofs } from './case.ts'
import { type CaseAsset, nowhere } from './case-city.ts'
import { parseSeries, type SeriesSamples } from './notation.ts'

const duration = z.string().transform((text, context) => {
  const durationMs = text === '0' ? 0 : parseDuration(text)
  if (durationMs !== undefined) return durationMs
  context.addIssue(`"${text}": expected a duration like 10m`)
  return z.NEVER
})

const series = z.string().transform((text, context): SeriesSamples => {
  try {
    return parseSeries(text)
  } catch (error) {
    context.addIssue((error as Error).message)
    return z.NEVER
  }
})

const sensor = z
  .string()
  .refine((text) => parseSensorId(text) !== undefined, 'expected a sensor like pump-01/vibration')
const ruleNames = z.array(z.string())

/** Readings observed from … to (both included) that come late, or that quality control has doubts about. */
const disturbance = z.strictObject({
  sensor,
  from: duration,
  to: duration,
  arrives: duration.optional(),
  quality: z.enum(qualities).optional(),
})

const related = z.union([z.string().transform((one) => [one]), z.array(z.string())])
const asset = z.strictObject({
  class: z.string(),
  'reports through': related.optional(),
  'fed by': related.optional(),
  'part of': related.optional(),
})

const caseEntry = z.strictObject({
  name: z.string().min(1),
  /** The class of every asset that is not listed by itself. */
  class: z.string().optional(),
  rules: ruleNames.optional(),
  proves: z.array(z.enum(proofs)).optional(),
  assets: z.record(z.string(), asset).optional(),
  /** When the first sample was taken, where a rule looks at the calendar or the sun. */
  begins: z.iso.datetime({ offset: true }).transform(Date.parse).optional(),
  every: duration,
  readings: z.record(sensor, series),
  disturbed: z.array(disturbance).optional(),
  expect: z.array(
    z.strictObject({
      at: duration,
      pending: ruleNames.optional(),
      firing: ruleNames.optional(),
      recovering: ruleNames.optional(),
      action: ruleNames.optional(),
      hidden: ruleNames.optional(),
      tickets: z.int().min(0).optional(),
    }),
  ),
})

/** What a rule's standard cases are made from: what its sensor usually reads, and what it reads in trouble. */
const standardEntry = z.strictObject({
  /** One rule, or several that look at the same sensor. */
  rule: z.union([z.string().transform((one) => [one]), z.array(z.string())]),
  healthy: series.optional(),
  /** For thresholds: beyond the lowest limit. */
  trouble: series.optional(),
  /** For formulas instead: a value for each quantity that it looks at. */
  asset: z
    .strictObject({ healthy: z.record(z.string(), z.number()), trouble: z.record(z.string(), z.number()) })
    .optional(),
  /** For thresholds with two levels: beyond the action limit. */
  action: series.optional(),
})

const caseFile = z.strictObject({
  about: z.string().optional(),
  /** The class of every asset that is not listed by itself. */
  class: z.string().optional(),
  'time zone': z.string().optional(),
  place: z.strictObject({ latitude: z.number(), longitude: z.number() }).optional(),
  standard: z.array(standardEntry).optional(),
  cases: z.array(caseEntry).optional(),
})

export type StandardEntry = Omit<z.output<typeof standardEntry>, 'rule'> & { readonly rule: string }
export type CaseFile = { readonly cases: readonly Case[]; readonly standard: readonly StandardEntry[] }

/** Reads a file of cases; throws FileFaults with every fault. Assets of the city need not be described again. */
export function readCaseFile(path: string, city?: CityDescription): CaseFile {
  const text = readText(path)
  const data = parseJson(path, text)
  const parsed = caseFile.safeParse(wrapped(data))
  if (!parsed.success) {
    const shorter = wrapping(data)
    const issues = parsed.error.issues.map((issue) => ({ ...issue, path: issue.path.slice(shorter) }))
    // JSON is YAML, whose reader knows where everything stands.
    throw new FileFaults(faultsOf(new YamlFile(path, text), [], new z.ZodError(issues), caseFile))
  }
  const { cases = [], standard = [] } = parsed.data
  return {
    cases: cases.map((entry) => toCase(entry, parsed.data, city)),
    standard: standard.flatMap(({ rule: ids, ...examples }) => ids.map((rule) => ({ rule, ...examples }))),
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new FileFaults([{ file: path, message: `cannot be read: ${(error as Error).message}` }])
  }
}

function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    const { message } = error as Error
    // Of some faults Node shows the words around them instead.
    const position = /at position (\d+)/.exec(message)?.[1]
    if (position === undefined) throw new FileFaults([{ file: path, message }])
    const before = text.slice(0, Number(position)).split('\n')
    throw new FileFaults([{ file: path, line: before.length, column: 1 + (before.at(-1)?.length ?? 0), message }])
  }
}

/** By how many steps a place in the file is shorter than in what `wrapped` makes of it. */
function wrapping(data: unknown): number {
  return Array.isArray(data) ? 1 : wrapped(data) === data ? 0 : 2
}

/** One case alone, or a bare list of them, is a file too. */
function wrapped(data: unknown): unknown {
  if (Array.isArray(data)) return { cases: data }
  return typeof data === 'object' && data !== null && 'readings' in data ? { cases: [data] } : data
}

type CaseEntry = z.output<typeof caseEntry>
type Around = Pick<z.output<typeof caseFile>, 'class' | 'time zone' | 'place'>

function toCase(entry: CaseEntry, file: Around, city: CityDescription | undefined): Case {
  const assets = assetsOf(entry, entry.class ?? file.class, city)
  const known = city?.assets.find(({ id }) => id === assets[0]?.id)
  return {
    name: entry.name,
    rules: entry.rules,
    proves: entry.proves ?? [],
    assets,
    surroundings: {
      timeZone: file['time zone'] ?? city?.timeZone ?? nowhere.timeZone,
      place: file.place ?? known?.place ?? nowhere.place,
      beginsAt: entry.begins ?? nowhere.beginsAt,
    },
    stepMs: entry.every,
    readings: Object.entries(entry.readings).flatMap(([id, samples]) => readingsOf(id, samples, entry)),
    expect: entry.expect.map(({ at, ...states }) => ({ atMs: at, ...states })),
  }
}

/** As the case describes them; else as the city does; else of the class named. */
function assetsOf(entry: CaseEntry, assetClass: string | undefined, city: CityDescription | undefined): CaseAsset[] {
  const named = new Set(Object.keys(entry.readings).map((id) => id.split('/')[0] ?? id))
  for (const id of Object.keys(entry.assets ?? {})) named.add(id)
  return [...named].map((id) => {
    const described = entry.assets?.[id]
    if (described !== undefined) return { id, class: described.class, relations: relationsIn(described) }
    const owned = city?.assets.find((each) => each.id === id)
    return { id, class: owned?.class ?? assetClass ?? '', relations: owned?.relations ?? [] }
  })
}

function relationsIn(described: z.output<typeof asset>): Relation[] {
  const kinds = ['reports through', 'fed by', 'part of'] as const
  return kinds.flatMap((kind) => (described[kind] ?? []).map((other) => ({ kind, asset: other })))
}

function readingsOf(sensorId: string, samples: SeriesSamples, entry: CaseEntry): CaseReading[] {
  return samples.flatMap((value, index) => {
    if (value === undefined) return []
    const observedMs: DurationMs = index * entry.every
    const found = entry.disturbed?.find(
      ({ sensor: id, from, to }) => id === sensorId && observedMs >= from && observedMs <= to,
    )
    const arrivesMs = Math.max(observedMs, found?.arrives ?? observedMs)
    return [{ sensor: sensorId, observedMs, arrivesMs, value, quality: found?.quality ?? 'good' }]
  })
}
