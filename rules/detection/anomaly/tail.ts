import { leastSpread, scoreLearnt, tailLargest } from './params.ts'

/** Less than any size. */
const emptyPlace = -1

/** A size rounded to a grain is off by half of one at most. */
const grainShare = 0.5

/**
 * How rare a size is among all that were ever seen, from the largest few and their number (Hill's estimate of the tail):
 * -log10 of the share of steps that were as large, or would be, if the tail goes on as it does among the largest. Then the
 * size is learnt. Zero while there is too little, and for what is not among the largest. `grain` is how finely the sensor
 * tells sizes apart, already taken off the size: the spread among the largest cannot be known better than that.
 */
export function tailSurprise(state: Float64Array, base: number, size: number, steps: number, grain: number): number {
  const seen = (state[base] as number) + steps
  state[base] = seen
  const smallestKept = state[base + 1] as number
  if (size <= smallestKept) return 0
  if (smallestKept === emptyPlace) {
    insert(state, base, size)
    return 0
  }
  const usual = Math.max(0, Math.log10(seen / tailLargest))
  if (smallestKept === 0) {
    insert(state, base, size)
    return usual
  }
  let sum = 0
  for (let place = base + 1; place <= base + tailLargest; place++)
    sum += Math.log((state[place] as number) / smallestKept)
  const ofGrain = (grainShare * grain) / (smallestKept + grain)
  const decades = Math.max(leastSpread, ofGrain, sum / tailLargest) * Math.LN10
  const learnt = smallestKept * Math.exp(Math.max(0, scoreLearnt - usual) * decades)
  insert(state, base, Math.min(size, learnt))
  return usual + Math.log(size / smallestKept) / decades
}

/** A tail that has seen nothing. */
export function beginTail(state: Float64Array, base: number): void {
  state[base] = 0
  state.fill(emptyPlace, base + 1, base + 1 + tailLargest)
}

// Sixteen bits of a number's digits, by Veltkamp's splitting (Dekker 1971): what differs after the fifth digit makes nothing
// rarer, and three bytes hold it when the sensor is at rest.
const splitter = 2 ** 37 + 1

function rounded(size: number): number {
  const split = size * splitter
  return split - (split - size)
}

/** Into the rising order, where the smallest drops out: it stands beside the count, and most readings need no more. */
function insert(state: Float64Array, base: number, size: number): void {
  let place = base + 1
  for (; place < base + tailLargest; place++) {
    const next = state[place + 1] as number
    if (next >= size) break
    state[place] = next
  }
  state[place] = rounded(size)
}
