import { addToMeans, meanSlots } from './exponential-means.ts'
import type { Told } from './figures.ts'
import { type LessonPlan, lessonOf } from './lessons.ts'
import type { Run } from './run-table.ts'
import { normal, seededRandom } from './seeded-random.ts'

/** What anybody could say without having learnt: the middle of all lives. */
export function constantMean(learnt: readonly Run[], heldOut: readonly Run[], plan: LessonPlan): Told[] {
  let sum = 0
  let count = 0
  for (const { at } of learnt)
    for (const now of at) {
      sum += Math.min(plan.cap, (at.at(-1) ?? 0) - now)
      count++
    }
  return heldOut.map((run) => {
    const { remaining } = lessonOf(run, plan)
    return { remaining, predicted: new Float64Array(remaining.length).fill(sum / count) }
  })
}

/** Of the cap: 40 cycles of 125, the middle of what was tried for this baseline. */
const windowShare = 0.32

/**
 * What a monitoring tool's "time left" does: one health index (the first principal component of the sensors), the level at
 * which the learnt runs failed, and a straight line through the last stretch up to that level.
 */
export function linearTimeLeft(learnt: readonly Run[], heldOut: readonly Run[], plan: LessonPlan): Told[] {
  const axis = firstComponent(learnt, plan.quantities)
  const failed = learnt.map((run) => smoothed(healthOf(run, axis, plan.quantities), plan).at(-1) ?? 0)
  const level = failed.reduce((sum, value) => sum + value, 0) / failed.length
  const window = windowShare * plan.cap
  return heldOut.map((run) => {
    const { remaining } = lessonOf(run, plan)
    const health = smoothed(healthOf(run, axis, plan.quantities), plan)
    const predicted = new Float64Array(remaining.length)
    for (let row = 0; row < predicted.length; row++)
      predicted[row] = timeLeft(run.at, health, row, window, level, plan.cap)
    return { remaining, predicted }
  })
}

function timeLeft(
  at: Float64Array,
  health: Float64Array,
  row: number,
  window: number,
  level: number,
  cap: number,
): number {
  const now = at[row] as number
  let count = 0
  let sumT = 0
  let sumV = 0
  let sumTT = 0
  let sumTV = 0
  for (let past = row; past >= 0 && now - (at[past] as number) <= window; past--) {
    const t = (at[past] as number) - now
    const v = health[past] as number
    count++
    sumT += t
    sumV += v
    sumTT += t * t
    sumTV += t * v
  }
  const spread = count * sumTT - sumT * sumT
  if (count < 3 || spread <= 0) return cap
  const slope = (count * sumTV - sumT * sumV) / spread
  const level0 = (sumV - slope * sumT) / count
  const left = (level - level0) / slope
  // No future crossing is the tool's "never"; capped, so that it can be compared.
  return slope !== 0 && left >= 0 ? Math.min(cap, left) : level0 * Math.sign(level) >= Math.abs(level) ? 0 : cap
}

type Axis = { readonly mean: Float64Array; readonly weight: Float64Array }

/** By power iteration on the correlation matrix. */
function firstComponent(runs: readonly Run[], width: number): Axis {
  const mean = new Float64Array(width)
  const squares = new Float64Array(width)
  let rows = 0
  for (const { at, values } of runs)
    for (let row = 0; row < at.length; row++) {
      rows++
      for (let index = 0; index < width; index++) {
        const value = measured(values, row * width + index, mean[index] as number)
        const before = value - (mean[index] as number)
        mean[index] = (mean[index] as number) + before / rows
        squares[index] = (squares[index] as number) + before * (value - (mean[index] as number))
      }
    }
  const scale = squares.map((sum) => 1 / (Math.sqrt(sum / rows) || 1))
  const correlation = new Float64Array(width * width)
  for (const { at, values } of runs)
    for (let row = 0; row < at.length; row++)
      for (let first = 0; first < width; first++) {
        const left = standardized(values, row * width + first, mean, scale, first)
        for (let second = 0; second < width; second++)
          correlation[first * width + second] =
            (correlation[first * width + second] as number) +
            left * standardized(values, row * width + second, mean, scale, second)
      }
  const random = seededRandom(1)
  let axis = new Float64Array(width).map(() => normal(random))
  for (let round = 0; round < 50; round++) {
    const next = new Float64Array(width)
    for (let first = 0; first < width; first++)
      for (let second = 0; second < width; second++)
        next[first] =
          (next[first] as number) + (correlation[first * width + second] as number) * (axis[second] as number)
    const length = Math.hypot(...next) || 1
    axis = next.map((value) => value / length)
  }
  return { mean, weight: axis.map((value, index) => value * (scale[index] as number)) }
}

function measured(values: Float64Array, place: number, otherwise: number): number {
  const value = values[place] as number
  return Number.isNaN(value) ? otherwise : value
}

function standardized(
  values: Float64Array,
  place: number,
  mean: Float64Array,
  scale: Float64Array,
  index: number,
): number {
  return (measured(values, place, mean[index] as number) - (mean[index] as number)) * (scale[index] as number)
}

function healthOf({ at, values }: Run, { mean, weight }: Axis, width: number): Float64Array {
  return Float64Array.from(at, (_, row) => {
    let sum = 0
    for (let index = 0; index < width; index++)
      sum +=
        (measured(values, row * width + index, mean[index] as number) - (mean[index] as number)) *
        (weight[index] as number)
    return sum
  })
}

/** By the second span, so that the line is not drawn through noise. */
function smoothed(values: Float64Array, { spans }: LessonPlan): Float64Array {
  const state = new Float64Array(meanSlots).fill(Number.NaN)
  const span = spans.slice(0, 1)
  return values.map((value) => {
    addToMeans(span, state, 0, 1, value)
    return state[0] as number
  })
}
