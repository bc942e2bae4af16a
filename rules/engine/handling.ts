import type { Instant } from '../../city/index.ts'
import type { Hiding } from '../alarm.ts'

/** What people did about an alarm: kept apart from its state, which goes on as if nobody had. */
export type Handling = {
  /** Counts for this bout only; the next one is new to everybody. */
  readonly acknowledged?: { readonly by: string; readonly at: Instant; readonly occurrence: string } | undefined
  readonly shelved?: Extract<Hiding, { kind: 'shelved' }> | undefined
}

/** Something a person did, for the history that is only ever added to. */
export type HandlingAction = {
  readonly alarm: string
  readonly at: Instant
  readonly by: string
  readonly action: 'acknowledged' | 'shelved' | 'unshelved' | 'shelving ended' | 'out of service' | 'in service'
  readonly detail: string
}
