import { constantMean, linearTimeLeft } from './baselines.ts'
import { coverageOf, errorBands } from './error-bands.ts'
import { spanShares } from './exponential-means.ts'
import { type Figures, figuresOf, type TicketAims, type Told } from './figures.ts'
import { fitLife, type Shape } from './fitting.ts'
import { isWhole, type LessonPlan, lessonOf, lessonsFrom, settledAfter } from './lessons.ts'
import { intervalOf, type LifeFunction, type LifeModel, predictLife } from './life-model.ts'
import type { Run, RunTable } from './run-table.ts'
import { seededRandom, shuffled } from './seeded-random.ts'

export type LearningPlan = {
  readonly cap: number
  readonly folds: number
  readonly seed: number
  readonly aims: TicketAims
}

/** What the cross-validation says of one way of telling. */
export type Judgement = { readonly name: string; readonly figures: Figures }

export type Learnt = {
  readonly model: LifeModel
  /** The chosen one first, then what else was tried, then the baselines. All on runs that were not learnt from. */
  readonly judgements: readonly [Judgement, ...Judgement[]]
  /** Of the 80 % interval. */
  readonly coverage: number
  /** The chosen one, with sensors that were fitted somewhere in the life of each run. */
  readonly midLife: Figures
}

/** What any model has to beat. */
export const constantMeanName = 'constant mean'

const shapes: readonly (Shape & { readonly name: string })[] = [
  { name: 'ridge', cosines: 0, reach: 1, penalty: 0.003 },
  { name: 'ridge on 128 cosines, wide', cosines: 128, reach: 1.4, penalty: 0.001 },
  { name: 'ridge on 128 cosines, narrow', cosines: 128, reach: 0.7, penalty: 0.001 },
]

/** Fewer runs than this tell how one thing failed, not how things fail. */
export const runsMin = 8

/**
 * Learns from runs to failure. Every way of telling is tried on runs that it has not seen (cross-validation over whole
 * runs, never over rows: rows of one run are nearly the same); the best is then fitted to all of them.
 */
export function learnLife(table: RunTable, plan: LearningPlan): Learnt {
  const { runs, quantities } = table
  const { cap, seed, aims } = plan
  const lessonPlan: LessonPlan = { quantities: quantities.length, spans: spanShares.map((share) => share * cap), cap }
  const folds = foldsOf(runs, plan)
  const tried = shapes.map((shape) => {
    const parts = folds.map(({ learnt, heldOut }) => {
      const life = fitLife(lessonsFrom(learnt, lessonPlan, seed), shape, seed)
      return { told: tell(life, heldOut, lessonPlan), midLife: tell(life, heldOut, lessonPlan, seededRandom(seed + 1)) }
    })
    const told = parts.map((part) => part.told)
    return {
      shape,
      told,
      midLife: parts.flatMap((part) => part.midLife),
      figures: figuresOf(told.flat(), cap, aims, seed),
    }
  })
  tried.sort((left, right) => left.figures.rmseAllMoments - right.figures.rmseAllMoments)
  const [best, ...others] = tried
  if (best === undefined) throw new Error('nothing to choose from')
  const baseline = (name: string, tellIt: typeof constantMean): Judgement => {
    const told = folds.flatMap(({ learnt, heldOut }) => tellIt(learnt, heldOut, lessonPlan))
    return { name, figures: figuresOf(told, cap, aims, seed) }
  }
  return {
    model: {
      quantities,
      spans: lessonPlan.spans,
      cap,
      settledAfter: settledAfter(lessonPlan),
      life: rounded(fitLife(lessonsFrom(runs, lessonPlan, seed), best.shape, seed)),
      errors: errorBands(best.told.flat(), cap),
    },
    judgements: [
      { name: best.shape.name, figures: best.figures },
      ...others.map(({ shape, figures }) => ({ name: shape.name, figures })),
      baseline('linear time left', linearTimeLeft),
      baseline(constantMeanName, constantMean),
    ],
    coverage: coverage(best.told, cap),
    midLife: figuresOf(best.midLife, cap, aims, seed),
  }
}

type Fold = { readonly learnt: readonly Run[]; readonly heldOut: readonly Run[] }

function foldsOf(runs: readonly Run[], { folds, seed }: LearningPlan): Fold[] {
  const mixed = shuffled(runs, seededRandom(seed))
  return Array.from({ length: folds }, (_, fold) => ({
    learnt: mixed.filter((_run, index) => index % folds !== fold),
    heldOut: mixed.filter((_run, index) => index % folds === fold),
  }))
}

/** What a model says of each moment of runs; with `random`, of runs whose beginning nobody saw. */
function tell(life: LifeFunction, runs: readonly Run[], plan: LessonPlan, random?: () => number): Told[] {
  const settled = settledAfter(plan)
  const row = new Float64Array(life.weights.length)
  return runs.map((run) => {
    const from = random === undefined ? 0 : Math.floor(random() * run.at.length * 0.7)
    const lesson = lessonOf(run, plan, from)
    const predicted = new Float64Array(lesson.age.length).fill(Number.NaN)
    for (let moment = 0; moment < predicted.length; moment++)
      if ((lesson.age[moment] as number) >= settled && isWhole(lesson, moment))
        predicted[moment] = predictLife(life, plan.cap, lesson.features, moment * lesson.width, row)
    return { remaining: lesson.remaining, predicted }
  })
}

/** Each fold's intervals are made of the other folds' errors. */
function coverage(folds: readonly (readonly Told[])[], cap: number): number {
  let inside = 0
  let moments = 0
  for (const [index, told] of folds.entries()) {
    const errors = errorBands(folds.filter((_, other) => other !== index).flat(), cap)
    const count = told.reduce((sum, { predicted }) => sum + predicted.filter((guess) => !Number.isNaN(guess)).length, 0)
    inside += count * coverageOf(told, cap, (guess) => intervalOf({ errors, cap }, guess))
    moments += count
  }
  return inside / moments
}

/** Seven digits: more of them would be noise in the file. */
function rounded(life: LifeFunction): LifeFunction {
  const short = (values: readonly number[]) => values.map((value) => Number(value.toPrecision(7)))
  return {
    mean: short(life.mean),
    deviation: short(life.deviation),
    directions: life.directions.map(short),
    phases: short(life.phases),
    weights: short(life.weights),
    bias: Number(life.bias.toPrecision(7)),
  }
}
