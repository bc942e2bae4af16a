import type { CompiledRule } from '../engine/compiled-rule.ts'
import { beginFold, messageOf } from '../engine/sensor-plan.ts'
import { firing, slot } from '../engine/slots.ts'
import type { BoutBook } from './bout-book.ts'
import { believe, type Rows } from './rows.ts'

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

  /** Takes a stretch of one sensor's readings. A rule about the sensor itself marks those at which it fires as doubted. */
  take(rows: Rows, doubted?: Uint8Array): void {
    if (this.error !== undefined) return
    try {
      this.#take(rows, doubted)
    } catch (error) {
      this.error = messageOf(error)
    }
  }

  /** Takes the same stretch of all inputs: as one stream, and within a moment in the order of the inputs. */
  takeJoint(inputs: readonly Rows[]): void {
    if (this.error !== undefined) return
    const places = new Uint32Array(inputs.length)
    try {
      for (;;) {
        let first = -1
        let firstAt = Number.POSITIVE_INFINITY
        for (let input = 0; input < inputs.length; input++) {
          const at = inputs[input]?.ats[places[input] as number]
          if (at === undefined || at >= firstAt) continue
          first = input
          firstAt = at
        }
        if (first < 0) return
        const row = places[first] as number
        this.#step(inputs[first] as Rows, row, first)
        places[first] = row + 1
      }
    } catch (error) {
      this.error = messageOf(error)
    }
  }

  #take(rows: Rows, doubted: Uint8Array | undefined): void {
    const { ats, values, belief } = rows
    const { skim } = this.#fold
    let plainUntil = 0
    for (let row = 0; row < ats.length; row++) {
      if (skim !== undefined) {
        plainUntil = Math.max(plainUntil, row)
        while (belief[plainUntil] === believe.all) plainUntil++
        row = skim(this.#state, 0, ats, values, row, plainUntil)
        if (row === ats.length) return
      }
      this.#step(rows, row, 0)
      if (doubted !== undefined && (this.#state[slot.state] as number) >= firing) doubted[row] = 1
    }
  }

  #step({ ats, values, belief }: Rows, row: number, input: number): void {
    const how = belief[row] as number
    if (how !== believe.all && (how === believe.none || !this.#fold.judgesDoubtful)) return
    const at = ats[row] as number
    const state = this.#state
    if (this.#fold.step(state, 0, at, values[row] as number, input, how === believe.all)) this.book.changed(state, at)
    else if ((state[slot.state] as number) >= firing) this.book.lasts(state[slot.measured] as number)
  }
}
