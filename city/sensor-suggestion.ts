import type { Asset } from './asset.ts'
import { foldName, nearestName } from './nearest-name.ts'
import type { Sensor, SensorId } from './sensor.ts'

// A device with a wrong map sends unknown sensors as fast as it can, and every one asks for a suggestion: comparing this
// many names takes under a millisecond. Names that only differ in case, underscores or zeros are found without comparing.
const comparedAssetsMax = 4_000

/** Answers "did you mean …?" for a sensor id that nobody knows. Made once for a list of assets. */
export class SensorSuggestion {
  readonly #byFoldedName = new Map<string, string>()
  readonly #byFirstLetter = new Map<string, string[]>()
  readonly #sensorsOf: (asset: string) => readonly Sensor[]

  constructor(assets: Iterable<Asset>, sensorsOf: (asset: string) => readonly Sensor[]) {
    this.#sensorsOf = sensorsOf
    for (const { id } of assets) {
      this.#byFoldedName.set(foldName(id), id)
      const first = id.charAt(0)
      const alike = this.#byFirstLetter.get(first)
      if (alike === undefined) this.#byFirstLetter.set(first, [id])
      else alike.push(id)
    }
  }

  suggest(unknown: string): SensorId | undefined {
    const [asset = '', quantity, ...rest] = unknown.split('/')
    if (quantity === undefined || rest.length > 0) return undefined
    const known = this.#byFoldedName.get(foldName(asset)) ?? nearestName(asset, this.#candidates(asset))
    if (known === undefined) return undefined
    const sensors = this.#sensorsOf(known)
    const nearest = nearestName(
      quantity,
      sensors.map((sensor) => sensor.quantity.id),
    )
    return sensors.find((sensor) => sensor.quantity.id === nearest)?.id
  }

  /** Those with the same first letter first, as people seldom mistype that one. */
  *#candidates(asset: string): Generator<string> {
    let left = comparedAssetsMax
    const first = asset.charAt(0).toLowerCase()
    const lists = [this.#byFirstLetter.get(first) ?? []]
    for (const [letter, list] of this.#byFirstLetter) if (letter !== first) lists.push(list)
    for (const list of lists)
      for (const candidate of list) {
        if (left-- <= 0) return
        yield candidate
      }
  }
}
