import { describe, expect, test } from '@jest/globals'
import { durationText, limitText, unitText, valueText } from '../../rules/index.ts'
import { timesText } from '../../rules/wording/units.ts'
import { day, hour, minute } from './support.ts'

describe('durationText', () => {
  test.each([
    [10 * minute, '10 min'],
    [90 * minute, '1 h 30 min'],
    [2 * day + 3 * hour + 4 * minute, '2 d 3 h'],
    [45_000, '45 s'],
    [0, '0 s'],
  ])('%d ms is %j', (duration, text) => {
    expect(durationText(duration)).toBe(text)
  })
})

describe('timesText', () => {
  test.each([
    [0, '0 times'],
    [1, 'once'],
    [5, '5 times'],
  ])('%d is %j', (count, text) => {
    expect(timesText(count)).toBe(text)
  })
})

describe('valueText', () => {
  test.each([
    [7.416, 'mm/s', 1, '7.4 mm/s'],
    [81, 'Cel', 0, '81 °C'],
    [41.25, 'm3/h', 1, '41.3 m³/h'],
    [3, '1', 0, '3'],
    [-0.001, 'mrad', 1, '-0.001 mrad'],
    [0, 'bar', 2, '0.00 bar'],
    [-96, 'dB[mW]', 0, '-96 dBm'],
  ])('%d %s with %d decimals is %j', (value, unit, decimals, text) => {
    expect(valueText(value, unit, decimals)).toBe(text)
  })
})

describe('limitText', () => {
  test('has the digits it was written with', () => {
    expect(limitText(7.1, 'mm/s')).toBe('7.1 mm/s')
    expect(limitText(0.1 + 0.2, 'bar')).toBe('0.3 bar')
    expect(limitText(2, '1')).toBe('2')
  })
})

test('unitText leaves a code alone that people write the same', () => {
  expect(unitText('bar')).toBe('bar')
})
