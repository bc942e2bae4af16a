import { describe, expect, test } from '@jest/globals'
import type { Asset, AssetClass, Sensor, SensorId } from '../../../city/index.ts'
import { sensorId } from '../../../city/index.ts'
import type { Reading } from '../../../ingest/index.ts'
import { forgetfulBook } from '../../../rules/forgetful-book.ts'
import { RuleEngine, type RuleRegistry } from '../../../rules/index.ts'
import { readRules } from '../read-rules.ts'

const minute = 60_000
const hour = 60 * minute
const start = Date.UTC(2026, 4, 4)

const pump: AssetClass = {
  id: 'pump',
  title: 'Pump',
  plural: 'Pumps',
  quantities: [
    {
      id: 'power',
      title: 'Power',
      unit: 'kW',
      range: { min: 0, max: 100 },
      expectedIntervalMs: 10 * minute,
      decimals: 1,
    },
  ],
  failureModes: [{ id: 'wear', title: 'Wear', skill: 'pumps', jobPlan: [], causes: [], remedies: [] }],
}

function stationOf(count: number): RuleRegistry {
  const assets = Array.from(
    { length: count },
    (_, index): Asset => ({
      id: `pump-${index + 1}`,
      name: `Pump ${index + 1}`,
      class: 'pump',
      criticality: 3,
      place: { latitude: 48, longitude: 16 },
      relations: [{ kind: 'part of', asset: 'station' }],
    }),
  )
  const [power] = pump.quantities
  if (power === undefined) throw new Error('pumps have power')
  const sensors = assets.map(({ id }): Sensor => ({ id: sensorId(id, 'power'), asset: id, quantity: power }))
  return {
    timeZone: 'UTC',
    class: () => pump,
    asset: (id) => assets.find((asset) => asset.id === id),
    assets: () => assets,
    sensor: (id) => sensors.find((sensor) => sensor.id === id),
    sensors: () => sensors,
    sensorsOf: (id) => sensors.filter(({ asset }) => asset === id),
    onChange: () => () => undefined,
  }
}

const rulesText = (when: string) => `rules:
  - id: apart
    title: Takes more than its sisters
    class: pump
    failure mode: wear
    severity: major
    when: ${when}
    for: 1h
    watch: 1h
    advice: Look at it.
    source: experience
`

const when = '{ quantity: power, differs from sisters: 20 %, over: 6h }'

function engineFor(count: number): RuleEngine {
  const rules = readRules(rulesText(when), [pump])
  return new RuleEngine({ registry: stationOf(count), rules, states: forgetfulBook, log: { error: () => {} } })
}

/** Two days of what all pumps take, which follows the day, times what each of them makes of it. */
function* days(shares: (hours: number) => readonly number[]): Generator<Reading> {
  for (let at = 0; at < 48 * hour; at += 10 * minute) {
    const load = 20 + 10 * Math.sin((2 * Math.PI * at) / (24 * hour))
    for (const [index, share] of shares(at / hour).entries())
      yield {
        sensor: `pump-${index + 1}/power` as SensorId,
        observedAt: start + at,
        receivedAt: start + at,
        value: load * share,
        quality: 'good',
      }
  }
}

function firingOf(engine: RuleEngine, readings: Iterable<Reading>): string[] {
  for (const reading of readings) engine.judge([reading], reading.receivedAt)
  return engine
    .alarms()
    .filter(({ state }) => state === 'firing')
    .map(({ asset }) => asset)
}

describe('an asset and its sisters', () => {
  test('the one that takes more fires; what the day does to all of them does not', () => {
    expect(
      firingOf(
        engineFor(4),
        days((hours) => [1, 1.02, 0.98, hours < 20 ? 1 : 1.5]),
      ),
    ).toEqual(['pump-4'])
    expect(
      firingOf(
        engineFor(4),
        days(() => [1, 1.02, 0.98, 1.1]),
      ),
    ).toEqual([])
  })

  test('the sick one does not make the others look odd', () => {
    const engine = engineFor(3)
    expect(
      firingOf(
        engine,
        days((hours) => [1, 1, hours < 20 ? 1 : 3]),
      ),
    ).toEqual(['pump-3'])
    expect(engine.alarm('apart@pump-1')?.measured).toBeLessThan(120)
  })

  test('two cannot tell which of them is the odd one', () => {
    expect(
      firingOf(
        engineFor(2),
        days((hours) => [1, hours < 20 ? 1 : 2]),
      ),
    ).toEqual([])
  })

  test('says by how much, and over which time', () => {
    const engine = engineFor(4)
    const events = [...days((hours) => [1, 1, 1, hours < 20 ? 1 : 1.5])].flatMap((reading) =>
      engine.judge([reading], reading.receivedAt),
    )
    expect(events.find(({ alarm }) => alarm.state === 'firing')?.reason).toMatch(
      /^power 2\d % apart from its sisters' \(mean over 6 h\), above 20 % for 1 h$/,
    )
  })

  test.each([
    ['{ quantity: power, differs from sisters: 20 % }', 'missing "over"'],
    ['{ quantity: power, differs from sisters: 20 bar, over: 6h }', 'expected the unit kW'],
    ['{ quantity: power, differs from sisters: 0 %, over: 6h }', 'expected more than zero'],
    ['{ quantity: power, differs from sisters: 5 kW, over: 20m }', 'expected at least'],
    ['{ quantity: power, differs from sisters: 5 kW, over: 6h, sisters: cousins }', 'expected siblings or class'],
  ])('%s: %s', (written, message) => {
    expect(() => readRules(rulesText(written), [pump])).toThrow(message)
  })
})
