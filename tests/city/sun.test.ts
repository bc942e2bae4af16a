import { expect, test } from '@jest/globals'
import { Calendar, horizonDegrees, sunElevation } from '../../city/index.ts'

const berlin = { latitude: 52.52, longitude: 13.405 }

/** Minutes by which the sun is still up at a moment the almanac calls sunset (negative: already down). */
function minutesUp(at: number): number {
  for (let minutes = -30; minutes < 30; minutes += 0.25) {
    if (sunElevation(at + minutes * 60_000, berlin.latitude, berlin.longitude) < horizonDegrees) return minutes
  }
  return 30
}

test.each([
  ['midsummer', Date.UTC(2025, 5, 21, 19, 33)],
  ['midwinter', Date.UTC(2025, 11, 21, 14, 54)],
  ['equinox', Date.UTC(2025, 2, 20, 17, 18)],
])('the sun sets over Berlin at %s when the almanac says so', (_, sunsetAt) => {
  expect(Math.abs(minutesUp(sunsetAt))).toBeLessThan(2.5)
})

test('local time follows summer time', () => {
  const calendar = new Calendar('Europe/Berlin')
  expect(calendar.localTime(Date.UTC(2026, 0, 5, 11)).hour).toBe(12)
  expect(calendar.localTime(Date.UTC(2026, 6, 5, 11)).hour).toBe(13)
  expect(calendar.localTime(Date.UTC(2026, 2, 29, 0, 59)).hour).toBeCloseTo(1.983, 2)
  expect(calendar.localTime(Date.UTC(2026, 2, 29, 1, 0)).hour).toBe(3)
  expect(calendar.localTime(Date.UTC(2026, 0, 4, 23)).weekday).toBe(1)
})
