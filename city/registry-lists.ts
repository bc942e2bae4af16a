import type { Asset } from './asset.ts'
import type { AssetClass } from './asset-class.ts'
import type { Crew } from './crew.ts'
import type { Device } from './device.ts'
import type { RegistryMemory } from './registry-memory.ts'
import type { Sensor } from './sensor.ts'
import { SensorSuggestion } from './sensor-suggestion.ts'
import type { KeptSource } from './source.ts'

/** The registry's lists, each made when first asked for and thrown away with the next change. */
export class RegistryLists {
  readonly #memory: RegistryMemory
  #classes: readonly AssetClass[] | undefined
  #assets: readonly Asset[] | undefined
  #sensors: readonly Sensor[] | undefined
  #crews: readonly Crew[] | undefined
  #devices: readonly Device[] | undefined
  #sources: readonly KeptSource[] | undefined
  #suggestion: SensorSuggestion | undefined

  constructor(memory: RegistryMemory) {
    this.#memory = memory
  }

  get classes(): readonly AssetClass[] {
    this.#classes ??= [...this.#memory.classes.values()]
    return this.#classes
  }
  get assets(): readonly Asset[] {
    this.#assets ??= [...this.#memory.assets.values()]
    return this.#assets
  }
  get sensors(): readonly Sensor[] {
    this.#sensors ??= [...this.#memory.sensors.values()]
    return this.#sensors
  }
  get crews(): readonly Crew[] {
    this.#crews ??= [...this.#memory.crews.values()]
    return this.#crews
  }
  get devices(): readonly Device[] {
    this.#devices ??= [...this.#memory.devices.values()].map((kept) => kept.device)
    return this.#devices
  }
  get sources(): readonly KeptSource[] {
    this.#sources ??= [...this.#memory.sources.all()]
    return this.#sources
  }
  get suggestion(): SensorSuggestion {
    this.#suggestion ??= new SensorSuggestion(
      this.#memory.assets.values(),
      (asset) => this.#memory.sensorsOf.get(asset) ?? [],
    )
    return this.#suggestion
  }
}
