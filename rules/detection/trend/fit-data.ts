import { bucketBefore, bucketsMax, bucketsMin, openBucket, type TrendWindow } from './trend-window.ts'

/** What a fit works on: the buckets, their weights and what remains of them. Room that each fit uses again. */
export type Shape = 'linear' | 'exponential'

export const x = new Float64Array(bucketsMax)
const raw = new Float64Array(bucketsMax)
export const y = new Float64Array(bucketsMax)
export const weights = new Float64Array(bucketsMax)
export const rest = new Float64Array(bucketsMax)
const sorted = new Float64Array(bucketsMax)
const phase = new Uint16Array(bucketsMax)
const season = new Float64Array(1_440)

const { abs, log, max, min } = Math
const huber = 1.345
const madToSigma = 1.4826
/** With more of it there is nothing left to learn from. */
const correlationMax = 0.9

/** Newest last; `x` counts buckets up to the middle of the open one's left edge, so the newest is at -0.5. */
export function take(window: TrendWindow, state: Float64Array, base: number, shape: Shape): number {
  const open = openBucket(state, base)
  let n = 0
  for (let back = window.buckets; back >= 1; back--) {
    const value = bucketBefore(window, state, base, back)
    if (Number.isNaN(value) || (shape === 'exponential' && value <= 0)) continue
    x[n] = 0.5 - back
    raw[n] = shape === 'exponential' ? log(value) : value
    phase[n] = open - back - Math.floor((open - back) / window.phases) * window.phases
    n++
  }
  return n
}

/** All buckets count, and no time of day differs from another, so far. */
export function startSeason(n: number, phases: number): void {
  season.fill(0, 0, phases)
  weights.fill(1, 0, n)
  for (let index = 0; index < n; index++) y[index] = raw[index] as number
}

/** Adds to each time of day the median of what remains there, and takes the rhythm out of the values. */
export function followSeason(n: number, phases: number): void {
  let sum = 0
  for (let at = 0; at < phases; at++) {
    let count = 0
    for (let index = 0; index < n; index++) if (phase[index] === at) sorted[count++] = rest[index] as number
    if (count > 0) season[at] = (season[at] as number) + medianOfSorted(count)
    sum += season[at] as number
  }
  for (let at = 0; at < phases; at++) season[at] = (season[at] as number) - sum / phases
  for (let index = 0; index < n; index++) {
    const value = (raw[index] as number) - (season[phase[index] as number] as number)
    rest[index] = (rest[index] as number) - ((y[index] as number) - value)
    y[index] = value
  }
}

/** Huber's weights: what is off by more than a standard deviation and a third counts less, the farther the less. */
export function weigh(n: number): void {
  for (let index = 0; index < n; index++) sorted[index] = abs(rest[index] as number)
  const sigma = madToSigma * medianOfSorted(n)
  for (let index = 0; index < n; index++) {
    const off = abs(rest[index] as number)
    weights[index] = off > huber * sigma && sigma > 0 ? (huber * sigma) / off : 1
  }
}

/** Of neighbouring buckets, corrected for the bias that a fit gives to few of them (Kendall 1954). */
export function lagOne(n: number): number {
  let products = 0
  let squares = 0
  let pairs = 0
  for (let index = 0; index < n; index++) {
    const here = rest[index] as number
    squares += here * here
    if (index > 0 && (x[index] as number) - (x[index - 1] as number) === 1) {
      products += here * (rest[index - 1] as number)
      pairs++
    }
  }
  if (pairs < bucketsMin / 2 || squares === 0) return 0
  const found = products / pairs / (squares / n)
  return min(correlationMax, max(0, found + (1 + 3 * max(0, found)) / n))
}

export function weightedMean(n: number): number {
  let sum = 0
  let total = 0
  for (let index = 0; index < n; index++) {
    sum += (weights[index] as number) * (y[index] as number)
    total += weights[index] as number
  }
  return sum / total
}

export function squaresAroundMean(n: number): number {
  const mean = weightedMean(n)
  let sum = 0
  for (let index = 0; index < n; index++) sum += (weights[index] as number) * ((y[index] as number) - mean) ** 2
  return sum
}

export function largest(n: number): number {
  let most = 0
  for (let index = 0; index < n; index++) most = max(most, abs(raw[index] as number))
  return most
}

function medianOfSorted(count: number): number {
  const some = sorted.subarray(0, count).sort()
  const middle = count >> 1
  return count % 2 === 1 ? (some[middle] as number) : ((some[middle] as number) + (some[middle - 1] as number)) / 2
}
