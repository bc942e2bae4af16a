import { expect, test } from '@jest/globals'
import { fromInput, toInput } from '../../dashboard/pages/maintenance/local-time.ts'
import { fc } from '../support/fast-check.ts'

test.each([
  ['summer', '2026-07-01T08:00', 'Europe/Vienna', '2026-07-01T06:00:00.000Z'],
  ['winter', '2026-12-01T08:00', 'Europe/Vienna', '2026-12-01T07:00:00.000Z'],
  ['the hour that the clocks leave out', '2026-03-29T02:30', 'Europe/Vienna', '2026-03-29T01:30:00.000Z'],
  ['half an hour off', '2026-05-01T00:15', 'Asia/Kolkata', '2026-04-30T18:45:00.000Z'],
  ['across the date line', '2026-05-01T00:15', 'Pacific/Auckland', '2026-04-30T12:15:00.000Z'],
])('%s', (_, text, zone, instant) => {
  expect(new Date(fromInput(text, zone) ?? 0).toISOString()).toBe(instant)
})

test.each(['', 'tomorrow', '2026-13-01T00:00'])('"%s" is no time', (text) => {
  expect(fromInput(text, 'UTC')).toBeUndefined()
})

test('what is written is what is read, but for the hour that there is twice', () => {
  const zones = fc.constantFrom('Europe/Vienna', 'America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe', 'UTC')
  const minutes = fc.integer({ min: 29_000_000, max: 30_500_000 })
  fc.assert(
    fc.property(zones, minutes, (zone, minute) => {
      const at = minute * 60_000
      const read = fromInput(toInput(at, zone), zone) ?? 0
      expect(toInput(read, zone)).toBe(toInput(at, zone))
      expect(Math.abs(read - at)).toBeLessThanOrEqual(3_600_000)
    }),
    { numRuns: 500 },
  )
})
