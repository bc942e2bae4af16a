import { describe, expect, test } from '@jest/globals'
import { libraryClasses, type SensorId } from '../../../city/index.ts'
import { caseCity } from '../../../rules/cases/case-city.ts'
import { forgetfulBook } from '../../../rules/forgetful-book.ts'
import { RuleEngine } from '../../../rules/index.ts'
import { noise } from '../detection/noise.ts'
import { readRules } from '../read-rules.ts'
import { day, hour, minute } from '../support.ts'

/** Slow drift and the minimum night flow, on a pressure zone's inlet as towns have it: a daily rhythm under correlated noise. */
const start = Date.UTC(2026, 1, 2)

const log = { error: () => undefined }

function engineWith(when: string, options: { severity?: string; timeZone?: string } = {}) {
  const { severity = '{ warning: minor, action: major }', timeZone = 'UTC' } = options
  const rules = readRules(
    `rules:
  - id: leak
    title: Leaks
    class: drinking-water-pump
    failure mode: seal-leak
    severity: ${severity}
    when: ${when}
    watch: 1d
    advice: Look.
    source: a test
`,
    libraryClasses(),
  )
  const place = { latitude: 48, longitude: 16 }
  const city = caseCity([{ id: 'pump-1', class: 'drinking-water-pump' }], libraryClasses(), {
    timeZone,
    place,
    beginsAt: start,
  })
  return new RuleEngine({ registry: city, rules, states: forgetfulBook, log })
}

type Told = {
  readonly day: number
  readonly state: string
  readonly level: string | undefined
  readonly reason: string
}

function play(engine: RuleEngine, days: number, valueAt: (at: number) => number | undefined, from = start): Told[] {
  const told: Told[] = []
  for (let at = from; at < from + days * day; at += 10 * minute) {
    const value = valueAt(at)
    if (value === undefined) continue
    const reading = {
      sensor: 'pump-1/flow' as SensorId,
      observedAt: at,
      receivedAt: at,
      value,
      quality: 'good' as const,
    }
    for (const { alarm, reason } of engine.judge([reading], at))
      told.push({ day: (at - from) / day, state: alarm.state, level: alarm.level, reason })
  }
  return told
}

/** Litres and cubic metres aside: 60 at night, 140 by day, noise that lasts for hours. */
function zone(seed: number, more: (at: number) => number = () => 0, scatter = 3) {
  const next = noise(seed, 0.95)
  return (at: number) =>
    100 - 40 * Math.cos((2 * Math.PI * (at - start - 3 * hour)) / day) + scatter * next() + more(at)
}

const since = (at: number, onset: number) => Math.max(0, (at - start) / day - onset)

describe('slow drift', () => {
  const drifts = '{ quantity: flow, drifts up: { warning: 10, action: 20 }, learn: 14d }'

  test('of a tenth of the daily swing is found within days, and said in the unit', () => {
    const found: number[] = []
    for (let seed = 1; seed <= 10; seed++) {
      const told = play(
        engineWith(drifts),
        60,
        zone(seed, (at) => Math.min(8, 0.5 * since(at, 30))),
      )
      const first = told.find(({ state }) => state === 'firing')
      expect(first?.reason).toMatch(/^flow has drifted up by \d+ m³\/h from what was usual, beyond 10 σ of evidence$/)
      found.push((first?.day ?? Number.POSITIVE_INFINITY) - 30)
    }
    expect(Math.min(...found)).toBeGreaterThan(0)
    expect(Math.max(...found)).toBeLessThan(16)
  })

  test('there is none in noise on a daily rhythm, for ten zones of four months', () => {
    for (let seed = 1; seed <= 10; seed++) expect(play(engineWith(drifts), 120, zone(seed))).toEqual([])
  })

  test('a rule for upwards does not fire for downwards, one for both does', () => {
    const falling = (seed: number) => zone(seed, (at) => -Math.min(8, 0.5 * since(at, 30)))
    expect(play(engineWith(drifts), 60, falling(1))).toEqual([])
    const either = engineWith('{ quantity: flow, drifts: { warning: 10, action: 20 }, learn: 14d }')
    expect(play(either, 60, falling(1)).find(({ state }) => state === 'firing')?.reason).toContain('drifted down by')
  })

  test('repaired, it is over within days although it went on for weeks', () => {
    const told = play(
      engineWith(drifts),
      80,
      zone(2, (at) => (since(at, 60) > 0 ? 0 : Math.min(10, 0.5 * since(at, 30)))),
    )
    const over = told.find(({ state, day: on }) => state === 'inactive' && on > 60)
    expect(over?.day).toBeLessThan(63)
    expect(over?.reason).toBe('flow is back at what was usual')
  })

  test('one wild day is no drift', () => {
    const told = play(
      engineWith(drifts),
      50,
      zone(3, (at) => (since(at, 30) > 0 && since(at, 30) < 0.5 ? 300 : 0)),
    )
    expect(told.filter(({ state }) => state === 'firing')).toEqual([])
  })

  test('says what is wrong with how it is written', () => {
    expect(() => engineWith('{ quantity: flow, drifts: { warning: 20, action: 10 } }')).toThrow(
      'expected higher than the warning limit 20',
    )
    expect(() =>
      engineWith('{ quantity: flow, drifts: { warning: little }, learn: 1d }', { severity: 'minor' }),
    ).toThrow('"little": expected evidence in standard deviations above 0')
    expect(() => engineWith('{ quantity: flow, drifts: 10, learn: 1d }', { severity: 'minor' })).toThrow(
      '1d: expected at least 3d',
    )
    expect(() => engineWith('{ quantity: flow, drifts: 10 }')).toThrow('a severity for "action"')
  })
})

describe('the minimum night flow', () => {
  const asleep = (seed: number, more: (at: number) => number) => zone(seed, more, 1)
  const rises = '{ quantity: flow, night minimum rises by: { warning: 10 %, action: 40 % }, nights: 10 }'

  test('that rises is told the next morning', () => {
    const told = play(
      engineWith(rises),
      40,
      asleep(1, (at) => (since(at, 30) > 0 ? 12 : 0)),
    )
    expect(told.map(({ state, level }) => [state, level])).toEqual([['firing', 'warning']])
    expect(told[0]?.day).toBeCloseTo(30 + 4 / 24, 1)
    expect(told[0]?.reason).toMatch(/^nightly minimum of flow [12]\d % above its usual, above 10 %$/)
  })

  test('does not rise by what is used by day, nor by noise', () => {
    for (let seed = 1; seed <= 10; seed++)
      expect(
        play(
          engineWith(rises),
          60,
          asleep(seed, (at) => ((at / hour) % 24 > 8 ? since(at, 20) : 0)),
        ),
      ).toEqual([])
  })

  test('a leak does not become usual, however long it leaks', () => {
    const told = play(
      engineWith(rises),
      120,
      asleep(1, (at) => (since(at, 30) > 0 ? 14 : 0)),
    )
    expect(told.map(({ state }) => state)).toEqual(['firing'])
  })

  test('a night that was hardly heard tells nothing', () => {
    const deaf = asleep(1, (at) => (since(at, 30) > 0 ? 60 : 0))
    const told = play(engineWith(rises), 40, (at) =>
      (at / hour) % 24 > 2.3 && (at / hour) % 24 < 4.5 ? undefined : deaf(at),
    )
    expect(told).toEqual([])
  })

  test('an amount may be asked for instead of a share', () => {
    const engine = engineWith('{ quantity: flow, night minimum rises by: 8 m3/h }', { severity: 'minor' })
    const told = play(
      engine,
      40,
      asleep(1, (at) => (since(at, 30) > 0 ? 15 : 0)),
    )
    expect(told[0]?.reason).toMatch(/^nightly minimum of flow 1\d m³\/h above its usual, above 8 m³\/h$/)
  })

  test('is that of the town, also across midnight and where the clocks change', () => {
    const engine = engineWith(
      '{ quantity: flow, night minimum rises by: { warning: 10 %, action: 40 % }, between: 23:00-01:00 }',
      {
        timeZone: 'Pacific/Auckland',
      },
    )
    // Clocks go back there on 5 April; it is used at all hours but those of the local night.
    const clock = new Intl.DateTimeFormat('en-GB', { timeZone: 'Pacific/Auckland', hour: 'numeric', hourCycle: 'h23' })
    const next = noise(4)
    const valueAt = (at: number) => {
      const hourThere = Number(clock.format(at))
      return (hourThere >= 23 || hourThere < 1 ? 50 : 150) + next() + (at > Date.UTC(2026, 3, 20) ? 8 : 0)
    }
    const told = play(engine, 40, valueAt, Date.UTC(2026, 2, 20))
    expect(told.map(({ state, level }) => [state, level])).toEqual([['firing', 'warning']])
    expect(told[0]?.day).toBeGreaterThan(31)
    expect(told[0]?.day).toBeLessThan(32.5)
  })

  test('says what is wrong with how it is written', () => {
    const when = (more: string) =>
      `{ quantity: flow, night minimum rises by: { warning: 10 %, action: 40 % }, ${more} }`
    expect(() => engineWith(when('between: at night'))).toThrow(
      '"at night": expected hours of the night, like 02:00-04:00',
    )
    expect(() => engineWith(when('between: 02:00-02:30'))).toThrow('expected at least 1h between')
    for (const nights of [2, 14.5, 100])
      expect(() => engineWith(when(`nights: ${nights}`))).toThrow(`nights: ${nights}: expected 3 to 60 nights`)
    expect(() => engineWith('{ quantity: flow, night minimum rises by: { warning: 10 %, action: 3 m3/h } }')).toThrow()
  })
})
