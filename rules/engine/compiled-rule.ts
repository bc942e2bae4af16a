import type { DurationMs, Instant } from '../../city/index.ts'
import type { Rule } from '../rule.ts'

/** A rule made ready for one sensor, or for several: everything looked up and turned so that a reading costs comparisons only. */
export type CompiledRule = {
  readonly rule: Rule
  /** Numbers of state it needs. */
  readonly width: number
  /**
   * Takes one reading that is newer than all before it; returns whether the alarm changed. Pure but for `state`, which is
   * all that it remembers. `input` says which of a joint rule's sensors it is of; readings of the same moment come in the
   * order of the inputs. `trusted`: nobody doubts it; only a rule that `judgesDoubtful` is ever given one that is not.
   */
  readonly step: (
    state: Float64Array,
    offset: number,
    at: Instant,
    value: number,
    input: number,
    trusted: boolean,
  ) => boolean
  /**
   * The same for many readings at once, which makes a year of them cheap to try a rule on: takes trusted ones from `from`
   * on as long as nothing stirs, and returns the first that it left, at most `to`. Leaves `state` as `step` would have.
   */
  readonly skim?:
    | ((
        state: Float64Array,
        offset: number,
        ats: Float64Array,
        values: Float64Array,
        from: number,
        to: number,
      ) => number)
    | undefined
  /** The state of having seen nothing, where it is more than one blank lifecycle. */
  readonly begin?: ((state: Float64Array, offset: number) => void) | undefined
  /**
   * Rules about the asset judge trusted readings only. A stuck rule is about the sensor and must also see what quality
   * control has doubts about, or a flat line marked as such would look like a gap.
   */
  readonly judgesDoubtful: boolean
  /** Of a rule that tells when something will happen: the place of three instants among its numbers, `from`, `at`, `to`. */
  readonly forecast?: number | undefined
}

// Three readings may be missing in a row (radio does that daily) before what nobody saw counts as a hole.
const gapIntervals = 4
// Of a long `for`, as of 18 h, a hole of a tenth proves nothing against it.
const gapShare = 0.1

/** How long a hole may be in a time that something has to hold. */
export function longestGap(heldMs: DurationMs, expectedIntervalMs: DurationMs): DurationMs {
  return Math.max(gapIntervals * expectedIntervalMs, heldMs * gapShare)
}
