import type { Asset } from './asset.ts'
import type { AssetClass } from './asset-class.ts'
import type { Crew } from './crew.ts'
import type { Device } from './device.ts'
import type { MapLayer } from './map-layer.ts'
import type { SourceDraft } from './source.ts'

/** A whole city as a file describes it. `classes` holds every class that its assets use. */
export type CityDescription = {
  readonly name: string
  /** IANA name: `Europe/Vienna`. */
  readonly timeZone: string
  readonly classes: readonly AssetClass[]
  readonly assets: readonly Asset[]
  readonly crews: readonly Crew[]
  readonly mapLayers: readonly MapLayer[]
  /** Names that devices use, mapped to sensors; none when absent. */
  readonly sources?: readonly SourceDraft[]
}

/** A device before it has a credential. */
export type DeviceDraft = Pick<Device, 'id' | 'title' | 'assets' | 'subscribes'> & Partial<Pick<Device, 'publishes'>>

/** What an import did. */
export type ImportSummary = {
  readonly added: number
  readonly changed: number
  readonly unchanged: number
  readonly assets: number
  readonly sensors: number
  readonly classes: number
  readonly crews: number
  readonly mapLayers: number
  readonly sources: number
}
