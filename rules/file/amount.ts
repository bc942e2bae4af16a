import { type DurationMs, parseDuration } from '../../city/index.ts'

export type Amount<T> =
  | { readonly kind: 'read'; readonly amount: T }
  | { readonly kind: 'fault'; readonly message: string }

function read<T>(amount: T): Amount<T> {
  return { kind: 'read', amount }
}

function fault<T>(message: string): Amount<T> {
  return { kind: 'fault', message }
}

const numberAndRest = /^([+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?)\s*(.*)$/i

/** `4.5` or `4.5 mm/s`; a unit that is written must be the quantity's own, because nothing is converted. */
export function readValue(written: number | string, unit: string): Amount<number> {
  if (typeof written === 'number') return read(written)
  const match = numberAndRest.exec(written.trim())
  if (match === null) return fault(`"${written}": expected a number, or a number with the unit ${unit}`)
  const [, digits = '', rest = ''] = match
  if (rest !== '' && rest !== unit) return fault(`"${written}": expected the unit ${unit}, which the quantity has`)
  return read(Number(digits))
}

export type Rate = { readonly value: number; readonly perMs: DurationMs }

/** `2 per 1h` or `2 mm/s per 1h`. */
export function readRate(written: number | string, unit: string): Amount<Rate> {
  const [left = '', right, ...more] = String(written).split(/\s+per\s+/)
  const perMs = right === undefined || more.length > 0 ? undefined : parseDuration(right.trim())
  if (perMs === undefined || perMs === 0) return fault(`"${written}": expected a rate like "2 per 1h"`)
  const value = readValue(left, unit)
  return value.kind === 'fault' ? value : read({ value: value.amount, perMs })
}

const rhythms = /^(\d+(?:\.\d+)?)\s+rhythms?$/

export function isRhythm(written: number | string): boolean {
  return rhythms.test(String(written).trim())
}

/** `8 rhythms`. */
export function readRhythms(written: number | string): Amount<number> {
  const match = rhythms.exec(String(written).trim())
  return match === null
    ? fault(`"${written}": expected a number of the sensor's own rhythms, like "8 rhythms"`)
    : read(Number(match[1]))
}

/** `5 intervals`. */
export function readIntervals(written: number | string): Amount<number> {
  const match = /^(\d+(?:\.\d+)?)\s+intervals?$/.exec(String(written).trim())
  return match === null
    ? fault(`"${written}": expected a number of the sensor's expected intervals, like "5 intervals"`)
    : read(Number(match[1]))
}
