import { expand, type LifeFunction } from './life-model.ts'
import { addOuter, solveSymmetric } from './linear-algebra.ts'
import { normal, seededRandom } from './seeded-random.ts'

/** One row a moment of a run: its means, how long it then had to live (at most the cap), and how much it counts. */
export type Lessons = {
  readonly width: number
  readonly count: number
  readonly features: Float64Array
  readonly remaining: Float64Array
  readonly weight: Float64Array
}

/** What there is to choose from. */
export type Shape = {
  /** Cosines beside the plain means; 0 is a ridge. */
  readonly cosines: number
  /** How far apart two states are that have nothing to do with each other: more is smoother. In standard deviations. */
  readonly reach: number
  /** Ridge, a lesson. */
  readonly penalty: number
}

/** Weighted ridge regression; the bias is not penalized. */
export function fitLife(lessons: Lessons, shape: Shape, seed: number): LifeFunction {
  const { width, count, features, remaining, weight } = lessons
  const basis = basisOf(lessons, shape, seed)
  const size = width + shape.cosines
  const rows = new Float64Array(count * size)
  const row = new Float64Array(size)
  const centre = new Float64Array(size)
  let bias = 0
  let total = 0
  for (let lesson = 0; lesson < count; lesson++) {
    expand(basis, features, lesson * width, row)
    rows.set(row, lesson * size)
    const share = weight[lesson] as number
    total += share
    bias += share * (remaining[lesson] as number)
    for (let index = 0; index < size; index++)
      centre[index] = (centre[index] as number) + share * (row[index] as number)
  }
  for (let index = 0; index < size; index++) centre[index] = (centre[index] as number) / total
  bias /= total

  const gram = new Float64Array(size * size)
  const right = new Float64Array(size)
  for (let lesson = 0; lesson < count; lesson++) {
    const start = lesson * size
    for (let index = 0; index < size; index++)
      rows[start + index] = (rows[start + index] as number) - (centre[index] as number)
    const share = weight[lesson] as number
    addOuter(gram, size, rows, start, share)
    const error = share * ((remaining[lesson] as number) - bias)
    for (let index = 0; index < size; index++)
      right[index] = (right[index] as number) + error * (rows[start + index] as number)
  }
  for (let index = 0; index < size; index++)
    gram[index * size + index] = (gram[index * size + index] as number) + shape.penalty * total
  const weights = solveSymmetric(gram, right, size)
  for (let index = 0; index < size; index++) bias -= (weights[index] as number) * (centre[index] as number)
  return { ...basis, weights: [...weights], bias }
}

function basisOf(lessons: Lessons, shape: Shape, seed: number): Omit<LifeFunction, 'weights' | 'bias'> {
  const { width } = lessons
  const { mean, deviation } = spreadOf(lessons)
  const random = seededRandom(seed)
  // The distance between two rows grows with the root of their width.
  const scale = 1 / (shape.reach * Math.sqrt(width))
  const directions = Array.from({ length: shape.cosines }, () =>
    Array.from({ length: width }, () => normal(random) * scale),
  )
  const phases = Array.from({ length: shape.cosines }, () => random() * 2 * Math.PI)
  return { mean, deviation, directions, phases }
}

function spreadOf({ width, count, features }: Lessons): { mean: number[]; deviation: number[] } {
  const mean = new Array<number>(width).fill(0)
  const deviation = new Array<number>(width).fill(0)
  for (let index = 0; index < width; index++) {
    let sum = 0
    for (let lesson = 0; lesson < count; lesson++) sum += features[lesson * width + index] as number
    const middle = sum / count
    let squares = 0
    for (let lesson = 0; lesson < count; lesson++)
      squares += ((features[lesson * width + index] as number) - middle) ** 2
    mean[index] = middle
    deviation[index] = Math.sqrt(squares / count) || 1
  }
  return { mean, deviation }
}
