import { momentOf, type PackedReadings, stampCode, stampCodes } from '../../ingest/index.ts'
import type { CompiledRule } from '../engine/compiled-rule.ts'
import { beginFold, messageOf } from '../engine/sensor-plan.ts'
import { firing, slot } from '../engine/slots.ts'
import type { BoutBook } from './bout-book.ts'

/** One rule on one asset over stored readings: the same fold, in the same order, as live. */
export class FoldRun {
  readonly book: BoutBook
  readonly #fold: CompiledRule
  readonly #state: Float64Array
  /** A rule that throws judges no more, as live. */
  error: string | undefined

  constructor(fold: CompiledRule, book: BoutBook) {
    this.book = book
    this.#fold = fold
    this.#state = new Float64Array(fold.width)
    beginFold(fold, this.#state, 0)
  }

  /**
   * Takes a stretch of one sensor's readings, in order. Those that are doubted (a row of ones) it does not believe; a rule
   * about the sensor itself believes what it believes, and marks them while it fires.
   */
  take({ stamps, values }: PackedReadings, doubted: Uint8Array | undefined, isGuard: boolean): void {
    if (this.error !== undefined) return
    const skips = isGuard || this.#fold.judgesDoubtful ? undefined : doubted
    try {
      for (let row = 0; row < stamps.length; row++) {
        if (skips === undefined || skips[row] === 0) this.#step(stamps[row] as number, values[row] as number, 0)
        if (isGuard && doubted !== undefined && (this.#state[slot.state] as number) >= firing) doubted[row] = 1
      }
    } catch (error) {
      this.error = messageOf(error)
    }
  }

  /** Takes the same stretch of all inputs: as one stream, and within a moment in the order of the inputs. */
  takeJoint(inputs: readonly PackedReadings[], doubted: readonly (Uint8Array | undefined)[]): void {
    if (this.error !== undefined) return
    const places = new Uint32Array(inputs.length)
    try {
      for (;;) {
        let first = -1
        let firstAt = Number.POSITIVE_INFINITY
        for (let input = 0; input < inputs.length; input++) {
          const stamp = inputs[input]?.stamps[places[input] as number]
          if (stamp === undefined || momentOf(stamp) >= firstAt) continue
          first = input
          firstAt = momentOf(stamp)
        }
        if (first < 0) return
        const place = places[first] as number
        const readings = inputs[first] as PackedReadings
        if (doubted[first]?.[place] !== 1 || this.#fold.judgesDoubtful)
          this.#step(readings.stamps[place] as number, readings.values[place] as number, first)
        places[first] = place + 1
      }
    } catch (error) {
      this.error = messageOf(error)
    }
  }

  #step(stamp: number, value: number, input: number): void {
    const at = momentOf(stamp)
    const code = stamp - at * stampCodes
    // As live: a clock that is wrong says nothing about when, and only what is trusted is judged by most rules.
    const trusted = code === stampCode.good || code === stampCode.late
    if (!trusted && (code === stampCode['clock-skew'] || !this.#fold.judgesDoubtful)) return
    if (!Number.isFinite(value)) return
    const state = this.#state
    if (this.#fold.step(state, 0, at, value, input, trusted)) this.book.changed(state, at)
    else if ((state[slot.state] as number) >= firing) this.book.lasts(state[slot.measured] as number)
  }
}
