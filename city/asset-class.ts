import type { DurationMs } from './instant.ts'

/** Something measured on every asset of a class: its sensor is `asset/quantity`. */
export type QuantityDefinition = {
  readonly id: string
  readonly title: string
  /** UCUM code: `mm/s`, `Cel`, `m3/h`, `1` for a plain number. */
  readonly unit: string
  /** What is physically possible; a reading outside is of quality `out-of-range`. */
  readonly range: { readonly min: number; readonly max: number }
  readonly expectedIntervalMs: DurationMs
  /** Decimals worth showing. */
  readonly decimals: number
}

/** What a failure of an asset makes of those that depend on it: nothing is heard of them, or everything about them goes wrong. */
export type Explains = 'silence' | 'all'

/** One way an asset of the class fails, with what a crew needs to deal with it. */
export type FailureMode = {
  readonly id: string
  readonly title: string
  /** The skill a crew must have. */
  readonly skill: string
  /** The checklist, in order. */
  readonly jobPlan: readonly string[]
  readonly causes: readonly string[]
  readonly remedies: readonly string[]
  /** While it holds, alarms of what is part of the asset, fed by it or reports through it are explained by it. */
  readonly explains?: Explains | undefined
}

/** What all assets of one kind share. */
export type AssetClass = {
  readonly id: string
  readonly title: string
  readonly plural: string
  readonly quantities: readonly QuantityDefinition[]
  readonly failureModes: readonly FailureMode[]
}
