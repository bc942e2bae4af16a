/**
 * What a remaining life is read from: each quantity's means over several spans, from "now" to "as long as it has run".
 * The difference between two of them is a trend, the longest is the thing's own level. Two numbers of state a mean.
 */
export const meanSlots = 2

// Once for all: a look-up of a global for each of millions of values costs more than what is done with them.
const { max, min } = Math
const { isNaN: isMissing } = Number

/** Of `cap`: for the usual cap of 125 cycles these are 4, 10, 25, 63 and 150 cycles. */
export const spanShares = [0.03, 0.08, 0.2, 0.5, 1.2] as const

/**
 * Takes one value `elapsed` after the one before. Until a mean has run for its span it is a plain mean of all there was, so
 * that it does not hang on its first value. `NaN` (not measured) changes nothing.
 */
export function addToMeans(
  spans: readonly number[],
  state: Float64Array,
  base: number,
  elapsed: number,
  value: number,
): void {
  if (isMissing(value)) return
  for (let index = 0; index < spans.length; index++) {
    const place = base + index * meanSlots
    const mean = state[place] as number
    const span = spans[index] as number
    if (isMissing(mean)) {
      state[place] = value
      state[place + 1] = 1
      continue
    }
    const weight = max(1, min((state[place + 1] as number) + 1, span / elapsed))
    state[place] = mean + (value - mean) / weight
    state[place + 1] = weight
  }
}

/** Copies the means of `quantities` quantities from the state into a row of features. */
export function meansInto(
  features: Float64Array,
  row: number,
  state: Float64Array,
  base: number,
  quantities: number,
  spans: number,
): void {
  const count = quantities * spans
  for (let index = 0; index < count; index++) features[row + index] = state[base + index * meanSlots] as number
}
