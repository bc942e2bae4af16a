import { z } from 'zod'
import { qualities } from '../../../ingest/index.ts'
import { iso, level } from './terms.ts'

export const latestValue = z.object({ value: z.number(), observedAt: iso, quality: z.enum(qualities) })

/** A limit that a rule holds a sensor against; drawn as a band. */
export const sensorLimit = z.object({
  rule: z.string(),
  level,
  direction: z.enum(['above', 'below']),
  value: z.number(),
  title: z.string(),
})

export const sensorView = z.object({
  id: z.string(),
  quantity: z.string(),
  title: z.string(),
  unit: z.string(),
  decimals: z.number().int(),
  range: z.object({ min: z.number(), max: z.number() }),
  expectedIntervalSeconds: z.number(),
  latest: latestValue.nullable(),
  limits: z.array(sensorLimit),
})
export type SensorView = z.infer<typeof sensorView>

export const seriesView = z.object({
  sensor: z.string(),
  unit: z.string(),
  from: iso,
  to: iso,
  kind: z.enum(['raw', 'buckets']),
  /** Bucket width; null when raw. */
  widthMs: z.number().nullable(),
  /** Milliseconds since 1970, ascending. */
  at: z.array(z.number()),
  /** Raw: the three are the same column. */
  min: z.array(z.number()),
  max: z.array(z.number()),
  mean: z.array(z.number()),
  /** Raw only. */
  quality: z.array(z.enum(qualities)).nullable(),
})
export type SeriesView = z.infer<typeof seriesView>
