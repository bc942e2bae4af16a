import { isDeepStrictEqual } from 'node:util'
import { measureOf } from './unit-measure.ts'

/** A value in the one unit, in the other: `value × scale + offset`. */
export type Conversion = { readonly scale: number; readonly offset: number }

export type ConversionAnswer =
  | ({ readonly kind: 'converts' } & Conversion)
  | { readonly kind: 'refused'; readonly reason: string }

/**
 * How values in the UCUM unit `from` become values in `to`: `[degF]` to `Cel` is × 5/9 − 17.8. Refused when a code is not
 * UCUM or when the two do not measure the same (a current of 4–20 mA is no pressure: that takes a factor and an offset
 * that only the instrument's maker knows).
 */
export function conversionBetween(from: string, to: string): ConversionAnswer {
  const pair = `${from} ${to}`
  const known = remembered.get(pair)
  if (known !== undefined) return known
  const answer = workedOut(from, to)
  if (remembered.size >= rememberedMax) remembered.clear()
  remembered.set(pair, answer)
  return answer
}

// A registry of a million sources is read with a few dozen pairs; what devices make up must not fill the memory.
const rememberedMax = 1_000
const remembered = new Map<string, ConversionAnswer>()

function workedOut(from: string, to: string): ConversionAnswer {
  const sent = measureOf(from)
  const wanted = measureOf(to)
  if (sent === undefined) return refused(`unit "${from}" is not a UCUM code, such as mm/s, Cel, [degF] or m3/h`)
  if (wanted === undefined) return refused(`unit "${to}" is not a UCUM code, such as mm/s, Cel, [degF] or m3/h`)
  if (!isDeepStrictEqual(sent.dimension, wanted.dimension))
    return refused(`unit "${from}" does not convert to "${to}": they do not measure the same; give a factor instead`)
  const offset = (sent.zero - wanted.zero) / wanted.factor
  // The difference of two large zeros is no more exact than they are.
  const exactTo = Math.max(Math.abs(sent.zero), Math.abs(wanted.zero)) / wanted.factor
  const scale = sent.factor / wanted.factor
  return { kind: 'converts', scale: tidied(scale, scale), offset: tidied(offset, exactTo) }
}

// What dividing factors leaves behind: a few units in the last place.
const roundingMax = 1e-14

/** `32.00000000000006` is 32, where the numbers it comes from are no more exact than that. */
function tidied(value: number, exactTo: number): number {
  const round = Number(value.toPrecision(12))
  return Math.abs(round - value) <= roundingMax * exactTo ? round : value
}

function refused(reason: string): ConversionAnswer {
  return { kind: 'refused', reason }
}
