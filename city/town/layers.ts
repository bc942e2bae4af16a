import type { Feature, FeatureCollection, Position } from 'geojson'
import type { MapLayer } from '../map-layer.ts'
import { type Line, simplified } from './geometry.ts'
import { type TownPlan, toDegrees } from './plan.ts'

// Half a metre off is nothing on a map, and halves its size.
const streetToleranceMetres = 0.6

/** The town's drawing: districts with their names, water, streets with name and kind. */
export function townLayers(plan: TownPlan): MapLayer[] {
  return [
    { name: 'districts', features: collection(plan.districts.map(({ name, area }) => polygon(area, { name }))) },
    { name: 'water', features: collection(plan.waters.map(({ name, kind, area }) => polygon(area, { name, kind }))) },
    {
      name: 'streets',
      features: collection(
        // Main streets last, so that they are drawn over the others.
        [...plan.streets]
          .sort((one, other) => Number(one.kind === 'main') - Number(other.kind === 'main'))
          .map(({ name, kind, line }) => street(simplified(line, streetToleranceMetres), { name, kind })),
      ),
    },
  ]
}

function collection(features: Feature[]): FeatureCollection {
  return { type: 'FeatureCollection', features }
}

/** RFC 7946: outer rings run counter-clockwise. */
function polygon(area: Line, properties: Record<string, string>): Feature {
  const ring = counterClockwise(area) ? [...area] : [...area].reverse()
  return { type: 'Feature', properties, geometry: { type: 'Polygon', coordinates: [ring.map(position)] } }
}

function street(line: Line, properties: Record<string, string>): Feature {
  // A closed street keeps its two ends: simplifying took them for one point.
  return { type: 'Feature', properties, geometry: { type: 'LineString', coordinates: line.map(position) } }
}

function position(point: { readonly x: number; readonly y: number }): Position {
  const { latitude, longitude } = toDegrees(point)
  return [longitude, latitude]
}

function counterClockwise(ring: Line): boolean {
  return (
    ring.reduce((sum, point, index) => {
      const next = ring[(index + 1) % ring.length] ?? point
      return sum + point.x * next.y - next.x * point.y
    }, 0) > 0
  )
}
