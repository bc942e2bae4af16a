import type { FeatureCollection } from 'geojson'
import { z } from 'zod'
import type { AssetClass } from './asset-class.ts'

/** A class as the registry keeps it. */
export const assetClassRow: z.ZodType<AssetClass> = z.object({
  id: z.string(),
  title: z.string(),
  plural: z.string(),
  quantities: z.array(
    z.object({
      id: z.string(),
      title: z.string(),
      unit: z.string(),
      range: z.object({ min: z.number(), max: z.number() }),
      expectedIntervalMs: z.number(),
      decimals: z.number(),
    }),
  ),
  failureModes: z.array(
    z.object({
      id: z.string(),
      title: z.string(),
      skill: z.string(),
      jobPlan: z.array(z.string()),
      causes: z.array(z.string()),
      remedies: z.array(z.string()),
      explains: z.enum(['silence', 'all']).optional(),
    }),
  ),
})

/** The outer shape only: the features go to the map as they are, and thousands of coordinates need no second look. */
export const featureCollectionRow: z.ZodType<FeatureCollection> = z.custom<FeatureCollection>((value) => {
  const { type, features } = (value ?? {}) as Partial<FeatureCollection>
  return type === 'FeatureCollection' && Array.isArray(features)
}, 'expected a GeoJSON FeatureCollection')
