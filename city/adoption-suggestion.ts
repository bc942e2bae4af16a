import type { Asset, AssetId } from './asset.ts'
import { foldName, nearestName } from './nearest-name.ts'
import type { Registry } from './registry.ts'
import type { Sensor } from './sensor.ts'
import { conversionBetween } from './units/unit-conversion.ts'
import { unitCodeOf } from './units/unit-names.ts'

/** What a discovered name probably stands for; `quantity` and `unit` only where something speaks for them. */
export type AdoptionSuggestion = {
  readonly asset?: AssetId
  readonly quantity?: string
  /** UCUM code of what is sent. */
  readonly unit?: string
}

type Found = { readonly name: string; readonly device: string; readonly unit?: string | undefined }

// A name has few parts that could be an asset; each is looked up, and the last ones say most.
const hintsMax = 8
// Comparing one name with so many takes under a millisecond.
const comparedAssetsMax = 4_000
const prefixLengthMin = 3

/** Which sensor a device means by a name of its own: the asset by the parts of the name, the quantity by name and unit. */
export class AdoptionSuggestions {
  readonly #registry: Pick<Registry, 'assets' | 'asset' | 'device' | 'sensorsOf' | 'sources'>
  #indexed: readonly Asset[] | undefined
  #byFoldedName = new Map<string, AssetId>()
  #mapped: { readonly of: object; readonly sensors: ReadonlySet<string> } | undefined

  constructor(registry: Pick<Registry, 'assets' | 'asset' | 'device' | 'sensorsOf' | 'sources'>) {
    this.#registry = registry
  }

  for({ name, device, unit }: Found): AdoptionSuggestion {
    const words = name
      .slice(name.indexOf(':') + 1)
      .split(/[/:,=]/)
      .filter((word) => word !== '')
    const own = words.pop() ?? ''
    const code = unit === undefined ? undefined : unitCodeOf(unit)
    const sent = code === undefined ? {} : { unit: code }
    for (const asset of this.#candidates(words, device)) {
      const quantity = this.#quantity(asset, own, code)
      if (quantity !== undefined) return { asset, quantity, ...sent }
    }
    const [asset] = this.#candidates(words, device)
    return { ...(asset === undefined ? {} : { asset }), ...sent }
  }

  /** Those that the name speaks of, then what the device reports for. */
  #candidates(words: readonly string[], device: string): AssetId[] {
    const hints = words.slice(-hintsMax).reverse()
    const named = hints.flatMap((hint) => this.#assetCalled(hint) ?? [])
    return [...new Set([...named, ...(this.#registry.device(device)?.assets ?? [])])]
  }

  #assetCalled(hint: string): AssetId | undefined {
    const folded = foldName(hint)
    if (folded.length < prefixLengthMin) return undefined
    const assets = this.#index()
    const called = this.#byFoldedName.get(folded)
    if (called !== undefined) return called
    // Names without a letter in common with ours, such as an EUI, are not worth comparing.
    if (/^[0-9a-f]{16}$/i.test(hint)) return undefined
    return nearestName(
      hint,
      assets.slice(0, comparedAssetsMax).map((asset) => asset.id),
    )
  }

  #quantity(asset: AssetId, own: string, unit: string | undefined): string | undefined {
    const free = this.#registry
      .sensorsOf(asset)
      .filter((sensor) => !this.#isMapped(sensor.id))
      .filter((sensor) => unit === undefined || conversionBetween(unit, sensor.quantity.unit).kind === 'converts')
    const best = (fits: (sensor: Sensor) => boolean): string | undefined => {
      const fitting = free.filter(fits)
      return fitting.length === 1 ? fitting[0]?.quantity.id : undefined
    }
    const folded = foldName(own)
    const nearest = nearestName(
      own,
      free.map((sensor) => sensor.quantity.id),
    )
    return (
      best(({ quantity }) => foldName(quantity.id) === folded || foldName(quantity.title) === folded) ??
      best(({ quantity }) => sharesWord(quantity.id, own)) ??
      nearest ??
      (unit === undefined || unit === '1' ? undefined : best(() => true))
    )
  }

  #isMapped(sensor: string): boolean {
    const sources = this.#registry.sources()
    if (this.#mapped?.of !== sources)
      this.#mapped = { of: sources, sensors: new Set(sources.map((source) => source.sensor)) }
    return this.#mapped.sensors.has(sensor)
  }

  #index(): readonly Asset[] {
    const assets = this.#registry.assets()
    if (assets === this.#indexed) return assets
    this.#indexed = assets
    this.#byFoldedName = new Map()
    for (const { id, name } of assets) {
      this.#byFoldedName.set(foldName(name), id)
      this.#byFoldedName.set(foldName(id), id)
    }
    return assets
  }
}

/** `temp`, `Temperature_1` and `bearing-temperature` speak of the same. */
function sharesWord(quantity: string, own: string): boolean {
  const wordsOf = (text: string) =>
    text
      .replace(/([a-z])([A-Z])/g, '$1 $2')
      .toLowerCase()
      .split(/[^a-z]+/)
      .filter((word) => word.length >= prefixLengthMin)
  const theirs = wordsOf(own)
  return wordsOf(quantity).some((word) => theirs.some((other) => word.startsWith(other) || other.startsWith(word)))
}
