import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { type DurationMs, FileFaults, parseDuration, parseSensorId } from '../../city/index.ts'
import { qualities } from '../../ingest/index.ts'
import type { Case, CaseReading } from './case.ts'
import type { CaseAsset } from './case-city.ts'
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

const caseEntry = z.strictObject({
  name: z.string().min(1),
  rules: ruleNames.optional(),
  assets: z
    .record(z.string(), z.strictObject({ class: z.string(), 'reports through': z.string().optional() }))
    .optional(),
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
    }),
  ),
})

/** What a rule's standard cases are made from: what its sensor usually reads, and what it reads in trouble. */
const standardEntry = z.strictObject({
  rule: z.string(),
  healthy: series,
  /** For thresholds: beyond the lowest limit. */
  trouble: series.optional(),
  /** For thresholds with two levels: beyond the action limit. */
  action: series.optional(),
})

const caseFile = z.strictObject({
  about: z.string().optional(),
  /** The class of every asset that is not listed by itself. */
  class: z.string().optional(),
  standard: z.array(standardEntry).optional(),
  cases: z.array(caseEntry).optional(),
})

export type StandardEntry = z.output<typeof standardEntry>
export type CaseFile = { readonly cases: readonly Case[]; readonly standard: readonly StandardEntry[] }

/** Reads a file of cases; throws FileFaults with every fault. */
export function readCaseFile(path: string): CaseFile {
  let data: unknown
  try {
    data = JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    throw new FileFaults([{ file: path, message: (error as Error).message }])
  }
  const parsed = caseFile.safeParse(data)
  if (!parsed.success)
    throw new FileFaults(
      parsed.error.issues.map((issue) => ({ file: path, message: `${issue.path.join(' / ')}: ${issue.message}` })),
    )
  const { cases = [], standard = [], class: assetClass } = parsed.data
  return { cases: cases.map((entry) => toCase(entry, assetClass)), standard }
}

type CaseEntry = z.output<typeof caseEntry>

function toCase(entry: CaseEntry, assetClass: string | undefined): Case {
  return {
    name: entry.name,
    rules: entry.rules,
    assets: assetsOf(entry, assetClass),
    stepMs: entry.every,
    readings: Object.entries(entry.readings).flatMap(([id, samples]) => readingsOf(id, samples, entry)),
    expect: entry.expect.map(({ at, ...states }) => ({ atMs: at, ...states })),
  }
}

function assetsOf(entry: CaseEntry, assetClass: string | undefined): CaseAsset[] {
  const listed = Object.entries(entry.assets ?? {}).map(([id, asset]) => ({
    id,
    class: asset.class,
    reportsThrough: asset['reports through'],
  }))
  const named = new Set(listed.map(({ id }) => id))
  const others = new Set(Object.keys(entry.readings).map((id) => id.split('/')[0] ?? id))
  return [...listed, ...[...others].filter((id) => !named.has(id)).map((id) => ({ id, class: assetClass ?? '' }))]
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
