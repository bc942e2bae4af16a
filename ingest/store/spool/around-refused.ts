import type { Reading } from '../../reading.ts'
import { ReadingsRefused } from '../reading-store.ts'

/** Readings that the store does not take, and what it said. */
export type RefusedReadings = { readonly readings: readonly Reading[]; readonly detail: string }

// One bad reading among 50,000 is found in 32 requests. Where the bad ones are many and scattered, the search ends here and
// the parts not looked into yet are set aside whole; nothing behind them has to wait for long.
const attemptsMax = 200

/**
 * Appends what the store takes and returns the rest: a batch that is refused is halved until the bad readings stand
 * alone. Rejects with whatever `append` rejects with otherwise; the same readings may then be handed in again.
 */
export async function appendAroundRefused(
  readings: readonly Reading[],
  append: (readings: readonly Reading[]) => Promise<void>,
): Promise<readonly RefusedReadings[]> {
  const refused: RefusedReadings[] = []
  let attempts = 0
  const take = async (part: readonly Reading[]): Promise<void> => {
    try {
      attempts++
      await append(part)
    } catch (error) {
      if (!(error instanceof ReadingsRefused)) throw error
      if (part.length === 1 || error.all || attempts >= attemptsMax) {
        refused.push({ readings: part, detail: error.message })
        return
      }
      // What is refused is mostly a sensor, not a moment: side by side its readings are found together. The sort is
      // stable, so of two readings with one identity the later one still comes later.
      const sorted =
        attempts > 1
          ? part
          : [...part].sort((one, other) => (one.sensor < other.sensor ? -1 : one.sensor > other.sensor ? 1 : 0))
      const middle = sorted.length >>> 1
      await take(sorted.slice(0, middle))
      await take(sorted.slice(middle))
    }
  }
  await take(readings)
  return refused
}
