import type { DurationMs, Instant } from '../../city/index.ts'
import { codeOf, momentOf, type PackedReadings, stampCode } from '../../ingest/index.ts'
import { allowedLatenessMs } from '../engine/history.ts'
import { hearAgain, learnRhythm, type SilenceWatch, tickSilence } from '../engine/silence.ts'
import { type BoutBook, standingOf } from './bout-book.ts'

/** As live. */
const lookEveryMs = 1_000

/** Readings by the moment they were heard. */
type Heard = { readonly at: Float64Array; readonly heardAt: Float64Array }
const nothingHeard: Heard = { at: new Float64Array(0), heardAt: new Float64Array(0) }

/**
 * A deadman over stored readings. Live, the clock looks for silence and a reading is heard when it is received; so here
 * the readings are heard in the order of their receipt, and the clock looks at each full second as it does live. Readings
 * that were received more than a day after their time came with an import: they count as heard at their time.
 */
export class SilenceRun {
  readonly book: BoutBook
  readonly error = undefined
  readonly #watch: SilenceWatch
  readonly #to: Instant
  #heardAt = Number.NEGATIVE_INFINITY
  #newestAt = Number.NEGATIVE_INFINITY
  /** Received after the stretch they were observed in: what was observed later may have been heard before them. */
  #later = nothingHeard

  constructor(watch: SilenceWatch, book: BoutBook, to: Instant) {
    this.#watch = watch
    this.book = book
    this.#to = to
  }

  /** Takes the stretch of readings that were observed before `through`. */
  take(readings: PackedReadings, through: Instant): void {
    const { at, heardAt } = byReceipt(heardOf(readings, this.#later))
    let row = 0
    for (; row < at.length && (heardAt[row] as number) < through; row++)
      this.#hear(at[row] as number, heardAt[row] as number)
    this.#later = { at: at.slice(row), heardAt: heardAt.slice(row) }
  }

  /** Nobody was heard any more until the end of what is judged. */
  end(): void {
    const { at, heardAt } = this.#later
    for (let row = 0; row < at.length; row++) this.#hear(at[row] as number, heardAt[row] as number)
    if (this.#heardAt > Number.NEGATIVE_INFINITY) this.#lookUntil(this.#to)
  }

  #hear(at: Instant, heardAt: Instant): void {
    if (this.#heardAt > Number.NEGATIVE_INFINITY) this.#lookUntil(heardAt - 1)
    if (at > this.#newestAt) learnRhythm(this.#watch, at - this.#newestAt)
    this.#newestAt = Math.max(this.#newestAt, at)
    this.#heardAt = Math.max(this.#heardAt, this.#newestAt, heardAt)
    if (hearAgain(this.#watch, this.#newestAt)) this.#say(this.#watch.since)
  }

  /** Looks at the clock when each limit has been passed, unless something is heard before. */
  #lookUntil(until: Instant): void {
    const { warningMs, actionMs } = this.#watch
    for (const limitMs of [warningMs, actionMs]) {
      const at = Math.ceil((this.#heardAt + limitMs + 1) / lookEveryMs) * lookEveryMs
      if (at <= until && tickSilence(this.#watch, this.#heardAt, this.#newestAt, at)) this.#say(at)
    }
    this.book.lasts(until - this.#heardAt)
  }

  #say(at: Instant): void {
    const { state, level, startedAt, measuredMs } = this.#watch
    this.book.changed(standingOf(state, level, startedAt, measuredMs), at)
  }
}

function heardOf({ stamps, delays }: PackedReadings, earlier: Heard): Heard {
  const before = earlier.at.length
  const at = new Float64Array(before + stamps.length)
  const heardAt = new Float64Array(before + stamps.length)
  at.set(earlier.at)
  heardAt.set(earlier.heardAt)
  let count = before
  for (let row = 0; row < stamps.length; row++) {
    const stamp = stamps[row] as number
    if (codeOf(stamp) === stampCode['clock-skew']) continue
    at[count] = momentOf(stamp)
    heardAt[count] = momentOf(stamp) + believableDelay(delays?.[row] ?? 0)
    count++
  }
  return { at: at.subarray(0, count), heardAt: heardAt.subarray(0, count) }
}

function believableDelay(delayMs: DurationMs): DurationMs {
  return delayMs > allowedLatenessMs ? 0 : Math.max(0, delayMs)
}

/** Mostly they are in that order already. */
function byReceipt(heard: Heard): Heard {
  const { at, heardAt } = heard
  let sorted = true
  for (let row = 1; row < heardAt.length && sorted; row++)
    sorted = (heardAt[row] as number) >= (heardAt[row - 1] as number)
  if (sorted) return heard
  const order = Uint32Array.from(at, (_, row) => row)
  order.sort((one, other) => (heardAt[one] as number) - (heardAt[other] as number))
  const pick = (column: Float64Array) => Float64Array.from(order, (row) => column[row] as number)
  return { at: pick(at), heardAt: pick(heardAt) }
}
