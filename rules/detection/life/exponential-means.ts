/**
 * What a remaining life is read from: each quantity's means over several spans, from "now" to "as long as it has run".
 * The difference between two of them is a trend, the longest is the thing's own level. Two numbers of state a mean.
 */
export const meanSlots = 2

/** Of `cap`: for the usual cap of 125 cycles these are 5, 14, 40 and 100 cycles. */
export const spanShares = [0.04, 0.11, 0.32, 0.8] as const

/**
 * Takes one value `elapsed` after the one before. The weights of a mean that has just begun are those of a plain mean, so
 * that it does not hang on its first value. `NaN` (not measured) changes nothing.
 */
export function addToMeans(
  spans: readonly number[],
  state: Float64Array,
  base: number,
  elapsed: number,
  value: number,
): void {
  if (Number.isNaN(value)) return
  for (let index = 0; index < spans.length; index++) {
    const place = base + index * meanSlots
    const mean = state[place] as number
    const span = spans[index] as number
    if (Number.isNaN(mean)) {
      state[place] = value
      state[place + 1] = 1
      continue
    }
    const weight = (state[place + 1] as number) * Math.exp(-elapsed / span) + 1
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
