import type { Asset, AssetId } from './asset.ts'
import type { AssetClass } from './asset-class.ts'
import type { Crew } from './crew.ts'
import { type MapLayer, mapLayerNames } from './map-layer.ts'
import type { KeptDevice, RegistryContents } from './registry-rows.ts'
import { type Sensor, sensorId } from './sensor.ts'
import type { SourceDraft } from './source.ts'
import { SourceMemory } from './source-memory.ts'

/**
 * The registry as the running program asks it, hundreds of thousands of times a second: maps by id, and lists that are
 * made anew only after a change.
 */
export class RegistryMemory {
  readonly name: string
  readonly timeZone: string
  revision: number
  readonly classes = new Map<string, AssetClass>()
  readonly assets = new Map<AssetId, Asset>()
  readonly sensors = new Map<string, Sensor>()
  readonly sensorsOf = new Map<AssetId, readonly Sensor[]>()
  readonly crews = new Map<string, Crew>()
  readonly mapLayers = new Map<string, MapLayer>()
  readonly devices = new Map<string, KeptDevice>()
  readonly sources = new SourceMemory((id) => this.sensors.get(id))

  constructor(contents: RegistryContents, shipped: readonly AssetClass[]) {
    this.name = contents.name
    this.timeZone = contents.timeZone
    this.revision = contents.revision
    for (const assetClass of [...shipped, ...contents.classes]) this.classes.set(assetClass.id, assetClass)
    for (const asset of contents.assets) this.putAsset(asset)
    for (const crew of contents.crews) this.putCrew(crew)
    for (const layer of contents.mapLayers) this.putMapLayer(layer)
    this.putDevices(contents.devices)
    this.putSources(contents.sources, [])
  }

  /** The revision of the tables that this is the memory of. */
  at(revision: number): this {
    this.revision = revision
    return this
  }

  putCrew(crew: Crew): this {
    this.crews.set(crew.id, crew)
    return this
  }

  putMapLayer(layer: MapLayer): this {
    this.mapLayers.set(layer.name, layer)
    return this
  }

  putDevices(devices: readonly KeptDevice[]): this {
    for (const kept of devices) this.devices.set(kept.device.id, kept)
    return this
  }

  putSources(sources: readonly SourceDraft[], gone: readonly string[]): this {
    for (const name of gone) this.sources.remove(name)
    for (const source of sources) this.sources.put(source)
    return this
  }

  putAsset(asset: Asset): this {
    this.#forgetSensors(asset.id)
    this.assets.set(asset.id, asset)
    const sensors = sensorsOfAsset(asset, this.classes.get(asset.class))
    this.sensorsOf.set(asset.id, sensors)
    for (const sensor of sensors) this.sensors.set(sensor.id, sensor)
    this.sources.assetChanged(asset.id, false)
    return this
  }

  removeAsset(id: AssetId): this {
    this.#forgetSensors(id)
    this.assets.delete(id)
    this.sensorsOf.delete(id)
    this.sources.assetChanged(id, true)
    for (const [name, { device, secret }] of this.devices) {
      if (!device.assets.includes(id)) continue
      const assets = device.assets.filter((asset) => asset !== id)
      this.devices.set(name, { device: { ...device, assets }, secret })
    }
    return this
  }

  /** In the order in which they are drawn. */
  mapLayersInOrder(): MapLayer[] {
    return mapLayerNames.flatMap((name) => this.mapLayers.get(name) ?? [])
  }

  #forgetSensors(asset: AssetId): void {
    for (const sensor of this.sensorsOf.get(asset) ?? []) this.sensors.delete(sensor.id)
  }
}

/** One sensor for each quantity of the class that is measured on this asset. */
export function sensorsOfAsset(asset: Asset, assetClass: AssetClass | undefined): Sensor[] {
  return (assetClass?.quantities ?? [])
    .filter((quantity) => asset.quantities === undefined || asset.quantities.includes(quantity.id))
    .map((quantity) => ({ id: sensorId(asset.id, quantity.id), asset: asset.id, quantity }))
}
