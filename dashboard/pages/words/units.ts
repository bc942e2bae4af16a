/** UCUM codes as people read them. A code that is not listed is shown as it is: better strange than wrong. */
const readable: Readonly<Record<string, string>> = {
  '1': '',
  '%': '%',
  Cel: '°C',
  K: 'K',
  m3: 'm³',
  'm3/h': 'm³/h',
  'm3/d': 'm³/d',
  'L/s': 'L/s',
  'um/m': 'µm/m',
  um: 'µm',
  'ug/m3': 'µg/m³',
  'mm/s2': 'mm/s²',
  '1/h': 'per hour',
  'dB[mW]': 'dBm',
  '[ppm]': 'ppm',
  '[ppb]': 'ppb',
  '[degF]': '°F',
  '[psi]': 'psi',
  deg: '°',
  Ohm: 'Ω',
}

export function readableUnit(code: string): string {
  return readable[code] ?? code
}

const formats = new Map<number, Intl.NumberFormat>()

function formatOf(decimals: number): Intl.NumberFormat {
  const known = formats.get(decimals)
  if (known) return known
  const made = new Intl.NumberFormat('en-GB', { minimumFractionDigits: decimals, maximumFractionDigits: decimals })
  formats.set(decimals, made)
  return made
}

/** `−3.2`, `1,204`: fixed decimals, so that a changing value keeps its width; the true minus sign. */
export function formatNumber(value: number, decimals = 0): string {
  if (!Number.isFinite(value)) return '–'
  // Adding 0 turns −0 into 0, which Intl would show with its sign.
  const rounded = Number(value.toFixed(decimals)) + 0
  return formatOf(decimals).format(rounded).replace('-', '−')
}

/** `3.2 bar`; a plain number stands alone; the degree and per cent signs keep their customary distance. */
export function formatValue(value: number, unit: string, decimals = 1): string {
  const text = readableUnit(unit)
  if (text === '') return formatNumber(value, decimals)
  return `${formatNumber(value, decimals)}\u202f${text}`
}

/** A count too long for a narrow place: `12.4 M`. */
export function formatCount(count: number): string {
  if (count < 100_000) return formatNumber(count)
  if (count < 1e6) return `${formatNumber(count / 1e3)}\u202fk`
  if (count < 1e9) return `${formatNumber(count / 1e6, 1)}\u202fM`
  return `${formatNumber(count / 1e9, 2)}\u202fbn`
}

/** A heading begins with a capital, also when it begins with `no`. */
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** Reasons are written as clauses (`vibration 7.4 mm/s, above 7.1 for 10 min`); here one stands alone. */
export function sentence(clause: string): string {
  const text = capital(clause.trim())
  return /[.!?…]$/.test(text) ? text : `${text}.`
}

/** `one ticket`, `3 tickets`, `no tickets`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count === 0 ? 'no' : formatNumber(count)} ${count === 1 ? one : many}`
}
