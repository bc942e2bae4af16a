import { z } from 'zod'
import { latitude, longitude } from './schema-parts.ts'

// RFC 7946. A position may carry an altitude, which a flat map has no use for; everything unknown is let through.

const position = z.tuple([longitude, latitude], 'a position [longitude, latitude]').rest(z.number('a number'))
const line = z.array(position, 'a list of positions')
const ring = line.min(4, 'a ring of at least four positions, the last like the first')
const polygon = z.array(ring, 'a list of rings')

const geometry = z.discriminatedUnion(
  'type',
  [
    z.looseObject({ type: z.literal('Point'), coordinates: position }),
    z.looseObject({ type: z.literal('MultiPoint'), coordinates: line }),
    z.looseObject({ type: z.literal('LineString'), coordinates: line.min(2, 'at least two positions') }),
    z.looseObject({ type: z.literal('MultiLineString'), coordinates: z.array(line, 'a list of lines') }),
    z.looseObject({ type: z.literal('Polygon'), coordinates: polygon }),
    z.looseObject({ type: z.literal('MultiPolygon'), coordinates: z.array(polygon, 'a list of polygons') }),
  ],
  { error: 'Point, LineString, Polygon or their Multi forms' },
)

export const geoJsonFeature = z.looseObject(
  {
    type: z.literal('Feature', 'a Feature'),
    geometry,
    properties: z.record(z.string(), z.unknown(), 'an object').nullable().default({}),
  },
  { error: 'a Feature' },
)

export const geoJsonFile = z.looseObject(
  {
    type: z.literal('FeatureCollection', 'a FeatureCollection'),
    features: z.array(z.unknown(), 'a list of features'),
  },
  { error: 'a GeoJSON FeatureCollection' },
)
