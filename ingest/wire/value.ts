import type { WireFault } from './parsed.ts'

const shownLengthMax = 60
const numberText = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?$/i
const decimalComma = /^[+-]?\d+,\d+$/
const noValueText = /^[+-]?(nan|inf|infinity|null|none|n\/a|na)$/i

/** The value as a finite number, or what to send instead. `name` is what the device calls it. */
export function checkValue(given: unknown, name: string): number | WireFault {
  if (typeof given === 'number' && Number.isFinite(given)) return given
  return { reason: 'not-a-number', detail: `${name} ${whyNot(given)}` }
}

function whyNot(given: unknown): string {
  if (typeof given === 'string') return `${quoted(given)} is text: ${insteadOfText(given)}`
  if (typeof given === 'boolean') return `is ${given}: send 1 for true and 0 for false`
  if (given === null) return 'is null: leave a value out when there is none'
  if (typeof given === 'number') return `is ${given}, too large for a number`
  return `${quoted(given)} is not a number`
}

/** What to send instead of this text. */
export function insteadOfText(text: string): string {
  const trimmed = text.trim()
  if (decimalComma.test(trimmed)) return `send the number ${trimmed.replace(',', '.').replace(/^\+/, '')}`
  if (numberText.test(trimmed)) return `send the number ${trimmed.replace(/^\+/, '')} without quotes`
  if (noValueText.test(trimmed)) return 'leave a value out when there is none'
  return 'send a number'
}

/** A payload that is nothing but a number, as a person or a small device writes it; else `undefined`. */
export function bareNumber(text: string): number | undefined {
  const trimmed = text.trim()
  if (!numberText.test(trimmed)) return undefined
  const value = Number(trimmed)
  return Number.isFinite(value) ? value : undefined
}

const zero = 0x30
const minus = 0x2d
const point = 0x2e
// Up to 15 digits are exact in a double, and so are the powers of ten to divide by: one rounding, the right one.
const exactDigitsMax = 15
const powersOfTen = Float64Array.from({ length: exactDigitsMax + 1 }, (_, exponent) => 10 ** exponent)

/** Reads `-12.34` straight from the bytes, without a text in between; `undefined` when it is anything less plain. */
export function plainDecimal(bytes: Uint8Array): number | undefined {
  const length = bytes.length
  let at = bytes[0] === minus ? 1 : 0
  if (length === at || length > exactDigitsMax + 2) return undefined
  let digits = 0
  let decimals = -1
  let mantissa = 0
  for (; at < length; at++) {
    const byte = bytes[at] ?? 0
    if (byte === point && decimals < 0 && digits > 0) {
      decimals = 0
      continue
    }
    const digit = byte - zero
    if (digit < 0 || digit > 9) return undefined
    mantissa = mantissa * 10 + digit
    digits++
    if (decimals >= 0) decimals++
  }
  if (digits === 0 || digits > exactDigitsMax || decimals === 0) return undefined
  const value = decimals > 0 ? mantissa / (powersOfTen[decimals] ?? 1) : mantissa
  return bytes[0] === minus ? -value : value
}

/** As JSON, cut to what a person reads. */
export function quoted(given: unknown): string {
  const shown = typeof given === 'string' ? given.slice(0, shownLengthMax + 1) : given
  const text = JSON.stringify(shown) ?? String(shown)
  return text.length > shownLengthMax ? `${text.slice(0, shownLengthMax)}…` : text
}
