import type { FeatureCollection } from 'geojson'
import L from 'leaflet'
import 'leaflet/dist/leaflet.css'
import type { AssetSummary } from '../data/types.ts'
import { assetStateOrder } from '../words/states.ts'

export type MapLayerView = { readonly name: string; readonly features: FeatureCollection }

export type LeafletTown = {
  readonly show: (assets: readonly AssetSummary[]) => void
  readonly select: (id: string | undefined) => void
  readonly remove: () => void
}

/** Shapes as on every other page, on 16 × 16 with a rim in the colour of the ground. */
const shapes = {
  action: '<path d="M5.2 1.5h5.6l3.7 3.7v5.6l-3.7 3.7H5.2l-3.7-3.7V5.2z"/>',
  warning: '<path d="M8 1.8 15 14H1z"/>',
  silent: '<circle cx="8" cy="8" r="5.2" class="hollow"/><path d="M5.2 10.8 10.8 5.2" class="hollow"/>',
} as const

const normalRadius = 2.2
// Names of districts lie on the ground, under everything that has a state.
const labelPane = 'labels'
const middleZoom = 14.25
const nearZoom = 15.5

function baseLayer({ name, features }: MapLayerView): L.Layer {
  return L.geoJSON(features, {
    interactive: false,
    style: (feature) => ({
      className: feature?.properties?.['kind'] === 'main' ? `map-${name} map-main` : `map-${name}`,
      weight: 1,
    }),
    pointToLayer: (_feature, at) => L.circleMarker(at, { radius: 0, className: `map-${name}` }),
    onEachFeature: (feature, layer) => {
      const title = feature.properties?.['name']
      if (name === 'districts' && typeof title === 'string' && layer instanceof L.Polygon)
        layer.bindTooltip(title, {
          permanent: true,
          direction: 'center',
          className: 'map-label',
          interactive: false,
          opacity: 1,
          pane: labelPane,
        })
    },
  })
}

function markerOf(asset: AssetSummary): L.CircleMarker | L.Marker {
  const at: L.LatLngTuple = [asset.place.latitude, asset.place.longitude]
  if (asset.state === 'normal')
    return L.circleMarker(at, { radius: normalRadius, className: 'asset-dot', bubblingMouseEvents: false })
  const icon = L.divIcon({
    className: `asset-mark ${asset.state}`,
    html: `<svg viewBox="-1 -1 18 18" aria-hidden="true">${shapes[asset.state]}</svg>`,
    iconSize: [20, 20],
  })
  // The worst lie on top.
  const rank = assetStateOrder.length - assetStateOrder.indexOf(asset.state)
  return L.marker(at, { icon, keyboard: false, zIndexOffset: rank * 1_000, bubblingMouseEvents: false })
}

/** Puts the town on an element; knows nothing of Preact. */
export function townOn(
  element: HTMLElement,
  layers: readonly MapLayerView[],
  onSelect: (id: string | undefined) => void,
): LeafletTown {
  const still = matchMedia('(prefers-reduced-motion: reduce)').matches
  const map = L.map(element, {
    zoomControl: false,
    attributionControl: false,
    zoomSnap: 0.25,
    zoomDelta: 0.5,
    wheelPxPerZoomLevel: 120,
    zoomAnimation: !still,
    fadeAnimation: false,
  })
  L.control.zoom({ position: 'topright', zoomInTitle: 'Zoom in', zoomOutTitle: 'Zoom out' }).addTo(map)
  map.createPane(labelPane).style.zIndex = '450'
  const base = layers.map((layer) => baseLayer(layer).addTo(map))
  const dots = L.layerGroup().addTo(map)
  const held = new Map<string, { state: AssetSummary['state']; marker: L.CircleMarker | L.Marker }>()
  const ring = L.marker([0, 0], {
    icon: L.divIcon({ className: 'asset-ring', iconSize: [32, 32] }),
    keyboard: false,
    interactive: false,
    zIndexOffset: -500,
  })
  let framed = false
  let chosen: string | undefined

  const frame = (assets: readonly AssetSummary[]) => {
    // Rivers and roads run out of the town; its districts are what should fill the view.
    const districts = base.filter((_, index) => layers[index]?.name === 'districts')
    const drawn = L.featureGroup(districts.length > 0 ? districts : base).getBounds()
    const bounds = drawn.isValid()
      ? drawn
      : L.latLngBounds(assets.map((asset) => [asset.place.latitude, asset.place.longitude]))
    if (!bounds.isValid() || element.clientWidth === 0) return
    map.fitBounds(bounds, { padding: [16, 16], animate: false })
    map.setMaxBounds(bounds.pad(0.6))
    map.setMinZoom(map.getZoom() - 1)
    framed = true
  }

  const zoomed = () => {
    element.dataset['zoom'] = map.getZoom() >= nearZoom ? 'near' : map.getZoom() >= middleZoom ? 'middle' : 'far'
  }
  map.on('zoomend', zoomed)
  map.on('click', () => onSelect(undefined))

  let lastShown: readonly AssetSummary[] = []
  const observer = new ResizeObserver(() => {
    map.invalidateSize({ animate: false })
    if (!framed) frame(lastShown)
  })
  observer.observe(element)

  const add = (asset: AssetSummary) => {
    const marker = markerOf(asset)
    marker.bindTooltip(asset.name, { direction: 'top', offset: [0, -8], className: 'asset-tip' })
    marker.on('click', () => onSelect(asset.id))
    marker.addTo(dots)
    held.set(asset.id, { state: asset.state, marker })
  }

  const point = () => {
    const marker = chosen === undefined ? undefined : held.get(chosen)?.marker
    if (!marker) return void ring.remove()
    ring.setLatLng(marker.getLatLng()).addTo(map)
  }

  map.setView([0, 0], 2)
  zoomed()

  return {
    show: (assets) => {
      lastShown = assets
      const wanted = new Map(assets.map((asset) => [asset.id, asset]))
      for (const [id, { state, marker }] of held)
        if (wanted.get(id)?.state !== state) {
          marker.remove()
          dots.removeLayer(marker)
          held.delete(id)
        }
      for (const asset of assets) if (!held.has(asset.id)) add(asset)
      if (!framed) frame(assets)
      point()
    },
    select: (id) => {
      chosen = id
      point()
      const marker = id === undefined ? undefined : held.get(id)?.marker
      if (!marker || !framed) return
      const inner = map.getBounds().pad(-0.12)
      if (!inner.contains(marker.getLatLng())) map.panTo(marker.getLatLng(), { animate: !still })
    },
    remove: () => {
      observer.disconnect()
      map.remove()
    },
  }
}
