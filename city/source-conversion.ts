import type { QuantityDefinition } from './asset-class.ts'
import type { SourceDraft } from './source.ts'
import { type ConversionAnswer, conversionBetween } from './units/unit-conversion.ts'

/** From what is sent to the quantity's unit: the given factor, else by the units. */
export function sourceConversion(
  { unit, factor, offset }: Pick<SourceDraft, 'unit' | 'factor' | 'offset'>,
  quantity: QuantityDefinition,
): ConversionAnswer {
  if (factor !== undefined) {
    if (!Number.isFinite(factor) || factor === 0) return refused(`factor ${factor}: expected a number other than 0`)
    if (!Number.isFinite(offset ?? 0)) return refused(`offset ${offset}: expected a number`)
    return { kind: 'converts', scale: factor, offset: offset ?? 0 }
  }
  if (offset !== undefined) return refused('an offset needs a factor beside it; 1 where there is nothing to multiply')
  if (unit === undefined || unit === quantity.unit) return { kind: 'converts', scale: 1, offset: 0 }
  return conversionBetween(unit, quantity.unit)
}

function refused(reason: string): ConversionAnswer {
  return { kind: 'refused', reason }
}
