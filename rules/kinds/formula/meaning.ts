import type { Measure } from '../../../city/index.ts'
import type { ReadAround } from '../kind.ts'
import { type Expression, FormulaFault, type Operator } from './expression.ts'
import { areSame, measured } from './measures.ts'
import { isGroup, type Reference, resolveName } from './names.ts'

/** A formula whose names and units are sound: what it needs, and what it measures. */
export type Meaning = {
  /** In the order of first use; a group, of which there is at most one, stands last. */
  readonly references: readonly Reference[]
  /** Exponents of the base units of what comes out. */
  readonly dimension: Measure['dimension']
}

const groupFunctions: readonly string[] = ['sum', 'mean', 'min', 'max', 'count']
const functions = ['abs', 'sqrt', ...groupFunctions]

/** Checks names and units; throws FormulaFault with the place of what cannot be. */
export function meaningOf(expression: Expression, around: ReadAround): Meaning {
  const references = new Map<string, Reference>()
  const dimension = new Checker(references, around).dimensionOf(expression)
  const all = [...references.values()]
  const groups = all.filter(isGroup)
  if (groups.length > 1)
    throw new FormulaFault(
      1,
      `"${groups.map(({ of, quantity }) => `${of}.${quantity}`).join('" and "')}": expected one group of assets in a formula`,
    )
  if (all.length === 0) throw new FormulaFault(1, 'no quantity: expected at least one')
  return { references: [...all.filter((each) => !isGroup(each)), ...groups], dimension }
}

class Checker {
  readonly #references: Map<string, Reference>
  readonly #around: ReadAround

  constructor(references: Map<string, Reference>, around: ReadAround) {
    this.#references = references
    this.#around = around
  }

  dimensionOf(expression: Expression): Measure['dimension'] {
    switch (expression.kind) {
      case 'number':
        return measured(expression.unit, expression.place).dimension
      case 'name':
        return this.#named(expression.name, expression.place, false)
      case 'negative':
        return this.dimensionOf(expression.of)
      case 'operation':
        return this.#combined(expression.operator, expression.left, expression.right, expression.place)
      case 'call':
        return this.#called(expression)
    }
  }

  #named(name: string, place: number, inGroupFunction: boolean): Measure['dimension'] {
    const { reference, definition } = resolveName(name, place, this.#around)
    if (isGroup(reference) && !inGroupFunction)
      throw new FormulaFault(place, `"${name}" is of several assets: expected it within ${groupFunctions.join(', ')}`)
    this.#references.set(name, reference)
    return measured(definition.unit, place).dimension
  }

  #combined(operator: Operator, left: Expression, right: Expression, place: number): Measure['dimension'] {
    const a = this.dimensionOf(left)
    const b = this.dimensionOf(right)
    if (operator === '*' || operator === '/') return product(a, b, operator === '*' ? 1 : -1)
    if (!areSame(a, b))
      throw new FormulaFault(
        place,
        `"${operator}" between ${unitOf(a)} and ${unitOf(b)}: expected the same kind of measure`,
      )
    return a
  }

  #called({ name, of, place }: Extract<Expression, { kind: 'call' }>): Measure['dimension'] {
    if (!functions.includes(name))
      throw new FormulaFault(place, `no function "${name}": expected one of ${functions.join(', ')}`)
    const [first] = of
    const isOne = of.length === 1 && first !== undefined
    if (groupFunctions.includes(name) && isOne && first.kind === 'name') {
      const dimension = this.#named(first.name, first.place, true)
      if (isGroup(resolveName(first.name, first.place, this.#around).reference))
        return name === 'count' ? {} : dimension
    }
    if (name === 'min' || name === 'max') {
      const all = of.map((each) => this.dimensionOf(each))
      const odd = all.find((each) => !areSame(each, all[0] ?? {}))
      if (all.length < 2 || odd !== undefined)
        throw new FormulaFault(
          place,
          `"${name}": expected a group of assets, or two or more of the same kind of measure`,
        )
      return all[0] ?? {}
    }
    if (!isOne || groupFunctions.includes(name))
      throw new FormulaFault(
        place,
        `"${name}": expected ${groupFunctions.includes(name) ? 'a group of assets, such as parts.flow' : 'one argument'}`,
      )
    const dimension = this.dimensionOf(first)
    return name === 'sqrt' ? halved(dimension) : dimension
  }
}

/** `m3/s`, for a message. */
export function unitOf(dimension: Measure['dimension']): string {
  const parts = Object.entries(dimension).map(([base, exponent]) => (exponent === 1 ? base : `${base}${exponent}`))
  return parts.length === 0 ? 'a plain number' : parts.join('.')
}

function product(a: Measure['dimension'], b: Measure['dimension'], power: 1 | -1): Measure['dimension'] {
  const found: Record<string, number> = { ...a }
  for (const [base, exponent] of Object.entries(b)) {
    const sum = (found[base] ?? 0) + power * exponent
    if (sum === 0) delete found[base]
    else found[base] = sum
  }
  return found
}

function halved(dimension: Measure['dimension']): Measure['dimension'] {
  return Object.fromEntries(Object.entries(dimension).map(([base, exponent]) => [base, exponent / 2]))
}
