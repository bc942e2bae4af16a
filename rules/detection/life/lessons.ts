import { addToMeans, meanSlots, meansInto } from './exponential-means.ts'
import type { Lessons } from './fitting.ts'
import type { Run } from './run-table.ts'
import { seededRandom } from './seeded-random.ts'

/** A run with the features of each of its rows. */
export type Lesson = {
  readonly unit: string
  readonly width: number
  readonly features: Float64Array
  /** How long it then had to live, in units of time; not capped. */
  readonly remaining: Float64Array
  /** Since the first row. */
  readonly age: Float64Array
}

export type LessonPlan = {
  readonly quantities: number
  readonly spans: readonly number[]
  readonly cap: number
}

/** Follows a run from its row `from` on. */
export function lessonOf({ unit, at, values }: Run, { quantities, spans }: LessonPlan, from = 0): Lesson {
  const width = quantities * spans.length
  const rows = at.length - from
  const features = new Float64Array(rows * width)
  const remaining = new Float64Array(rows)
  const age = new Float64Array(rows)
  const state = new Float64Array(width * meanSlots).fill(Number.NaN)
  const last = at[at.length - 1] as number
  for (let row = 0; row < rows; row++) {
    const now = at[from + row] as number
    const elapsed = row === 0 ? 0 : now - (at[from + row - 1] as number)
    for (let quantity = 0; quantity < quantities; quantity++)
      addToMeans(
        spans,
        state,
        quantity * spans.length * meanSlots,
        elapsed,
        values[(from + row) * quantities + quantity] as number,
      )
    meansInto(features, row * width, state, 0, quantities, spans.length)
    remaining[row] = last - now
    age[row] = now - (at[from] as number)
  }
  return { unit, width, features, remaining, age }
}

// Neighbouring rows say nearly the same: so many are enough, and the fit takes seconds.
const rowsMax = 6_000
/** A run that is followed from somewhere in its life counts less than the same run followed whole. */
const midLifeWeight = 0.3

/**
 * What is learnt from runs: each of them whole, and again as if its sensors had been fitted somewhere in its life, because
 * that is how most things of a city come to be watched.
 */
export function lessonsFrom(runs: readonly Run[], plan: LessonPlan, seed: number): Lessons {
  const random = seededRandom(seed)
  const settled = settledAfter(plan)
  const parts: { readonly lesson: Lesson; readonly weight: number; readonly settled: number }[] = []
  for (const run of runs) {
    parts.push({ lesson: lessonOf(run, plan), weight: 1, settled: 0 })
    const from = Math.floor(random() * run.at.length)
    const lesson = lessonOf(run, plan, from)
    if ((lesson.age.at(-1) ?? 0) > settled) parts.push({ lesson, weight: midLifeWeight, settled })
  }
  const total = parts.reduce((sum, { lesson }) => sum + lesson.age.length, 0)
  const stride = Math.max(1, Math.ceil(total / rowsMax))
  const width = plan.quantities * plan.spans.length
  const rows: { readonly lesson: Lesson; readonly row: number; readonly weight: number }[] = []
  // Each run begins at another row, so that all parts of a life are looked at.
  for (const [number, { lesson, weight, settled: after }] of parts.entries())
    for (let row = number % stride; row < lesson.age.length; row += stride)
      if ((lesson.age[row] as number) >= after && isWhole(lesson, row)) rows.push({ lesson, row, weight })
  const features = new Float64Array(rows.length * width)
  for (const [index, { lesson, row }] of rows.entries())
    features.set(lesson.features.subarray(row * width, (row + 1) * width), index * width)
  return {
    width,
    count: rows.length,
    features,
    remaining: Float64Array.from(rows, ({ lesson, row }) => Math.min(plan.cap, lesson.remaining[row] as number)),
    weight: Float64Array.from(rows, ({ weight }) => weight),
  }
}

/** Every quantity has been measured at least once by then. */
export function isWhole({ features, width }: Lesson, row: number): boolean {
  for (let index = row * width; index < (row + 1) * width; index++) if (Number.isNaN(features[index])) return false
  return true
}

/** Of the cap, some 28 cycles of 125: what is told from a shorter history is a guess. */
const settledShare = 0.22

export function settledAfter({ cap }: Pick<LessonPlan, 'cap'>): number {
  return settledShare * cap
}
