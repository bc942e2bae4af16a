export type LatencySummary = {
  readonly p50: number
  readonly p90: number
  readonly p99: number
  readonly p999: number
  readonly max: number
}

// Buckets grow by 2 % each, from a microsecond to about seven minutes: a figure is off by no more than that.
const growth = 1.02
const leastMs = 0.001
const bucketCount = 1_000

/** Latencies in milliseconds, in logarithmic buckets: a fixed size however many are added. */
export class LatencyHistogram {
  readonly #counts = new Float64Array(bucketCount)
  #count = 0
  #max = 0

  add(ms: number): void {
    const bucket = ms <= leastMs ? 0 : Math.ceil(Math.log(ms / leastMs) / Math.log(growth))
    const index = Math.min(bucket, bucketCount - 1)
    this.#counts[index] = (this.#counts[index] ?? 0) + 1
    this.#count += 1
    if (ms > this.#max) this.#max = ms
  }

  percentile(share: number): number {
    let seen = 0
    for (let index = 0; index < bucketCount; index += 1) {
      seen += this.#counts[index] ?? 0
      if (seen >= share * this.#count) return Math.min(leastMs * growth ** index, this.#max)
    }
    return this.#max
  }

  summary(): LatencySummary {
    const at = (share: number) => Number(this.percentile(share).toFixed(3))
    return { p50: at(0.5), p90: at(0.9), p99: at(0.99), p999: at(0.999), max: Number(this.#max.toFixed(3)) }
  }
}
