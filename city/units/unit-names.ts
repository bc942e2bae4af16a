import { isUnitCode } from '../ucum.ts'

/**
 * How units are written by devices that do not speak UCUM: Sparkplug's free-text `engUnit`, SenML (RFC 8428 section
 * 12.1), and what people type.
 */
const written: Readonly<Record<string, string>> = {
  '°c': 'Cel',
  'deg c': 'Cel',
  degc: 'Cel',
  celsius: 'Cel',
  '°f': '[degF]',
  'deg f': '[degF]',
  degf: '[degF]',
  fahrenheit: '[degF]',
  kelvin: 'K',
  psi: '[psi]',
  mh2o: 'm[H2O]',
  mwc: 'm[H2O]',
  mbar: 'mbar',
  percent: '%',
  '%rh': '%',
  '%el': '%',
  el: '1',
  '/': '1',
  count: '{count}',
  ph: '[pH]',
  ppm: '[ppm]',
  ppb: '[ppb]',
  ntu: '[NTU]',
  fnu: '[FTU]',
  rpm: '/min',
  '1/min': '/min',
  'beat/min': '/min',
  lux: 'lx',
  ohm: 'Ohm',
  Ω: 'Ohm',
  dbm: 'dB[mW]',
  dbw: 'dB[W]',
  dbspl: 'dB[SPL]',
  db: 'dB',
  '°': 'deg',
  ft: '[ft_i]',
  in: '[in_i]',
  gpm: '[gal_us]/min',
  cfm: '[cft_i]/min',
  knots: '[kn_i]',
  kn: '[kn_i]',
  mph: '[mi_i]/h',
  kph: 'km/h',
  'km/h': 'km/h',
  cmh: 'm3/h',
  'm3/hr': 'm3/h',
  lpm: 'L/min',
  lps: 'L/s',
  hp: '[HP]',
  sec: 's',
  minutes: 'min',
  hours: 'h',
  var: 'V.A',
  va: 'V.A',
  kva: 'kV.A',
}

/** The UCUM code of a unit as somebody wrote it; `undefined` when it is none that we know. */
export function unitCodeOf(text: string): string | undefined {
  const plain = text.trim()
  if (plain === '') return undefined
  const known = written[plain.toLowerCase()]
  if (known !== undefined) return known
  const simple = plain.replace('²', '2').replace('³', '3').replace(/[µμ]/, 'u').replace('·', '.').replace('°C', 'Cel')
  return isUnitCode(simple) ? simple : undefined
}
