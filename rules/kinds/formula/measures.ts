import { type Measure, measureOf } from '../../../city/index.ts'
import { FormulaFault } from './expression.ts'

/** The measure of a unit; throws FormulaFault when there is no such unit. */
export function measured(unit: string, place: number): Measure {
  const measure = measureOf(unit)
  if (measure === undefined) throw new FormulaFault(place, `"${unit}": expected a UCUM unit code, such as m3/h or kW`)
  return measure
}

export function areSame(a: Measure['dimension'], b: Measure['dimension']): boolean {
  const bases = new Set([...Object.keys(a), ...Object.keys(b)])
  // Half powers come from a root of something that has none.
  return [...bases].every((base) => Math.abs((a[base] ?? 0) - (b[base] ?? 0)) < 1e-9)
}
