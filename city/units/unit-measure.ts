import { isUnitCode } from '../ucum.ts'
import { baseUnits, definitions, prefixFactors, scaleUnits } from './unit-atoms.ts'

/** What a unit code measures: in base units, a value is `value × factor + zero`. */
export type Measure = {
  readonly factor: number
  readonly zero: number
  /** The exponent of each base unit that is not zero: `{ m: 1, s: -1 }`. */
  readonly dimension: Readonly<Record<string, number>>
}

// A city uses a few dozen unit codes; what devices make up must not fill the memory.
const rememberedMax = 1_000
const remembered = new Map<string, Measure>()

/** `undefined` when the code is not UCUM (`isUnitCode`). */
export function measureOf(code: string): Measure | undefined {
  const known = remembered.get(code)
  if (known !== undefined) return known
  if (!isUnitCode(code)) return undefined
  const measure = scaleMeasure(code) ?? new TermReader(code).read()
  if (remembered.size >= rememberedMax) remembered.clear()
  remembered.set(code, measure)
  return measure
}

const annotation = /^\{[\x21-\x7e]*?\}/

/** A unit with its own zero stands alone; within a product (`Cel/h`) it is as wide as its degree. */
function scaleMeasure(code: string): Measure | undefined {
  const { prefix, atom } = atomOf(code.replace(/\{[\x21-\x7e]*?\}$/, ''))
  const scale = scaleUnits[atom]
  return scale === undefined
    ? undefined
    : { factor: prefix * scale.factor, zero: scale.zero, dimension: { [scale.on]: 1 } }
}

/** Follows the grammar of `ucum.ts`, which has already said that the code is one: terms of components, joined by `.` and `/`. */
class TermReader {
  #rest: string

  constructor(code: string) {
    this.#rest = code
  }

  read(): Measure {
    let product = one
    let power = 1
    if (this.#take(/^\//) !== undefined) power = -1
    for (;;) {
      product = times(product, this.#component(), power)
      const joint = this.#take(/^[./]/)
      if (joint === undefined) return product
      power = joint === '/' ? -1 : 1
    }
  }

  #component(): Measure {
    if (this.#take(/^\(/) !== undefined) {
      const inside = this.read()
      this.#take(/^\)/)
      return inside
    }
    if (this.#take(annotation) !== undefined) return one
    const tens = this.#take(/^10[*^][+-]?\d+/)
    if (tens !== undefined) return number(10 ** Number(tens.slice(3)))
    const factor = this.#take(/^[1-9]\d*/)
    const unit = factor === undefined ? this.#take(/^(?:[A-Za-z]*\[[A-Za-z0-9_.]+\]|[A-Za-z]+|%)/) : undefined
    const exponent = unit === undefined ? undefined : this.#take(/^[+-]?\d+/)
    this.#take(annotation)
    const measure = unit === undefined ? number(Number(factor)) : atomMeasure(unit)
    return times(one, measure, Number(exponent ?? 1))
  }

  #take(pattern: RegExp): string | undefined {
    const found = pattern.exec(this.#rest)?.[0]
    if (found !== undefined) this.#rest = this.#rest.slice(found.length)
    return found
  }
}

const one: Measure = { factor: 1, zero: 0, dimension: {} }

function number(factor: number): Measure {
  return { ...one, factor }
}

function times(left: Measure, right: Measure, power: number): Measure {
  const dimension = { ...left.dimension }
  for (const [base, exponent] of Object.entries(right.dimension)) {
    const sum = (dimension[base] ?? 0) + exponent * power
    if (sum === 0) delete dimension[base]
    else dimension[base] = sum
  }
  return { factor: left.factor * right.factor ** power, zero: 0, dimension }
}

const bases: ReadonlySet<string> = new Set(baseUnits)

function atomMeasure(unit: string): Measure {
  const { prefix, atom } = atomOf(unit)
  if (bases.has(atom)) return { factor: prefix, zero: 0, dimension: { [atom]: 1 } }
  const scale = scaleUnits[atom]
  if (scale !== undefined) return { factor: prefix * scale.factor, zero: 0, dimension: { [scale.on]: 1 } }
  const definition = definitions[atom]
  if (definition === undefined) throw new Error(`unit atom ${atom} is known to ucum.ts and has no definition`)
  const measure = new TermReader(definition[1]).read()
  return { ...measure, factor: prefix * definition[0] * measure.factor }
}

/** The whole name before any prefix: `min` is a minute and no milli-inch, `cd` a candela. */
function atomOf(unit: string): { readonly prefix: number; readonly atom: string } {
  if (isAtom(unit)) return { prefix: 1, atom: unit }
  for (const [name, prefix] of Object.entries(prefixFactors))
    if (unit.startsWith(name) && isAtom(unit.slice(name.length))) return { prefix, atom: unit.slice(name.length) }
  return { prefix: 1, atom: unit }
}

function isAtom(unit: string): boolean {
  return bases.has(unit) || definitions[unit] !== undefined || scaleUnits[unit] !== undefined
}
