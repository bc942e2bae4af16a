import type { Instant, SensorId } from '../city/index.ts'
import { clockSkewMs, lateAfterMs } from './quality.ts'
import type { Reading } from './reading.ts'
import { type ReadingStore, StoreUnavailable } from './store/reading-store.ts'

/**
 * Marks readings that come too late for the rules. Only a reading that is a day old when it arrives can be late, so
 * nothing is remembered of sensors that report in time: the store is asked for a sensor's newest reading the first time
 * it matters, and kept up with from then on.
 */
export class Lateness {
  readonly #store: ReadingStore
  readonly #newestAt = new Map<SensorId, Instant>()

  constructor(store: ReadingStore) {
    this.#store = store
  }

  /** The same readings in the same order, with `late` for `good` where it is due. Readings are judged in their order. */
  async judge(readings: readonly Reading[]): Promise<readonly Reading[]> {
    const candidates = new Set<SensorId>()
    for (const reading of readings) if (mayBeLate(reading)) candidates.add(reading.sensor)
    if (candidates.size === 0 && this.#newestAt.size === 0) return readings
    await this.#learn(candidates)
    return readings.map((reading) => this.#judgeOne(reading))
  }

  async #learn(sensors: ReadonlySet<SensorId>): Promise<void> {
    const unknown = [...sensors].filter((sensor) => !this.#newestAt.has(sensor))
    if (unknown.length === 0) return
    const newest = await this.#newestOf(unknown)
    if (newest === undefined) return
    for (const sensor of unknown) this.#newestAt.set(sensor, newest.get(sensor)?.observedAt ?? Number.NEGATIVE_INFINITY)
  }

  /** `undefined` while the store is away: a batch that can be kept is not held up by what it would be called. */
  async #newestOf(sensors: readonly SensorId[]): Promise<ReadonlyMap<SensorId, Reading> | undefined> {
    try {
      return await this.#store.latest(sensors)
    } catch (error) {
      if (error instanceof StoreUnavailable) return undefined
      throw error
    }
  }

  #judgeOne(reading: Reading): Reading {
    const newestAt = this.#newestAt.get(reading.sensor)
    if (newestAt === undefined || reading.quality === 'clock-skew') return reading
    if (reading.observedAt > newestAt) this.#newestAt.set(reading.sensor, reading.observedAt)
    const late = newestAt - reading.observedAt > lateAfterMs
    return late && reading.quality === 'good' ? { ...reading, quality: 'late' } : reading
  }
}

/** No reading that is kept can be further ahead of our clock than the skew allowed. */
function mayBeLate(reading: Reading): boolean {
  return reading.observedAt < reading.receivedAt + clockSkewMs - lateAfterMs
}
