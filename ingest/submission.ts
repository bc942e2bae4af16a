import type { Instant, SensorId } from '../city/index.ts'
import type { Quality } from './reading.ts'
import type { RefusalReason } from './wire/index.ts'

/** A reading sent over HTTP. */
export type ReadingDraft = {
  /** `asset/quantity`, unchecked. */
  readonly sensor: string
  readonly value: number
  /** Now when absent. */
  readonly observedAt?: Instant | undefined
  readonly quality?: Quality | undefined
}

/** Who sent readings over HTTP, for the list of what was discovered. */
export type Submitter = { readonly device: string; readonly topic: string }

export type SubmissionOutcome = {
  /** Committed and synced to disk. */
  readonly accepted: number
  readonly refused: readonly {
    /** Which of the drafts, from 0. */
    readonly index: number
    readonly sensor: string
    readonly reason: RefusalReason
    readonly detail: string
    readonly suggestion: SensorId | undefined
  }[]
}
