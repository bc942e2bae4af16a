import { describe, expect, test } from '@jest/globals'
import { conversionBetween, isUnitCode, unitCodeOf } from '../../city/index.ts'
import { unitAtoms } from '../../city/ucum.ts'
import { measureOf } from '../../city/units/unit-measure.ts'
import { fc } from '../support/fast-check.ts'

function converted(value: number, from: string, to: string): number {
  const answer = conversionBetween(from, to)
  if (answer.kind === 'refused') throw new Error(answer.reason)
  return value * answer.scale + answer.offset
}

describe('conversionBetween', () => {
  // Right-hand sides by NIST SP 811 (2008), appendix B.
  test.each([
    [212, '[degF]', 'Cel', 100],
    [-40, 'Cel', '[degF]', -40],
    [300, 'K', 'Cel', 26.85],
    [2.5, 'bar', 'kPa', 250],
    [250_000, 'Pa', 'bar', 2.5],
    [100, '[psi]', 'kPa', 689.4757],
    [1, 'atm', '[psi]', 14.69595],
    [10, 'm[H2O]', 'kPa', 98.0665],
    [36, 'm3/h', 'L/s', 10],
    [60, 'L/min', 'm3/h', 3.6],
    [1, '[gal_us]/min', 'L/s', 0.0630902],
    [55, '%', '1', 0.55],
    [250, '[ppm]', '%', 0.025],
    [1_234, 'mm', 'm', 1.234],
    [1_500, 'mV', 'V', 1.5],
    [4.2, 'A', 'mA', 4_200],
    [0.75, 'kW', 'W', 750],
    [2, 'kW.h', 'MJ', 7.2],
    [90, 'min', 'h', 1.5],
    [7.1, 'mm/s', 'm/s', 0.0071],
    [1_500, '/min', 'Hz', 25],
    [3, 'Cel/h', 'K/min', 0.05],
    [10, 'dB[mW]', 'dB[W]', -20],
    [1, '[HP]', 'W', 745.6999],
    [12, '[in_i]', '[ft_i]', 1],
    [100, 'km/h', 'm/s', 27.77778],
    [1, 'kBy', 'bit', 8_000],
    [180, 'deg', 'rad', Math.PI],
    [5, '{count}', '1', 5],
  ])('%d %s in %s is %d', (value, from, to, expected) => {
    expect(converted(value, from, to)).toBeCloseTo(expected, 3)
    expect(converted(value, from, to) / (expected === 0 ? 1 : expected)).toBeCloseTo(1, 6)
  })

  test.each([
    ['mA', 'bar'],
    ['Cel', 'K/h'],
    ['m3/h', 'm/h'],
    ['dB', '1'],
    ['dB[mW]', 'mW'],
    ['By', '%'],
    ['rad', '1'],
    ['[NTU]', '[FTU]'],
  ])('%s is not %s', (from, to) => {
    expect(conversionBetween(from, to)).toMatchObject({ kind: 'refused', reason: expect.stringContaining('same') })
  })

  test('a code that is not UCUM is refused by name', () => {
    expect(conversionBetween('°C', 'Cel')).toMatchObject({ reason: expect.stringContaining('"°C" is not a UCUM code') })
    expect(conversionBetween('Cel', 'degrees')).toMatchObject({ reason: expect.stringContaining('"degrees"') })
  })

  const families = [
    ['Cel', '[degF]', 'K', '[degR]', 'mK'],
    ['bar', 'kPa', 'Pa', '[psi]', 'm[H2O]', 'mm[Hg]', 'atm', 'N/m2', 'mbar'],
    ['L/s', 'm3/h', 'L/min', '[gal_us]/min', '[cft_i]/s', 'ML/d'],
    ['%', '1', '[ppm]', '10*-3', '{part}'],
    ['mm', 'm', 'cm', '[in_i]', '[nmi_i]', 'km'],
    ['kW', 'W', '[HP]', 'V.A', 'J/s', '[Btu]/h'],
    ['W.h', 'kW.h', 'J', 'cal', 'N.m'],
    ['min', 'h', 's', 'd', 'ms', 'wk'],
    ['m/s', 'mm/s', 'km/h', '[kn_i]', '[mi_i]/h'],
    ['dB[mW]', 'dB[W]', 'B[kW]'],
    ['deg', 'rad', 'gon', 'circ'],
    ['Cel/h', 'K/min', '[degF]/s'],
  ]

  test('there and back again is where one was, and by way of a third the same', () => {
    const pairs = fc
      .constantFrom(...families)
      .chain((family) => fc.tuple(fc.constantFrom(...family), fc.constantFrom(...family), fc.constantFrom(...family)))
    fc.assert(
      fc.property(pairs, fc.double({ min: -1e6, max: 1e6, noNaN: true }), ([one, other, third], value) => {
        const there = converted(value, one, other)
        const size = Math.max(1, Math.abs(value))
        expect(Math.abs(converted(there, other, one) - value) / size).toBeLessThan(1e-6)
        const round = converted(converted(value, one, third), third, other)
        expect(Math.abs(round - there) / Math.max(1, Math.abs(there))).toBeLessThan(1e-6)
      }),
    )
  })

  test('every unit that a file may name has a measure', () => {
    const without = unitAtoms.filter((unit) => measureOf(unit) === undefined)
    expect(without).toEqual([])
    expect(unitAtoms.length).toBeGreaterThan(80)
  })

  test('codes that people make up neither crash it nor fill the memory', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'mkgsKC./()[]{}10*^-+%aA') }), (code) => {
        expect(conversionBetween(code, '1').kind).toMatch(isUnitCode(code) ? /converts|refused/ : /refused/)
      }),
      { numRuns: 5_000 },
    )
  })
})

test.each([
  ['°C', 'Cel'],
  [' deg F ', '[degF]'],
  ['m³/h', 'm3/h'],
  ['l/s', 'l/s'],
  ['psi', '[psi]'],
  ['%RH', '%'],
  ['µg/m³', 'ug/m3'],
  ['RPM', '/min'],
  ['mm/s', 'mm/s'],
  ['furlongs', undefined],
  ['', undefined],
])('a unit written %j is %s', (text, code) => {
  expect(unitCodeOf(text)).toBe(code)
})
