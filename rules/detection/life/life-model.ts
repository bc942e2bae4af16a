/**
 * From means of sensors to a remaining life: a linear model on the standardized means and, beside them, on cosines of
 * random directions through them. Those stand for a Gaussian kernel (Rahimi and Recht 2007, "Random features for
 * large-scale kernel machines"): smooth curves where a ridge has only planes, at a cost that is known beforehand.
 */
export type LifeFunction = {
  readonly mean: readonly number[]
  readonly deviation: readonly number[]
  /** One a cosine: a direction through the standardized means, and its phase. None: a plain ridge. */
  readonly directions: readonly (readonly number[])[]
  readonly phases: readonly number[]
  readonly weights: readonly number[]
  readonly bias: number
}

/** Where the truth lay, seen from a prediction: 10 % of cases were below `low`, 10 % above `high`. */
export type ErrorBand = { readonly upTo: number; readonly low: number; readonly high: number }

/** What is learnt: how to see how long a thing will live, and how well that was done on things not learnt from. */
export type LifeModel = {
  readonly quantities: readonly string[]
  /** Spans of the exponential means, in units of time. */
  readonly spans: readonly number[]
  /** More is not told apart: a thing that is well looks the same whether it lives 150 more cycles or 300. */
  readonly cap: number
  /** A prediction from a shorter history than this is a guess. */
  readonly settledAfter: number
  readonly life: LifeFunction
  readonly errors: readonly ErrorBand[]
}

// Once for all: there are a hundred cosines to a prediction, and millions of predictions to a cross-validation.
const { cos } = Math

/** Standardizes one row of features in place within `row`, appends the cosines, and returns nothing: `row` holds both. */
export function expand(
  life: Omit<LifeFunction, 'weights' | 'bias'>,
  features: Float64Array,
  from: number,
  row: Float64Array,
): void {
  const { mean, deviation, directions, phases } = life
  const count = mean.length
  for (let index = 0; index < count; index++)
    row[index] = ((features[from + index] as number) - (mean[index] as number)) / (deviation[index] as number)
  for (let cosine = 0; cosine < directions.length; cosine++) {
    const direction = directions[cosine] as readonly number[]
    let angle = phases[cosine] as number
    for (let index = 0; index < count; index++) angle += (row[index] as number) * (direction[index] as number)
    row[count + cosine] = cos(angle)
  }
}

/** The remaining life, from 0 to `cap`. `row` is room for the expanded features. */
export function predictLife(
  life: LifeFunction,
  cap: number,
  features: Float64Array,
  from: number,
  row: Float64Array,
): number {
  expand(life, features, from, row)
  let sum = life.bias
  for (let index = 0; index < life.weights.length; index++)
    sum += (row[index] as number) * (life.weights[index] as number)
  return Math.min(cap, Math.max(0, sum))
}

/** The 10 % and 90 % quantiles that go with a prediction. */
export function intervalOf(
  { errors, cap }: Pick<LifeModel, 'errors' | 'cap'>,
  predicted: number,
): { readonly low: number; readonly high: number } {
  const band = errors.find(({ upTo }) => predicted <= upTo) ?? errors.at(-1)
  return {
    low: Math.max(0, predicted + (band?.low ?? 0)),
    high: Math.min(cap, predicted + (band?.high ?? 0)),
  }
}
