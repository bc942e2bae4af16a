import { describe, expect, test } from '@jest/globals'
import { isName, isUnitCode, libraryClasses } from '../../city/index.ts'
import { nearestName } from '../../city/nearest-name.ts'

describe('the library', () => {
  test.each(libraryClasses().map((item) => [item.id, item] as const))('%s is complete', (_id, assetClass) => {
    expect(assetClass.quantities.length).toBeGreaterThan(0)
    expect(assetClass.failureModes.map((mode) => mode.id)).toContain('sensor-fault')
    for (const { id, unit, range, expectedIntervalMs } of assetClass.quantities) {
      expect(isName(id)).toBe(true)
      expect(isUnitCode(unit)).toBe(true)
      expect(range.min).toBeLessThan(range.max)
      expect(expectedIntervalMs).toBeGreaterThanOrEqual(60_000)
    }
    for (const mode of assetClass.failureModes) {
      expect(mode.jobPlan.length).toBeGreaterThanOrEqual(4)
      expect(mode.jobPlan.length).toBeLessThanOrEqual(7)
      expect(mode.causes.length).toBeGreaterThanOrEqual(3)
      expect(mode.remedies.length).toBeGreaterThanOrEqual(3)
    }
  })
})

describe('isUnitCode', () => {
  test.each(
    'mm/s Cel m3/h bar kW mg/L um/m mrad L/s 1/h % 1 ug/m3 L/min [ppm] dB[mW] V A /min 10*3/uL kW.h m.s-2 {lamps} mm{rain} kg/(m.s2) [degF] [psi] cm[H2O] KiBy dB B[SPL]'.split(
      ' ',
    ),
  )('%s is one', (code) => {
    expect(isUnitCode(code)).toBe(true)
  })

  test.each([
    '',
    'm/q',
    '°C',
    'celsius',
    'm//s',
    'm/',
    '(m',
    'kmin',
    'mm/s ',
    'l/',
    '[lamps]',
    '{',
    'm{',
    'm3h',
    'W'.repeat(60),
    '('.repeat(40),
  ])('%s is none', (code) => {
    expect(isUnitCode(code)).toBe(false)
  })
})

describe('nearestName', () => {
  test.each([
    ['vibratoin', ['vibration', 'flow'], 'vibration'],
    ['Pump 7', ['pump-07', 'pump-70'], 'pump-07'],
    ['flwo', ['flow', 'power'], 'flow'],
    ['xyz', ['flow', 'power'], undefined],
    ['', ['flow'], undefined],
  ])('%s among %j: %s', (unknown, candidates, meant) => {
    expect(nearestName(unknown, candidates)).toBe(meant)
  })
})
