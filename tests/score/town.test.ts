import { describe, expect, test } from '@jest/globals'
import { figuresOf, visiting } from '../../commands/score-town/figures.ts'
import { measure } from '../../commands/score-town/measure.ts'
import { type Call, type Played, play } from '../../commands/score-town/play.ts'
import { reportOf } from '../../commands/score-town/report.ts'
import { libraryRuleFiles, readRuleFiles } from '../../rules/index.ts'
import type { Fault, SensorTrouble } from '../../simulators/index.ts'

const hour = 3_600_000
const day = 24 * hour
const begin = Date.UTC(2026, 4, 4)

const fault = (changes: Partial<Fault> = {}): Fault => ({
  kind: 'bearing-wear',
  asset: 'pump-1',
  failureMode: 'bearing-wear',
  shape: 'linear',
  onsetAt: begin + day,
  functionalFailureAt: begin + 11 * day,
  ...changes,
})
const trouble = (changes: Partial<SensorTrouble> = {}): SensorTrouble => ({
  sensor: 'pump-2/flow',
  kind: 'stuck',
  fromAt: begin + day,
  toAt: begin + 12 * day,
  ...changes,
})
const call = (at: number, changes: Partial<Call> = {}): Call => ({
  kind: 'opened',
  ticket: 1,
  asset: 'pump-1',
  failureMode: 'bearing-wear',
  at: begin + at,
  startedAt: begin + at,
  sensor: 'pump-1/vibration',
  rule: 'pump-vibration-high',
  reason: 'said',
  ...changes,
})
const played = (changes: Partial<Played>): Played => ({
  seed: 1,
  fromAt: begin,
  untilAt: begin + 30 * day,
  assets: ['pump-1', 'pump-2', 'pump-3'].map((id) => ({ id, class: 'drinking-water-pump' })),
  calls: [],
  faults: [],
  troubles: [],
  readings: 0,
  ...changes,
})

describe('a fault', () => {
  const verdictOf = (calls: readonly Call[], of = fault()) => measure(played({ faults: [of], calls })).faults[0]

  test('is detected by the first call under its own failure mode', () => {
    const outcome = verdictOf([call(3 * day, { failureMode: 'seal-leak' }), call(6 * day), call(8 * day)])
    expect(outcome).toMatchObject({ verdict: 'in time', leadMs: 5 * day, leadShare: 0.5 })
  })

  test.each([
    ['missed', undefined],
    ['premature', day + 2 * hour],
    ['in time', day + 6 * hour],
    ['late', 10.5 * day],
    ['too late', 11.5 * day],
  ])('is %s', (verdict, at) => {
    expect(verdictOf(at === undefined ? [] : [call(at)])?.verdict).toBe(verdict)
  })

  test('another name, or the sensor, is no detection', () => {
    expect(verdictOf([call(5 * day, { failureMode: 'seal-leak' })])).toMatchObject({ verdict: 'missed' })
    expect(verdictOf([call(5 * day, { failureMode: 'sensor-fault' })])).toMatchObject({
      verdict: 'missed',
      takenForSensor: true,
    })
    expect(verdictOf([call(5 * day, { asset: 'pump-2' })])).toMatchObject({ verdict: 'missed' })
  })

  test('a call after the repair does not detect it, and a failure beyond the end is left out', () => {
    expect(verdictOf([call(8 * day)], fault({ repairedAt: begin + 6 * day }))).toMatchObject({ verdict: 'missed' })
    expect(verdictOf([], fault({ functionalFailureAt: begin + 31 * day }))).toBeUndefined()
  })
})

describe('a call', () => {
  const falseOnes = (calls: readonly Call[], changes: Partial<Played> = {}) =>
    measure(played({ calls, ...changes })).falseCalls.map(({ because }) => because)

  test('is false when nothing is there, and when it comes before there is anything to be found', () => {
    expect(falseOnes([call(2 * day)])).toEqual(['nothing there'])
    expect(falseOnes([call(day + hour)], { faults: [fault()] })).toEqual(['too early'])
    expect(falseOnes([call(5 * day)], { faults: [fault()] })).toEqual([])
  })

  test('is false when it takes a sensor for its asset or an asset for its sensor', () => {
    const flow = { asset: 'pump-2', sensor: 'pump-2/flow' }
    expect(falseOnes([call(2 * day, flow)], { troubles: [trouble()] })).toEqual(['sensor trouble'])
    expect(falseOnes([call(2 * day, { ...flow, failureMode: 'sensor-fault' })], { troubles: [trouble()] })).toEqual([])
    expect(falseOnes([call(5 * day, { failureMode: 'sensor-fault' })], { faults: [fault()] })).toEqual(['asset fault'])
  })

  test('is false after the repair too, and counts when it comes back', () => {
    const repaired = [fault({ repairedAt: begin + 6 * day })]
    expect(falseOnes([call(7 * day, { kind: 'relapsed' })], { faults: repaired })).toEqual(['mended before'])
    expect(falseOnes([call(7 * day, { kind: 'updated' })], { faults: repaired })).toEqual([])
  })

  test('while the rules learn is not counted', () => {
    expect(falseOnes([call(-2 * day)])).toEqual([])
  })
})

describe('a sensor trouble', () => {
  const verdicts = (calls: readonly Call[], troubles = [trouble()]) =>
    measure(played({ calls, troubles })).troubles.map(({ verdict }) => verdict)
  const named = { asset: 'pump-2', sensor: 'pump-2/flow', failureMode: 'sensor-fault' }

  test('is named by a sensor ticket about that sensor', () => {
    expect(verdicts([call(2 * day, named)])).toEqual(['named'])
    expect(verdicts([call(2 * day, { ...named, sensor: 'pump-2/power' })])).toEqual(['unnoticed'])
    expect(verdicts([call(2 * day, { ...named, failureMode: 'seal-leak' }), call(3 * day, named)])).toEqual([
      'taken for the asset',
    ])
  })

  test('of a clock is one, for all sensors of the device', () => {
    const clocks = ['flow', 'power'].map((quantity) => trouble({ sensor: `pump-2/${quantity}`, kind: 'clock-skew' }))
    expect(verdicts([call(2 * day, { ...named, sensor: 'pump-2/power' })], clocks)).toEqual(['named'])
  })

  test('that nobody could see for three days is left out', () => {
    expect(verdicts([], [trouble({ repairedAt: begin + 2 * day })])).toEqual([])
    expect(verdicts([], [trouble({ fromAt: begin + 28 * day, toAt: begin + 50 * day })])).toEqual([])
    expect(verdicts([])).toEqual(['unnoticed'])
  })
})

describe('the figures', () => {
  const measured = measure(
    played({
      faults: [
        fault(),
        fault({ asset: 'pump-2' }),
        fault({ asset: 'pump-3', kind: 'seal-leak', failureMode: 'seal-leak' }),
      ],
      calls: [call(6 * day), call(10.5 * day, { asset: 'pump-2' }), call(20 * day, { asset: 'pump-3' })],
    }),
  )

  test('are shares of all faults, and false calls of asset-years', () => {
    const figures = figuresOf(measured)
    expect(figures.detected.value).toBeCloseTo(2 / 3)
    expect(figures.leadShare.value).toBeCloseTo((0.5 + 0.05) / 2)
    expect(figures.leadShareOfAll.value).toBeCloseTo(0.05)
    expect(figures.late).toBeCloseTo(1 / 3)
    expect(measured.assetYears).toBeCloseTo((3 * 30) / 365.25)
    expect(figures.falsePerAssetYear.value).toBeCloseTo(0 / measured.assetYears)
    expect(figures.detected.interval?.low).toBeLessThan(figures.detected.interval?.high ?? 0)
  })

  test('a crew that looks everywhere every week finds all of it, and mostly nothing', () => {
    const weekly = visiting(measured, 7)
    expect(weekly.detected).toBe(1)
    expect(weekly.falsePerYear).toBeGreaterThan(35)
  })

  test('are printed against their aims', () => {
    const text = reportOf(measured).join('\n')
    expect(text).toMatch(/faults ticketed before functional failure +67 %.*≥ 90 %/)
    expect(text).toContain('drinking-water-pump / bearing-wear')
  })
})

test('the same seed gives the same town, the same tickets and the same truth', async () => {
  const options = {
    seed: 3,
    warmUpDays: 1,
    days: 1,
    crewHours: 6,
    assetsPerClass: 1,
    rules: (registry: { classes(): Parameters<typeof readRuleFiles>[1] }) =>
      readRuleFiles(libraryRuleFiles(), registry.classes()),
  }
  const [one, other] = [await play(options), await play(options)]
  expect(one.readings).toBeGreaterThan(20_000)
  expect(one.faults.length).toBeGreaterThan(0)
  expect(other).toEqual(one)
}, 180_000)

test('a ticket that comes back because its repair did not help is a call', async () => {
  const { calls } = await play({
    seed: 3,
    warmUpDays: 1,
    days: 4,
    crewHours: 2,
    assetsPerClass: 1,
    // What once fired never recovers, so that no repair is ever proved.
    rules: (registry) =>
      readRuleFiles(libraryRuleFiles(), registry.classes()).flatMap(({ condition, ...rule }) =>
        condition.kind === 'threshold'
          ? [{ ...rule, watchMs: hour, condition: { ...condition, hysteresis: 1e9 } }]
          : [],
      ),
  })
  const back = calls.filter(({ reason }) => reason.startsWith('The repair did not help'))
  expect(back[0]).toMatchObject({ kind: 'relapsed', rule: expect.any(String), sensor: expect.stringContaining('/') })
}, 180_000)
