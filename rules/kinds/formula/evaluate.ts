import { measureOf } from '../../../city/index.ts'
import type { Expression } from './expression.ts'
import type { Reference } from './names.ts'

/** Where an input's newest value stands in the state of the fold: `at` first, `value` after it. */
export type Slots = {
  /** In the order of the references. */
  readonly references: readonly Reference[]
  /** The unit of each input. */
  readonly units: readonly string[]
  /** Whether an input's value is fresh enough; the place of its slot is asked for. */
  isFresh(state: Float64Array, base: number, input: number): boolean
}

/** A formula made ready: no tree is walked and nothing is allocated for a reading. `NaN` where something is missing. */
export type Evaluate = (state: Float64Array, base: number) => number

export const slotsPerInput = 2

/** In base units, so that what is measured in kW and in W can be reckoned together. */
export function evaluatorOf(expression: Expression, slots: Slots): Evaluate {
  switch (expression.kind) {
    case 'number': {
      const { factor, zero } = measureOf(expression.unit) ?? { factor: 1, zero: 0 }
      const value = expression.value * factor + zero
      return () => value
    }
    case 'name':
      return single(inputNamed(expression.name, slots), slots)
    case 'negative': {
      const of = evaluatorOf(expression.of, slots)
      return (state, base) => -of(state, base)
    }
    case 'operation':
      return operation(expression, slots)
    case 'call':
      return call(expression, slots)
  }
}

function inputNamed(name: string, { references }: Slots): number {
  const [first, second] = name.split('.')
  return references.findIndex(({ of, quantity }) =>
    second === undefined ? of === 'itself' && quantity === first : of === first && quantity === second,
  )
}

function single(input: number, { units, isFresh }: Slots): Evaluate {
  const { factor, zero } = measureOf(units[input] ?? '1') ?? { factor: 1, zero: 0 }
  const place = input * slotsPerInput + 1
  return (state, base) => (isFresh(state, base, input) ? (state[base + place] as number) * factor + zero : Number.NaN)
}

function operation(expression: Extract<Expression, { kind: 'operation' }>, slots: Slots): Evaluate {
  const left = evaluatorOf(expression.left, slots)
  const right = evaluatorOf(expression.right, slots)
  switch (expression.operator) {
    case '+':
      return (state, base) => left(state, base) + right(state, base)
    case '-':
      return (state, base) => left(state, base) - right(state, base)
    case '*':
      return (state, base) => left(state, base) * right(state, base)
    case '/':
      return (state, base) => left(state, base) / right(state, base)
  }
}

function call({ name, of }: Extract<Expression, { kind: 'call' }>, slots: Slots): Evaluate {
  const [first] = of
  if (of.length === 1 && first?.kind === 'name') {
    const from = inputNamed(first.name, slots)
    const reference = slots.references[from]
    if (reference?.of === 'parts' || reference?.of === 'fed') return group(name, from, slots)
  }
  const all = of.map((each) => evaluatorOf(each, slots))
  const one = all[0] ?? (() => Number.NaN)
  switch (name) {
    case 'abs':
      return (state, base) => Math.abs(one(state, base))
    case 'sqrt':
      return (state, base) => Math.sqrt(one(state, base))
    case 'min':
      return (state, base) => all.reduce((least, each) => Math.min(least, each(state, base)), Number.POSITIVE_INFINITY)
    default:
      return (state, base) => all.reduce((most, each) => Math.max(most, each(state, base)), Number.NEGATIVE_INFINITY)
  }
}

/**
 * Over the last reference, which all inputs from its place on belong to. A sum with one part missing is no sum; of a mean,
 * a least and a greatest, those that are there tell.
 */
function group(name: string, from: number, { units, isFresh }: Slots): Evaluate {
  const measures = units.map((unit) => measureOf(unit) ?? { factor: 1, zero: 0 })
  const to = units.length
  return (state, base) => {
    let count = 0
    let sum = 0
    let least = Number.POSITIVE_INFINITY
    let greatest = Number.NEGATIVE_INFINITY
    for (let input = from; input < to; input++) {
      if (!isFresh(state, base, input)) continue
      const { factor, zero } = measures[input] as (typeof measures)[number]
      const value = (state[base + input * slotsPerInput + 1] as number) * factor + zero
      count++
      sum += value
      if (value < least) least = value
      if (value > greatest) greatest = value
    }
    if (name === 'count') return count
    if (count === 0 || (name === 'sum' && count < to - from)) return Number.NaN
    return name === 'sum' ? sum : name === 'mean' ? sum / count : name === 'min' ? least : greatest
  }
}
