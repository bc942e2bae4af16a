import { describe, expect, test } from '@jest/globals'
import { libraryClasses, type SensorId } from '../../../city/index.ts'
import type { Reading } from '../../../ingest/index.ts'
import { caseCity } from '../../../rules/cases/case-city.ts'
import { forgetfulBook } from '../../../rules/forgetful-book.ts'
import { type AlarmEvent, modelText, RuleEngine } from '../../../rules/index.ts'
import { forecastText } from '../../../rules/wording/dates.ts'
import { noise } from '../detection/noise.ts'
import { readRules } from '../read-rules.ts'
import { day, hour, minute } from '../support.ts'
import { handMadeModel, modelFile } from './life-model.ts'

const start = Date.UTC(2026, 9, 1)
const log = { error: () => undefined }

function engineWith(when: string, severity = '{ warning: minor, action: major }') {
  const rules = readRules(
    `rules:
  - id: ahead
    title: Ahead
    class: drinking-water-pump
    failure mode: bearing-wear
    severity: ${severity}
    when: ${when}
    recover after: 1d
    watch: 1d
    advice: Look.
    source: a test
`,
    libraryClasses(),
  )
  const place = { latitude: 48, longitude: 16 }
  const city = caseCity([{ id: 'pump-1', class: 'drinking-water-pump' }], libraryClasses(), {
    timeZone: 'Europe/Vienna',
    place,
    beginsAt: start,
  })
  return new RuleEngine({ registry: city, rules, states: forgetfulBook, log })
}

function reading(at: number, value: number, quantity = 'vibration'): Reading {
  return { sensor: `pump-1/${quantity}` as SensorId, observedAt: at, receivedAt: at, value, quality: 'good' }
}

function play(engine: RuleEngine, days: number, valueAt: (at: number) => number): AlarmEvent[] {
  const events: AlarmEvent[] = []
  for (let at = start; at < start + days * day; at += hour) events.push(...engine.judge([reading(at, valueAt(at))], at))
  return events
}

const rises = '{ quantity: vibration, rises to: { warning: 4.5 mm/s, action: 7.1 mm/s }, inside: 14d }'

/** Well for 45 days, then 5 mm/s more within `wornIn` days; a daily rhythm, noise that lasts. */
function wearing(seed: number, wornIn: number) {
  const next = noise(seed, 0.7)
  return (at: number) => {
    const worn = Math.max(0, (at - start) / day - 45) / wornIn
    return 2.1 + 5 * worn + 0.4 * Math.sin((2 * Math.PI * at) / day) + 0.3 * next()
  }
}

describe('a forecast to a limit', () => {
  test('is told when there is still time, with the day and how sure that is', () => {
    const events = play(engineWith(rises), 75, wearing(1, 30))
    const fired = events.filter(({ alarm }) => alarm.state === 'firing')
    expect(fired.map(({ alarm }) => alarm.level)).toEqual(['warning', 'action'])
    for (const [index, limit] of [4.5, 7.1].entries()) {
      const { alarm, at, reason } = fired[index] ?? events[0] ?? { alarm: undefined, at: 0, reason: '' }
      const passesAt = start + (45 + (30 * (limit - 2.1)) / 5) * day
      const forecast = alarm?.forecast ?? { at: 0, from: 0 }
      expect(reason).toMatch(
        new RegExp(
          `^vibration will pass ${limit} mm/s on \\w+day \\d+ (Nov|Dec) \\(80 % sure (between|that it is) .*\\); now \\d`,
        ),
      )
      expect(forecast.from).toBeLessThan(forecast.at)
      // The warning limit is passed two weeks after the wear began: half of that is left when it is sure.
      expect(passesAt - at).toBeGreaterThan((limit === 4.5 ? 6 : 10) * day)
      expect(passesAt - at).toBeLessThan(14 * day)
      expect(Math.abs(forecast.at - passesAt)).toBeLessThan(2 * day)
    }
  })

  test('there is none for pumps that are well for four months', () => {
    for (let seed = 1; seed <= 6; seed++)
      expect(play(engineWith(rises), 120, wearing(seed, Number.POSITIVE_INFINITY))).toEqual([])
  })

  test('that wears off again is taken back', () => {
    const next = noise(2, 0.5)
    const events = play(engineWith(rises), 110, (at) => {
      const since = (at - start) / day
      return 2.1 + (since > 45 && since < 60 ? (since - 45) / 6 : 0) + 0.2 * next()
    })
    expect(events.at(-1)?.alarm.state).toBe('inactive')
    expect(events.at(-1)?.reason).toContain('has not been on its way to 4.5 mm/s inside 14 d for 1 d')
    expect(events.at(-1)?.alarm.forecast).toBeUndefined()
  })

  test('that was mended is over at once: what stood there before is no forecast', () => {
    const worn = wearing(3, 30)
    const well = wearing(4, Number.POSITIVE_INFINITY)
    for (const mendedAfter of [49, 51, 54, 60, 70]) {
      const mendedAt = start + mendedAfter * day
      const events = play(engineWith(rises), 90, (at) => (at < mendedAt ? worn(at) : well(at)))
      expect(events.filter(({ alarm, at }) => alarm.state === 'firing' && at > mendedAt + day)).toEqual([])
    }
  })

  test('is none where a value beyond the limit comes back from it', () => {
    const next = noise(5, 0.5)
    const filled = (at: number) => Math.min(1, Math.max(0, (at - start) / day - 45) / 40)
    const events = play(engineWith(rises), 80, (at) => 20 - 9 * filled(at) + 0.3 * next())
    expect(events).toEqual([])
  })

  test('a level that was always beyond the limit is no news about the future', () => {
    const events = play(engineWith(rises), 90, (at) => 8 + 0.2 * Math.sin(at))
    expect(events).toEqual([])
  })

  test('late readings are put in their own time: the end is the same', () => {
    const inOrder = engineWith(rises)
    const late = engineWith(rises)
    const valueAt = wearing(3, 25)
    const readings: Reading[] = []
    for (let at = start; at < start + 66 * day; at += hour) readings.push(reading(at, valueAt(at)))
    for (const each of readings) inOrder.judge([each], each.observedAt)
    // A logger that uploads once in twelve hours, the newest first.
    for (let index = 0; index < readings.length; index += 12)
      late.judge(readings.slice(index, index + 12).reverse(), readings[index]?.observedAt ?? start)
    const standing = (engine: RuleEngine) =>
      engine
        .alarmsOf('pump-1')
        .map(({ state, level, occurrence, forecast }) => ({ state, level, occurrence, forecast }))
    expect(standing(late)).toEqual(standing(inOrder))
    expect(standing(inOrder)).toMatchObject([{ state: 'firing', level: 'action' }])
  })

  test('says what is wrong with how it is written', () => {
    const of = (more: string) => `{ quantity: vibration, rises to: { warning: 4.5, action: 7.1 }${more} }`
    expect(() => engineWith(of(''))).toThrow('missing "inside": expected the time there is to act, like 14d')
    expect(() => engineWith(of(', inside: 0s'))).toThrow('0s: expected the time there is to act')
    expect(() => engineWith(of(', inside: 14d, agree: most'))).toThrow(
      '"most": expected how many of the last evaluations',
    )
    expect(() => engineWith(of(', inside: 14d, agree: 6 of 5'))).toThrow('"6 of 5"')
    expect(() => engineWith(of(', inside: 6h, over: 1d'))).toThrow('a daily rhythm is not known before')
    expect(() => engineWith(of(', inside: 6h, over: 5m, season: none'))).toThrow(
      'a trend needs 12 stretches with readings',
    )
    expect(() => engineWith(of(', inside: 14d, fit: cubic'))).toThrow('linear or exponential')
    expect(() => engineWith('{ quantity: vibration, falls to: { warning: 4, action: 7 }, inside: 14d }')).toThrow(
      'expected lower than the warning limit 4',
    )
    expect(() =>
      engineWith('{ quantity: bearing-temperature, falls to: -5, inside: 14d, fit: exponential }', 'minor'),
    ).toThrow('exponential wear is fitted to logarithms')
    expect(() => engineWith('{ quantity: vibration, rises to: 90, inside: 14d }', 'minor')).toThrow(
      'expected inside what is possible, 0 to 50',
    )
  })
})

describe('the words for a date', () => {
  const now = Date.UTC(2026, 10, 20, 12)

  test.each<[{ at: number; from: number; to?: number }, string]>([
    [{ at: 6, from: 5, to: 8 }, 'on Thursday 26 Nov (80 % sure between Wed 25 Nov and Sat 28 Nov)'],
    [{ at: 6, from: 6, to: 6.1 }, 'on Thursday 26 Nov (80 % sure that it is that day)'],
    [{ at: 6, from: -1, to: 8 }, 'on Thursday 26 Nov (80 % sure between now and Sat 28 Nov)'],
    [{ at: 6, from: 5 }, 'on Thursday 26 Nov (90 % sure not before Wed 25 Nov)'],
    [{ at: 1, from: 0.5, to: 3 }, 'on Saturday 21 Nov 13:00 (80 % sure between Sat 21 Nov 01:00 and Mon 23 Nov 13:00)'],
    [{ at: 60, from: 40, to: 80 }, 'on Tuesday 19 Jan 2027 (80 % sure between Wed 30 Dec and Mon 8 Feb 2027)'],
  ])('%j', ({ at, from, to }, words) => {
    const forecast = { at: now + at * day, from: now + from * day, ...(to === undefined ? {} : { to: now + to * day }) }
    expect(forecastText(forecast, now, 'Europe/Vienna')).toBe(words)
  })
})

describe('remaining life', () => {
  const below = (path: string, more = 'below: { warning: 40h, action: 15h }') => `{ remaining life: ${path}, ${more} }`

  function overheat(engine: RuleEngine): AlarmEvent[] {
    const events: AlarmEvent[] = []
    for (let at = start; at < start + 100 * hour; at += 10 * minute) {
      const hours = (at - start) / hour
      const readings = [reading(at, 50, 'power'), reading(at, 70 + hours / 10, 'bearing-temperature')]
      for (const each of readings) events.push(...engine.judge([each], at))
    }
    return events
  }

  test('fires three steps after the prediction fell below, with the time of the failure', () => {
    const fired = overheat(engineWith(below(modelFile()))).filter(({ alarm }) => alarm.state === 'firing')
    expect(fired.map(({ alarm }) => alarm.level)).toEqual(['warning', 'action'])
    const [first] = fired
    // An hour's mean of a mean over three is 70 + (h - 1.5) / 10 or so: 40 h are left at about hour 62.
    expect(((first?.at ?? 0) - start) / hour).toBeGreaterThan(60)
    expect(((first?.at ?? 0) - start) / hour).toBeLessThan(68)
    expect(first?.reason).toMatch(
      /^will fail on \w+ \d+ Oct \d\d:\d\d \(80 % sure between .*\), judging by those that failed before; remaining life 1 d 1\d h, below 1 d 16 h$/,
    )
    const forecast = first?.alarm.forecast ?? { at: 0, from: 0 }
    expect((forecast.at - forecast.from) / hour).toBeCloseTo(5, 1)
  })

  test('a pump without one of the sensors is not judged', () => {
    const engine = engineWith(below(modelFile()))
    expect(engine.alarmsOf('pump-1').length).toBe(1)
  })

  test.each([
    [
      'an other version',
      modelText(handMadeModel()).replace('"version": 1', '"version": 7'),
      'format version 7: this program reads 1',
    ],
    ['a damaged file', modelText(handMadeModel()).replace('"bias":100', '"bias":99'), 'damaged or changed by hand'],
    [
      'no length of a step',
      modelText(handMadeModel({ time: { name: 'cycle' } })),
      'does not say how long a cycle lasts: learn it again with --step',
    ],
    [
      'other quantities',
      modelText(handMadeModel({ model: { ...handMadeModel().model, quantities: ['power', 'mood'] } })),
      'learnt from mood, which class "drinking-water-pump" does not have',
    ],
  ])('is refused with %s', (_, text, message) => {
    expect(() => engineWith(below(modelFile(text)))).toThrow(message)
  })

  test('says what is wrong with how it is written', () => {
    expect(() => engineWith(below('/nowhere/pump.json'))).toThrow('"/nowhere/pump.json": cannot be read')
    expect(() => engineWith(below(modelFile(), 'below: { warning: 10h, action: 15h }'))).toThrow(
      'expected less than the warning limit',
    )
    expect(() => engineWith(below(modelFile(), 'below: { warning: 200h, action: 15h }'))).toThrow(
      'expected less than 4 d 4 h',
    )
    expect(() => engineWith(below(modelFile(), 'below: { warning: soon, action: 15h }'))).toThrow(
      '"soon": expected a remaining life like 30d',
    )
    expect(() => engineWith(`{ remaining life: ${modelFile()} }`)).toThrow('missing "below"')
  })

  test('another model is another version of the rule', () => {
    const versionWith = (path: string) => engineWith(below(path)).rules()[0]?.version
    const other = modelText(handMadeModel({ learntFrom: { ...handMadeModel().learntFrom, runs: 13 } }))
    expect(versionWith(modelFile())).not.toBe(versionWith(modelFile(other)))
  })
})
