import { describe, expect, test } from '@jest/globals'
import { libraryClasses, type SensorId } from '../../../city/index.ts'
import type { Quality, Reading } from '../../../ingest/index.ts'
import { caseCity, nowhere } from '../../../rules/cases/case-city.ts'
import { forgetfulBook } from '../../../rules/forgetful-book.ts'
import { type AlarmEvent, RuleEngine } from '../../../rules/index.ts'
import { seeded } from '../../support/randomness.ts'
import { readRules } from '../read-rules.ts'
import { hour, minute, start } from '../support.ts'

/** Counters, jumps, spikes, what cannot be, and rules that are judged now and then only. */

type Written = { id?: string; mode?: string; when: string; during?: string; severity?: string; held?: string }

function engineFor(...written: Written[]) {
  const text = written.map(
    ({ id = 'tried', mode = 'bearing-wear', when, during, severity = 'minor', held = '0m' }) => `  - id: ${id}
    title: Tried
    class: drinking-water-pump
    failure mode: ${mode}
    severity: ${severity}
    when: ${when}
${during === undefined ? '' : `    during: ${during}\n`}    for: ${held}
    recover after: 0m
    watch: 1h
    advice: Look.
    source: a test`,
  )
  const rules = readRules(`rules:\n${text.join('\n')}\n`, libraryClasses())
  const place = { latitude: 48.2, longitude: 16.4 }
  const registry = caseCity([{ id: 'pump-1', class: 'drinking-water-pump' }], libraryClasses(), {
    ...nowhere,
    timeZone: 'Europe/Vienna',
    place,
  })
  return new RuleEngine({
    registry,
    rules,
    states: forgetfulBook,
    log: { error: (said: unknown) => expect(said).toBeUndefined() },
  })
}

function play(
  engine: RuleEngine,
  quantity: string,
  values: readonly (number | undefined)[],
  from = start,
  quality: Quality = 'good',
) {
  const readings = values.flatMap((value, index): Reading[] => {
    if (value === undefined) return []
    const at = from + index * minute
    return [{ sensor: `pump-1/${quantity}` as SensorId, observedAt: at, receivedAt: at, value, quality }]
  })
  return engine.judge(readings, from + values.length * minute)
}

const firings = (events: readonly AlarmEvent[]) =>
  events.filter(({ alarm, before }) => alarm.state === 'firing' && before.state !== 'firing')
const firing = (engine: RuleEngine) =>
  engine
    .alarms()
    .filter(({ state }) => state === 'firing')
    .map(({ rule }) => rule.id)
const times = <T>(count: number, ...values: T[]): T[] => Array.from({ length: count }, () => values).flat()

describe('a counter', () => {
  const starts = '{ quantity: power, starts more often than: 3, on above: 5 kW, over: 1h }'

  test('counts starts in the last hour, and forgets them', () => {
    const engine = engineFor({ when: starts })
    expect(firings(play(engine, 'power', times(3, 0, 0, 30, 30)))).toEqual([])
    const [event] = firings(play(engine, 'power', [0, 0, 30], start + 12 * minute))
    expect(event?.reason).toBe('motor power started 4 times in 1 h, more often than 3 times')
    play(engine, 'power', times(80, 30), start + 15 * minute)
    expect(firing(engine)).toEqual([])
  })

  test('counts only the time it was seen to run', () => {
    const engine = engineFor({ when: '{ quantity: power, runs longer than: 40m, on above: 5 kW, over: 2h }' })
    play(engine, 'power', times(30, 30))
    // Ninety minutes of nothing are not ninety minutes of running.
    play(engine, 'power', times(5, 30), start + 119 * minute)
    expect(firing(engine)).toEqual([])
    const [event] = firings(play(engine, 'power', times(45, 30), start + 124 * minute))
    expect(event?.reason).toMatch(/^motor power ran 4\d min in 2 h, more than 40 min$/)
  })

  test('goes on through a reset and through the roll-over of a meter', () => {
    const meter = '{ quantity: flow, counts more than: 50, over: 1h, rolls over at: 600 }'
    const engine = engineFor({ when: meter })
    expect(firings(play(engine, 'flow', [570, 580, 595, 10]))).toEqual([])
    expect(firings(play(engine, 'flow', [25], start + 4 * minute))).toHaveLength(1)
    // Exchanged in the middle of its range: it begins at zero, and did not go on by hundreds.
    const exchanged = engineFor({ when: meter })
    expect(firings(play(exchanged, 'flow', [300, 310, 3, 20]))).toEqual([])
  })

  test.each([
    ['{ quantity: power, starts more often than: 3, over: 1h }', 'missing "on above"'],
    ['{ quantity: power, starts more often than: 3, on above: 5 }', 'missing "over"'],
    ['{ quantity: power, runs longer than: 3h, on above: 5, over: 2h }', 'expected less than the 2h'],
    ['{ quantity: power, runs longer than: soon, on above: 5, over: 2h }', 'expected a duration'],
    ['{ quantity: power, counts more than: 5, over: 2h, on above: 3 }', 'means nothing with "counts more than"'],
    ['{ quantity: power, starts more often than: 0, on above: 5, over: 1h }', 'expected more than zero'],
    ['{ quantity: power, starts more often than: 2.5, on above: 5, over: 1h }', '2.5: expected a whole number'],
    ['{ quantity: power, counts more than: 5, over: 2h, rolls over at: -9 }', '-9: expected more than zero'],
  ])('refuses %s', (when, said) => {
    expect(() => engineFor({ when })).toThrow(said)
  })
})

describe('a jump', () => {
  const when = '{ quantity: pressure, jumps by more than: { warning: 1 bar, action: 3 bar } }'
  const severity = '{ warning: minor, action: major }'

  test('is between neighbours only: over a hole it may have come there step by step', () => {
    const engine = engineFor({ when, severity })
    expect(firings(play(engine, 'pressure', [5, 5.5, 6.4, ...times(5, undefined), 8, 8.1]))).toEqual([])
    const [event] = firings(play(engine, 'pressure', [4], start + 10 * minute))
    expect(event?.alarm.level).toBe('action')
    expect(event?.reason).toBe('discharge pressure moved by -4.10 bar from one reading to the next, more than 3 bar')
  })
})

describe('spikes', () => {
  const when = '{ quantity: vibration, spikes: 3, over: 1h }'
  const random = seeded(5)
  const scattering = (count: number) => Array.from({ length: count }, () => 2 + (random() - 0.5) / 10)

  test('are told from steps, ramps and stops, and are counted in a time', () => {
    const engine = engineFor({ when })
    const ramp = Array.from({ length: 200 }, (_, index) => 2 + index / 40)
    expect(
      firings(play(engine, 'vibration', [...scattering(3_000), ...times(60, 4.0), ...scattering(60), ...ramp])),
    ).toEqual([])
    const again = start + 4 * 1440 * minute
    const spiky = scattering(40).flatMap((value, index) => (index % 10 === 5 ? [value, 6] : [value]))
    expect(firings(play(engine, 'vibration', [...scattering(60), ...spiky], again))).toHaveLength(1)
  })

  test('a sensor that has them does not get used to them within a day', () => {
    const engine = engineFor({ when })
    const spiky = scattering(4_400).map((value, index) => (index > 3_000 && index % 8 === 0 ? value + 2 : value))
    play(engine, 'vibration', spiky)
    expect(firing(engine)).toEqual(['tried'])
  })

  test('one alone is never enough', () => {
    expect(() => engineFor({ when: '{ quantity: vibration, spikes: 1, over: 1h }' })).toThrow(
      'one alone proves nothing',
    )
    expect(() => engineFor({ when: '{ quantity: vibration, spikes: 2.5, over: 1h }' })).toThrow('a whole number')
    expect(() => engineFor({ when: '{ quantity: vibration, spikes: 3, over: 1h, by: -1 }' })).toThrow('zero or more')
  })
})

describe('a rule about the sensor', () => {
  test('keeps what it doubts from the rules about the asset, and lets it in again', () => {
    const engine = engineFor(
      { id: 'hot', when: '{ quantity: bearing-temperature, above: 70, hysteresis: 1 }', held: '10m' },
      { id: 'stuck', mode: 'sensor-fault', when: '{ quantity: bearing-temperature, stuck for: 15m, within: 0.01 }' },
    )
    play(engine, 'bearing-temperature', times(8, 50, 51))
    // Standing at 90: above its limit for ten minutes before anybody can know that it stands still.
    play(engine, 'bearing-temperature', times(5, 90), start + 16 * minute)
    play(engine, 'bearing-temperature', times(10, 50, 51), start + 21 * minute)
    expect(firing(engine)).toEqual([])
    play(engine, 'bearing-temperature', times(20, 60), start + 41 * minute)
    expect(firing(engine)).toEqual(['stuck'])
    play(engine, 'bearing-temperature', times(30, 60.001), start + 61 * minute)
    expect(firing(engine)).toEqual(['stuck'])
    play(engine, 'bearing-temperature', times(15, 88, 91), start + 91 * minute)
    expect(firing(engine)).toEqual(['hot'])
  })

  test('what cannot be is named, and is no trouble of the asset', () => {
    const engine = engineFor(
      { id: 'hot', when: '{ quantity: bearing-temperature, above: 70, hysteresis: 1 }' },
      { id: 'wild', mode: 'sensor-fault', when: '{ quantity: bearing-temperature, impossible for: 10m }' },
    )
    const [event] = firings(play(engine, 'bearing-temperature', times(11, 500), start, 'out-of-range'))
    expect(firing(engine)).toEqual(['wild'])
    expect(event?.reason).toBe('bearing temperature 500.0 °C cannot be, for 10 min: possible is -20 to 150 °C')
  })
})

describe('during', () => {
  const when = '{ quantity: power, above: 5 kW, hysteresis: 1 }'
  const at = (text: string) => Date.parse(text)

  test.each([
    ['{ hours: 22:00-05:00 }', '2026-05-04T20:05:00Z', true],
    ['{ hours: 22:00-05:00 }', '2026-05-04T19:55:00Z', false],
    ['{ hours: 22:00-05:00, days: fri }', '2026-05-09T02:00:00Z', true],
    ['{ hours: 22:00-05:00, days: fri }', '2026-05-10T02:00:00Z', false],
    ['{ days: mon-fri }', '2026-05-08T21:59:00Z', true],
    ['{ days: mon-fri }', '2026-05-08T22:01:00Z', false],
    ['{ months: oct-apr }', '2026-01-15T12:00:00Z', true],
    ['{ months: oct-apr }', '2026-07-15T12:00:00Z', false],
    ['{ light: day }', '2026-06-21T10:00:00Z', true],
    ['{ light: day }', '2026-12-21T16:30:00Z', false],
    ['{ light: dark }', '2026-12-21T16:30:00Z', true],
    // Dusk is neither.
    ['{ light: dark }', '2026-06-21T19:20:00Z', false],
    ['{ light: day }', '2026-06-21T19:20:00Z', false],
  ])('%s at %s: %s', (during, moment, judged) => {
    const engine = engineFor({ when, during })
    play(engine, 'power', [30], at(moment))
    expect(firing(engine)).toEqual(judged ? ['tried'] : [])
  })

  test('does not add up the ends of two nights, and keeps an alarm until it is judged again', () => {
    const engine = engineFor({ when, during: '{ hours: 22:00-05:00 }', held: '2h' })
    const night = at('2026-05-04T20:00:00Z')
    play(engine, 'power', times(24 * 60 + 90, 30), night + 6 * hour)
    expect(firing(engine)).toEqual(['tried'])
    // By day it is off, and nobody asks.
    play(engine, 'power', times(60, 0), at('2026-05-06T10:00:00Z'))
    expect(firing(engine)).toEqual(['tried'])
    play(engine, 'power', times(10, 0), at('2026-05-06T20:00:00Z'))
    expect(firing(engine)).toEqual([])
  })

  test.each([
    ['{ }', 'expected at least one of'],
    ['{ hours: 5-22 }', 'expected hours like'],
    ['{ hours: 24:30-25:00 }', 'expected hours like'],
    ['{ days: lundi }', 'expected days like'],
    ['{ light: twilight }', 'expected day or dark'],
  ])('refuses %s', (during, said) => {
    expect(() => engineFor({ when, during })).toThrow(said)
  })

  test('refuses to time a silence', () => {
    expect(() => engineFor({ when: '{ quantity: power, silent for: 5 intervals }', during: '{ light: day }' })).toThrow(
      'means nothing with "silent for"',
    )
  })
})
