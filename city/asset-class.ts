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
}

/** What all assets of one kind share. */
export type AssetClass = {
  readonly id: string
  readonly title: string
  readonly plural: string
  readonly quantities: readonly QuantityDefinition[]
  readonly failureModes: readonly FailureMode[]
}
