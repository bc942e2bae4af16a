/**
 * What the unit atoms of `ucum.ts` stand for, as the UCUM specification (version 2.1, tables 2 to 23, and
 * ucum-essence.xml) defines them: each as a number of other units, down to the base units. Two differences, both stricter:
 * `mol` and `bit`, which UCUM counts as plain numbers, have dimensions of their own here, so that a traffic counter cannot
 * be adopted as a percentage.
 */

/** Have no definition: they span the dimensions. */
export const baseUnits = ['m', 's', 'g', 'rad', 'K', 'C', 'cd', 'mol', 'bit'] as const

/** An atom is `[number, term]`: so many of the term. */
export const definitions: Readonly<Record<string, readonly [number, string]>> = {
  // Plain numbers.
  '%': [1e-2, '1'],
  '[ppth]': [1e-3, '1'],
  '[ppm]': [1e-6, '1'],
  '[ppb]': [1e-9, '1'],
  '[pptr]': [1e-12, '1'],
  '[pi]': [Math.PI, '1'],
  // Derived SI units (table 4).
  sr: [1, 'rad2'],
  Hz: [1, 's-1'],
  N: [1, 'kg.m/s2'],
  Pa: [1, 'N/m2'],
  J: [1, 'N.m'],
  W: [1, 'J/s'],
  A: [1, 'C/s'],
  V: [1, 'J/C'],
  F: [1, 'C/V'],
  Ohm: [1, 'V/A'],
  S: [1, 'A/V'],
  Wb: [1, 'V.s'],
  T: [1, 'Wb/m2'],
  H: [1, 'Wb/A'],
  lm: [1, 'cd.sr'],
  lx: [1, 'lm/m2'],
  Bq: [1, 's-1'],
  Gy: [1, 'J/kg'],
  Sv: [1, 'J/kg'],
  kat: [1, 'mol/s'],
  // Used with SI (tables 5 to 8).
  l: [1, 'dm3'],
  L: [1, 'dm3'],
  ar: [100, 'm2'],
  st: [1, 'm3'],
  min: [60, 's'],
  h: [3_600, 's'],
  d: [86_400, 's'],
  wk: [7, 'd'],
  a: [365.25, 'd'],
  mo: [30.4375, 'd'],
  t: [1_000, 'kg'],
  bar: [1e5, 'Pa'],
  atm: [101_325, 'Pa'],
  u: [1.6605402e-24, 'g'],
  eV: [1.60217733e-19, 'J'],
  cal: [4.184, 'J'],
  gf: [9.80665, 'g.m/s2'],
  deg: [Math.PI / 180, 'rad'],
  gon: [Math.PI / 200, 'rad'],
  circ: [2 * Math.PI, 'rad'],
  sph: [4 * Math.PI, 'sr'],
  'm[H2O]': [9.80665, 'kPa'],
  'm[Hg]': [133.322, 'kPa'],
  R: [2.58e-4, 'C/kg'],
  Ci: [3.7e10, 'Bq'],
  U: [1, 'umol/min'],
  eq: [1, 'mol'],
  osm: [1, 'mol'],
  By: [8, 'bit'],
  Bd: [1, 's-1'],
  // Customary units (tables 9 to 17).
  '[degR]': [5 / 9, 'K'],
  '[in_i]': [2.54, 'cm'],
  '[ft_i]': [12, '[in_i]'],
  '[yd_i]': [3, '[ft_i]'],
  '[mi_i]': [5_280, '[ft_i]'],
  '[nmi_i]': [1_852, 'm'],
  '[kn_i]': [1, '[nmi_i]/h'],
  '[sft_i]': [1, '[ft_i]2'],
  '[cin_i]': [1, '[in_i]3'],
  '[cft_i]': [1, '[ft_i]3'],
  '[acr_us]': [4_046.872609874252, 'm2'],
  '[gal_us]': [231, '[cin_i]'],
  '[gal_br]': [4.54609, 'l'],
  '[lb_av]': [453.59237, 'g'],
  '[oz_av]': [28.349523125, 'g'],
  '[ston_av]': [2_000, '[lb_av]'],
  '[lbf_av]': [9.80665, '[lb_av].m/s2'],
  '[psi]': [1, '[lbf_av]/[in_i]2'],
  '[HP]': [550, '[ft_i].[lbf_av]/s'],
  '[Btu]': [1.05435, 'kJ'],
}

/** A unit on a scale of its own: in the unit `on`, a value is `value × factor + zero`. */
export type ScaleUnit = { readonly on: string; readonly factor: number; readonly zero: number }

/**
 * Temperatures counted from another zero (table 7), and levels, which are logarithms (table 18): a level converts to a
 * level of the same kind (30 dB(mW) are 0 dB(W)), never to what it is the logarithm of.
 */
export const scaleUnits: Readonly<Record<string, ScaleUnit>> = {
  Cel: { on: 'K', factor: 1, zero: 273.15 },
  '[degF]': { on: 'K', factor: 5 / 9, zero: (459.67 * 5) / 9 },
  B: { on: 'level', factor: 1, zero: 0 },
  Np: { on: 'neper level', factor: 1, zero: 0 },
  'B[SPL]': { on: 'sound level', factor: 1, zero: 0 },
  'B[W]': { on: 'power level', factor: 1, zero: 0 },
  'B[kW]': { on: 'power level', factor: 1, zero: 3 },
  'B[mW]': { on: 'power level', factor: 1, zero: -3 },
  'B[V]': { on: 'voltage level', factor: 1, zero: 0 },
  'B[mV]': { on: 'voltage level', factor: 1, zero: -6 },
  'B[uV]': { on: 'voltage level', factor: 1, zero: -12 },
  '[pH]': { on: 'acidity', factor: 1, zero: 0 },
  '[FTU]': { on: 'formazin turbidity', factor: 1, zero: 0 },
  '[NTU]': { on: 'nephelometric turbidity', factor: 1, zero: 0 },
}

/** Powers of ten by their prefix (table 1), and the binary ones. */
export const prefixFactors: Readonly<Record<string, number>> = {
  Y: 1e24,
  Z: 1e21,
  E: 1e18,
  P: 1e15,
  T: 1e12,
  G: 1e9,
  M: 1e6,
  k: 1e3,
  h: 1e2,
  da: 1e1,
  d: 1e-1,
  c: 1e-2,
  m: 1e-3,
  u: 1e-6,
  n: 1e-9,
  p: 1e-12,
  f: 1e-15,
  a: 1e-18,
  z: 1e-21,
  y: 1e-24,
  Ki: 1_024,
  Mi: 1_024 ** 2,
  Gi: 1_024 ** 3,
  Ti: 1_024 ** 4,
}
