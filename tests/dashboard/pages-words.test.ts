import { describe, expect, test } from '@jest/globals'
import {
  formatAge,
  formatDue,
  formatExact,
  formatMoment,
  formatSpan,
  formatSpanFully,
  zoneOffsetMs,
} from '../../dashboard/pages/words/time.ts'
import { formatCount, formatNumber, formatValue, plural, readableUnit } from '../../dashboard/pages/words/units.ts'
import { fc } from '../support/fast-check.ts'

const at = Date.parse('2026-11-23T13:05:09Z')
const berlin = 'Europe/Berlin'

describe('units', () => {
  test.each([
    ['Cel', '°C'],
    ['m3/h', 'm³/h'],
    ['um/m', 'µm/m'],
    ['1', ''],
    ['mm/s', 'mm/s'],
    ['dB[mW]', 'dBm'],
    ['[ppm]', 'ppm'],
    ['furlong', 'furlong'],
  ])('reads the UCUM code %s as “%s”', (code, text) => {
    expect(readableUnit(code)).toBe(text)
  })

  test('a value carries its unit, and a plain number stands alone', () => {
    expect(formatValue(3.24, 'bar', 1)).toBe('3.2\u202fbar')
    expect(formatValue(12, '1', 0)).toBe('12')
  })

  test('numbers keep their decimals, take the true minus, and zero has no sign', () => {
    expect(formatNumber(3, 2)).toBe('3.00')
    expect(formatNumber(-4.25, 1)).toMatch(/^−4\.[23]$/)
    expect(formatNumber(-0.001, 1)).toBe('0.0')
    expect(formatNumber(Number.NaN)).toBe('–')
  })

  test('long counts are shortened', () => {
    expect(formatCount(99_999)).toBe('99,999')
    expect(formatCount(18_240_112)).toBe('18.2\u202fM')
  })

  test('counts of things', () => {
    expect([plural(0, 'ticket'), plural(1, 'ticket'), plural(3, 'ticket')]).toEqual([
      'no tickets',
      '1 ticket',
      '3 tickets',
    ])
  })
})

describe('times', () => {
  test('ages are said in the largest unit that is true', () => {
    expect(formatAge(at - 400, at)).toBe('now')
    expect(formatAge(at - 8_000, at)).toBe('8 s ago')
    expect(formatAge(at - 119_000, at)).toBe('1 min ago')
    expect(formatAge(at - 47 * 3_600_000, at)).toBe('47 h ago')
    expect(formatAge(at - 49 * 3_600_000, at)).toBe('2 d ago')
    expect(formatAge(at + 3 * 3_600_000, at)).toBe('in 3 h')
  })

  test('a clock two seconds ahead is not the future', () => {
    expect(formatAge(at + 2_000, at)).toBe('now')
  })

  test('an age never goes back as time goes on', () => {
    const seconds = (text: string) => {
      if (text === 'now') return 0
      const [count = '0', unit = ''] = text.split(' ')
      return Number(count) * ({ s: 1, min: 60, h: 3_600, d: 86_400 }[unit] ?? Number.NaN)
    }
    fc.assert(
      fc.property(fc.nat(40 * 86_400), fc.nat(86_400), (age, later) => {
        const before = seconds(formatAge(at - age * 1_000, at))
        expect(seconds(formatAge(at - (age + later) * 1_000, at))).toBeGreaterThanOrEqual(before)
      }),
    )
  })

  test('due and overdue', () => {
    expect(formatDue(at + 3 * 3_600_000, at)).toBe('due in 3 h')
    expect(formatDue(at - 50 * 60_000, at)).toBe('50 min overdue')
  })

  test('spans with their remainder', () => {
    expect(formatSpan(0)).toBe('0 s')
    expect(formatSpanFully(80 * 60_000)).toBe('1 h 20 min')
    expect(formatSpanFully(24 * 3_600_000)).toBe('24 h')
    expect(formatSpanFully(52 * 3_600_000)).toBe('2 d 4 h')
  })

  test("moments are told by the city's clock", () => {
    expect(formatMoment(at, at, berlin)).toBe('14:05')
    expect(formatMoment(at - 86_400_000, at, berlin)).toBe('yesterday 14:05')
    expect(formatMoment(at - 3 * 86_400_000, at, berlin)).toBe('Fri 20 Nov, 14:05')
    expect(formatExact(at, berlin)).toBe('Mon 23 Nov 2026, 14:05:09 (Europe/Berlin)')
  })

  test('the zone is an hour ahead in winter and two in summer', () => {
    expect(zoneOffsetMs(at, berlin)).toBe(3_600_000)
    expect(zoneOffsetMs(Date.parse('2026-07-01T00:00:00.250Z'), berlin)).toBe(7_200_000)
  })
})
