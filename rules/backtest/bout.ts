import type { AssetId, Instant, SensorId } from '../../city/index.ts'
import type { Level } from '../rule.ts'

/** One bout of trouble that a rule would have fired for. What never got beyond pending is none. */
export type Bout = {
  /** Place of its rule in the list of those that are tried. */
  readonly rule: number
  readonly asset: AssetId
  readonly sensor: SensorId
  /** Event time the trouble began; with rule and asset it names the occurrence, as live. */
  readonly startedAt: Instant
  readonly firedAt: Instant
  /** `undefined` while it lasted to the end of what was judged. */
  readonly endedAt: Instant | undefined
  /** The highest level it reached. */
  readonly level: Level
  /** What was measured when it fired, and the worst of all the time it lasted. */
  readonly measured: number | undefined
  readonly worst: number | undefined
  readonly limit: number | undefined
  /** The sentence that the alarm would have said. */
  readonly reason: string
}
