import type { AssetId, Instant } from '../../city/index.ts'
import type { GroupedTrouble } from './grouping.ts'

/** What is said of an incident: worked out anew from its members whenever one joins. */
export type IncidentWords = {
  /** `Gateway North 3: 12 of 14 silent`. */
  readonly title: string
  /** What probably caused it; `undefined` where nothing stands out. */
  readonly root: AssetId | undefined
  /** Why they are one, and why this is the root; the strongest first. */
  readonly reasons: readonly string[]
  /** Assets with an alarm in it. */
  readonly assets: number
  readonly alarms: number
  readonly startedAt: Instant
  readonly lastAt: Instant
}

/** Several alarms that are probably one event. */
export type Incident = IncidentWords & {
  /** Running number people say aloud. */
  readonly number: number
  /** `over`: every alarm in it is. `merged`: it turned out to be part of another. */
  readonly state: 'open' | 'over' | 'merged'
  readonly mergedInto: number | undefined
  readonly openedAt: Instant
  readonly overAt: Instant | undefined
  /** Crews that have been told of it. */
  readonly crewsTold: readonly string[]
}

export type IncidentMember = GroupedTrouble & { readonly overAt: Instant | undefined }
