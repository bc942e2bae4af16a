import type { DurationMs } from '../../city/index.ts'

/** How people write a UCUM code; codes that look the same are not listed. */
const written: Readonly<Record<string, string>> = {
  Cel: '°C',
  'm3/h': 'm³/h',
  'um/m': 'µm/m',
  'ug/m3': 'µg/m³',
  'mm/s2': 'mm/s²',
  'dB[mW]': 'dBm',
  '[ppm]': 'ppm',
  '1': '',
  '1/h': 'per hour',
}

export function unitText(unit: string): string {
  return written[unit] ?? unit
}

/** `7.4 mm/s`: as many decimals as the quantity is worth, more for a small number that would vanish. */
export function valueText(value: number, unit: string, decimals: number): string {
  const text = numberText(value, decimals)
  const name = unitText(unit)
  return name === '' ? text : `${text} ${name}`
}

/** The quantity's decimals, or what it takes to show three digits that mean something; no trailing zeros beyond them. */
export function numberText(value: number, decimals: number): string {
  const rounded = value.toFixed(decimals)
  // A minus before nothing but zeros is noise.
  if (Number(rounded) !== 0) return rounded
  return value === 0 ? (0).toFixed(decimals) : String(Number(value.toPrecision(2)))
}

/** A limit as it was written: no more decimals than it has. */
export function limitText(limit: number, unit: string): string {
  const name = unitText(unit)
  const text = String(Number(limit.toPrecision(6)))
  return name === '' ? text : `${text} ${name}`
}

/** `once`, `5 times`. */
export function timesText(count: number): string {
  return count === 1 ? 'once' : `${count} times`
}

const durationUnits: readonly (readonly [DurationMs, string])[] = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'min'],
  [1_000, 's'],
]

/** `10 min`, `1 h 30 min`, `2 d`: the two largest units that count. */
export function durationText(duration: DurationMs): string {
  let rest = Math.round(Math.max(0, duration) / 1_000) * 1_000
  const parts: string[] = []
  for (const [size, name] of durationUnits) {
    const amount = Math.floor(rest / size)
    rest -= amount * size
    if (amount > 0) parts.push(`${amount} ${name}`)
  }
  return parts.slice(0, 2).join(' ') || '0 s'
}
