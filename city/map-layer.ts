import type { FeatureCollection } from 'geojson'

/** The town's own drawing, shown under the assets; nothing is fetched from a tile server. Drawn in this order. */
export const mapLayerNames = ['districts', 'water', 'streets'] as const
export type MapLayerName = (typeof mapLayerNames)[number]
export type MapLayer = { readonly name: MapLayerName; readonly features: FeatureCollection }
