import { leastSpread, scoreLearnt, tailLargest } from './params.ts'

/** A size rounded to a grain is off by half of one at most. */
const grainShare = 0.5

/**
 * How rare a size is among all that were ever seen, from the largest few and their number (Hill's estimate of the tail):
 * -log10 of the share of steps that were as large, or would be, if the tail goes on as it does among the largest. Then the
 * size is learnt. Zero while there is too little, and for what is not among the largest. `grain` is how finely the sensor
 * tells sizes apart, already taken off the size: the spread among the largest cannot be known better than that.
 */
export function tailSurprise(state: Float64Array, base: number, size: number, steps: number, grain: number): number {
  const seen = (Number.isNaN(state[base]) ? 0 : (state[base] as number)) + steps
  state[base] = seen
  const largest = base + 1
  const last = largest + tailLargest - 1
  const smallestKept = state[last] as number
  if (Number.isNaN(smallestKept)) {
    insert(state, largest, size)
    return 0
  }
  if (size <= smallestKept) return 0
  const usual = Math.max(0, Math.log10(seen / tailLargest))
  if (smallestKept === 0) {
    insert(state, largest, size)
    return usual
  }
  let sum = 0
  for (let place = largest; place <= last; place++) sum += Math.log((state[place] as number) / smallestKept)
  const rounded = (grainShare * grain) / (smallestKept + grain)
  const decades = Math.max(leastSpread, rounded, sum / tailLargest) * Math.LN10
  const learnt = smallestKept * Math.exp(Math.max(0, scoreLearnt - usual) * decades)
  insert(state, largest, Math.min(size, learnt))
  return usual + Math.log(size / smallestKept) / decades
}

/** Into the falling order; the smallest drops out when it is full. */
function insert(state: Float64Array, largest: number, size: number): void {
  let place = largest + tailLargest - 1
  for (; place > largest; place--) {
    const before = state[place - 1] as number
    if (before >= size) break
    state[place] = before
  }
  state[place] = size
}
