import type { Instant } from '../../city/index.ts'

/** One second is too jumpy to read, a minute too slow to see a gateway go. */
const samplesKept = 5

/** A counter's growth per second over the last samples. */
export class RateMeter {
  readonly #samples: { readonly at: Instant; readonly count: number }[] = []

  /** Takes the counter's value and gives its rate; 0 until there are two samples. */
  perSecond(count: number, at: Instant): number {
    this.#samples.push({ at, count })
    if (this.#samples.length > samplesKept + 1) this.#samples.shift()
    const [oldest] = this.#samples
    if (oldest === undefined || at <= oldest.at) return 0
    return Math.max(0, ((count - oldest.count) * 1_000) / (at - oldest.at))
  }
}
