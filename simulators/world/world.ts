import type { Asset, AssetId, Instant } from '../../city/index.ts'
import type { FaultBook } from '../faults/fault-book.ts'
import type { Measured, SimulatedTown } from '../town.ts'
import { measuredIn } from '../town.ts'
import { airQualityStation } from './air-quality.ts'
import { bridge } from './bridge.ts'
import { publicBuilding } from './building.ts'
import { hourMs, minuteMs } from './calendar.ts'
import { gateway } from './gateway.ts'
import { Instrument } from './instruments.ts'
import { escalator, lift } from './lift.ts'
import { liftStation } from './lift-station.ts'
import type { Drivers, Part, PartContext, Values } from './part.ts'
import { roadWeatherStation } from './road-weather.ts'
import { sewerChambers } from './sewer-chamber.ts'
import { streetlightCircuit } from './streetlight-circuit.ts'
import { Surroundings } from './surroundings.ts'
import { transformer } from './transformer.ts'
import { waterNetwork } from './water-network.ts'

/** What a world remembers: with it, the same town goes on where it stood. */
export type WorldMemory = {
  readonly at: Instant
  readonly surroundings: readonly number[]
  readonly parts: Readonly<Record<string, readonly number[]>>
}

export type WorldOptions = {
  readonly seed: number
  readonly faults: FaultBook
  /** The first moment that will be asked for; the world starts a little earlier, so that it has settled by then. */
  readonly from: Instant
  /** Goes on from here instead. */
  readonly memory?: WorldMemory | undefined
}

// Reservoirs and the river forget slowest; a day and a half brings them into their rhythm.
const settlingMs = 36 * hourMs

type PartMaker = (asset: Asset, context: PartContext) => Part
const singleParts: Readonly<Record<string, PartMaker>> = {
  'lift-station': liftStation,
  bridge,
  'streetlight-circuit': streetlightCircuit,
  'road-weather-station': roadWeatherStation,
  lift,
  escalator,
  'air-quality-station': airQualityStation,
  transformer,
  'public-building': publicBuilding,
  gateway,
}

function partsOf(town: SimulatedTown, context: PartContext): readonly Part[] {
  const single = town.assets.flatMap((asset) => singleParts[asset.class]?.(asset, context) ?? [])
  return [waterNetwork(town, context), ...sewerChambers(town, context), ...single]
}

/**
 * The town as it is, minute by minute. It always moves in whole minutes, however seldom it is asked: the same seed and
 * the same faults give the same town, whether its history is filled in or watched live.
 */
export class World {
  readonly #seed: number
  readonly #surroundings: Surroundings
  readonly #parts: readonly Part[]
  readonly #partOf: ReadonlyMap<AssetId, Part>
  readonly #measured: ReadonlyMap<AssetId, readonly Measured[]>
  readonly #instruments = new Map<Measured, Instrument>()
  #drivers: Drivers

  constructor(town: SimulatedTown, options: WorldOptions) {
    this.#seed = options.seed
    this.#surroundings = new Surroundings(town, options.seed)
    this.#parts = partsOf(town, { seed: options.seed, faults: options.faults })
    this.#partOf = new Map(this.#parts.flatMap((part) => part.assets.map((asset) => [asset, part] as const)))
    this.#measured = measuredIn(town)
    for (const quantities of this.#measured.values())
      for (const measured of quantities) this.#instruments.set(measured, new Instrument(measured))
    const startAt = options.memory?.at ?? options.from - settlingMs
    if (options.memory !== undefined) this.#recall(options.memory)
    this.#drivers = this.#startAt(Math.floor(startAt / minuteMs) * minuteMs, options.memory)
    this.advanceTo(options.from)
  }

  /** The minute the world stands at. */
  get at(): Instant {
    return this.#drivers.at
  }

  /** What drives all of it at this minute. */
  get drivers(): Drivers {
    return this.#drivers
  }

  /** What is measured on an asset. */
  measuredOn(asset: AssetId): readonly Measured[] {
    return this.#measured.get(asset) ?? []
  }

  /** Assets of classes this world knows how to move. */
  knows(asset: AssetId): boolean {
    return this.#partOf.has(asset)
  }

  /** Moves on to the minute that holds the moment; the past cannot be asked again. */
  advanceTo(at: Instant): void {
    while (this.#drivers.at + minuteMs <= at) {
      this.#drivers = this.#surroundings.advance(this.#drivers.at + minuteMs)
      for (const part of this.#parts) part.advance(this.#drivers)
    }
  }

  /** True values of an asset now. */
  truth(asset: AssetId): Values {
    return this.#partOf.get(asset)?.values(asset, this.#drivers) ?? {}
  }

  /** What healthy instruments show of an asset now. */
  measure(asset: AssetId, wanted: readonly Measured[]): Record<string, number> {
    const truth = this.truth(asset)
    const shown: Record<string, number> = {}
    const minute = Math.round(this.#drivers.at / minuteMs)
    for (const measured of wanted) {
      const value = truth[measured.quantity]
      const instrument = this.#instruments.get(measured)
      if (value === undefined || instrument === undefined) continue
      shown[measured.quantity] = instrument.read(value, this.#seed, minute)
    }
    return shown
  }

  instrument(measured: Measured): Instrument | undefined {
    return this.#instruments.get(measured)
  }

  memory(): WorldMemory {
    return {
      at: this.at,
      surroundings: [...this.#surroundings.memory],
      parts: Object.fromEntries(
        this.#parts.filter((part) => part.memory.length > 0).map((part) => [part.id, [...part.memory]]),
      ),
    }
  }

  #recall(memory: WorldMemory): void {
    for (const part of this.#parts) {
      const remembered = memory.parts[part.id]
      if (remembered !== undefined) part.recall(remembered)
    }
  }

  /** The drivers of the first minute. Remembered surroundings have had that minute already. */
  #startAt(at: Instant, memory: WorldMemory | undefined): Drivers {
    if (memory === undefined) return this.#surroundings.advance(at)
    this.#surroundings.memory.splice(0, memory.surroundings.length, ...memory.surroundings)
    return this.#surroundings.at(at)
  }
}
