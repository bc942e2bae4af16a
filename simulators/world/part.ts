import type { Asset, AssetId, Instant, LocalTime } from '../../city/index.ts'
import type { FaultBook } from '../faults/fault-book.ts'
import { between, streamOf, wander } from './chance.ts'
import type { Demand } from './demand.ts'
import type { Weather } from './weather.ts'

/** What every part of the town feels in a minute. */
export type Drivers = {
  readonly at: Instant
  readonly local: LocalTime
  readonly weather: Weather
  readonly demand: Demand
  /** Degrees over the horizon. */
  readonly sunElevation: number
  /** Sunshine on a level surface, 0 at night or under cloud … 1 at a clear summer noon. */
  readonly sunshine: number
  /** Water demand as it arrives in the sewers. */
  readonly sewage: number
  /** Rain running off to the sewers, mm/h, after short, middle and long ways. */
  readonly runoff: readonly [number, number, number]
  /** 0 low water … 1 a flood of many years. */
  readonly river: number
}

/** True values of one asset, by quantity. */
export type Values = Readonly<Record<string, number>>

/** A piece of the town that is moved and asked as one: a single asset, or a network of them. */
export type Part = {
  readonly id: string
  readonly assets: readonly AssetId[]
  /** What it remembers from minute to minute, to be kept across a restart. */
  readonly memory: readonly number[]
  /** Goes on from what was remembered. */
  recall(memory: readonly number[]): void
  /** One minute passes. */
  advance(drivers: Drivers): void
  values(asset: AssetId, drivers: Drivers): Values
}

/** What parts are made with. */
export type PartContext = { readonly seed: number; readonly faults: FaultBook }

/** One asset's own constants and troubles: every pump is a little different, and stays so. */
export class Character {
  readonly asset: Asset
  readonly #context: PartContext

  constructor(asset: Asset, context: PartContext) {
    this.asset = asset
    this.#context = context
  }

  /** A constant of this asset. */
  constant(name: string, low: number, high: number): number {
    return between(low, high, this.#context.seed, streamOf(`${this.asset.id}/${name}`), 0)
  }

  /** A slow wander of its own: call once, ask often. */
  wander(name: string, periodMs: number): (at: Instant) => number {
    const stream = streamOf(`${this.asset.id}/${name}`)
    return (at) => wander(this.#context.seed, stream, at, periodMs)
  }

  severity(kind: string, at: Instant): number {
    return this.#context.faults.severity(this.asset.id, kind, at)
  }
}

/** How far a quantity with a time constant goes towards its target in one minute. */
export function lagged(value: number, target: number, minutes: number): number {
  return value + (target - value) * (1 - Math.exp(-1 / minutes))
}

/** A part that is one asset and remembers nothing. */
export function plainPart(asset: Asset, values: (drivers: Drivers) => Values): Part {
  return {
    id: asset.id,
    assets: [asset.id],
    memory: [],
    recall: () => {},
    advance: () => {},
    values: (_, drivers) => values(drivers),
  }
}

/** A part that is one asset with a memory, which `advance` changes in place. */
export function rememberingPart(
  asset: Asset,
  memory: number[],
  advance: (drivers: Drivers) => void,
  values: (drivers: Drivers) => Values,
): Part {
  return {
    id: asset.id,
    assets: [asset.id],
    memory,
    recall: (remembered) => {
      memory.splice(0, memory.length, ...remembered)
    },
    advance,
    values: (_, drivers) => values(drivers),
  }
}
