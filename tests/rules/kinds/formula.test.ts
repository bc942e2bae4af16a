import { describe, expect, test } from '@jest/globals'
import type { Asset, AssetClass, Place, Relation, Sensor, SensorId } from '../../../city/index.ts'
import { libraryClasses, sensorId } from '../../../city/index.ts'
import type { Reading } from '../../../ingest/index.ts'
import { forgetfulBook } from '../../../rules/forgetful-book.ts'
import { type Rule, RuleEngine, type RuleRegistry } from '../../../rules/index.ts'
import { FormulaFault, parseFormula } from '../../../rules/kinds/formula/expression.ts'
import { meaningOf } from '../../../rules/kinds/formula/meaning.ts'
import { fc } from '../../support/fast-check.ts'
import { readRules } from '../read-rules.ts'

const minute = 60_000
const start = Date.UTC(2026, 4, 4)
const quantity = (id: string, unit: string) => ({
  id,
  title: id,
  unit,
  range: { min: -1_000, max: 10_000 },
  expectedIntervalMs: minute,
  decimals: 1,
})
const mode = { id: 'wear', title: 'Wear', skill: 'pumps', jobPlan: ['look'], causes: ['age'], remedies: ['new'] }
const station: AssetClass = {
  id: 'station',
  title: 'Station',
  plural: 'Stations',
  quantities: [
    quantity('head', 'bar'),
    quantity('flow', 'm3/h'),
    quantity('power', 'kW'),
    quantity('night-flow', 'L/s'),
  ],
  failureModes: [mode],
}
const meter: AssetClass = {
  id: 'meter',
  title: 'Meter',
  plural: 'Meters',
  quantities: [quantity('use', 'L/s')],
  failureModes: [mode],
}
const main: AssetClass = {
  id: 'main',
  title: 'Main',
  plural: 'Mains',
  quantities: [quantity('use', 'm3/h'), quantity('head', 'm')],
  failureModes: [mode],
}
const classes = [station, meter, main]
const around = { assetClass: station, classes, folder: '.' }

const place: Place = { latitude: 48, longitude: 16 }
const asset = (id: string, of: AssetClass, relations: readonly Relation[] = []): Asset => ({
  id,
  name: id,
  class: of.id,
  criticality: 3,
  place,
  relations,
})

function cityOf(assets: readonly Asset[]): RuleRegistry {
  const sensors = new Map<string, Sensor>()
  for (const each of assets)
    for (const known of classes.find(({ id }) => id === each.class)?.quantities ?? [])
      sensors.set(`${each.id}/${known.id}`, { id: sensorId(each.id, known.id), asset: each.id, quantity: known })
  return {
    timeZone: 'UTC',
    class: (id) => classes.find((each) => each.id === id),
    asset: (id) => assets.find((each) => each.id === id),
    assets: () => assets,
    sensor: (id) => sensors.get(id),
    sensors: () => [...sensors.values()],
    sensorsOf: (id) => [...sensors.values()].filter((sensor) => sensor.asset === id),
    onChange: () => () => undefined,
  }
}

function ruleWith(when: string): Rule {
  const [rule] = readRules(
    `rules:
  - id: rule
    title: A rule
    class: station
    failure mode: wear
    severity: major
    when: ${when}
    for: 5m
    watch: 1h
    advice: Look at it.
    source: experience
`,
    classes,
  )
  if (rule === undefined) throw new Error('the rule was not read')
  return rule
}

function engineFor(rule: Rule, city: RuleRegistry): RuleEngine {
  return new RuleEngine({ registry: city, rules: [rule], states: forgetfulBook, log: { error: () => {} } })
}

const reading = (sensor: string, at: number, value: number): Reading => ({
  sensor: sensor as SensorId,
  observedAt: start + at,
  receivedAt: start + at,
  value,
  quality: 'good',
})

describe('parseFormula', () => {
  test.each([
    ['head *', '7', 'the end: expected a quantity'],
    ['(head', '6', '"the end": expected ")"'],
    ['head $ 2', '6', '"$": expected'],
    ['head flow', '6', '"flow": expected + - * / or the end'],
  ])('%s is refused at character %s: %s', (text, at, message) => {
    const read = () => parseFormula(text)
    expect(read).toThrow(FormulaFault)
    expect(read).toThrow(message)
    try {
      read()
    } catch (fault) {
      expect(String((fault as FormulaFault).place)).toBe(at)
    }
  })

  test('a hyphen within a name is no minus', () => {
    expect(parseFormula('night-flow - flow')).toMatchObject({
      operator: '-',
      left: { name: 'night-flow' },
      right: { name: 'flow' },
    })
  })

  test('never throws anything but a fault, whatever is written', () => {
    const letters = fc.string({ unit: fc.constantFrom(...'ab-+*/(). 1"'), maxLength: 60 })
    fc.assert(
      fc.property(letters, (text) => {
        try {
          parseFormula(text)
        } catch (error) {
          if (!(error instanceof FormulaFault)) throw error
        }
      }),
    )
  })
})

describe('meaningOf', () => {
  const meaning = (text: string) => meaningOf(parseFormula(text), around)
  test('units are reckoned with: pressure × flow / power is a plain number', () => {
    expect(meaning('head * flow / power').dimension).toEqual({})
    expect(meaning('head * flow').dimension).toEqual(meaning('power').dimension)
    expect(meaning('sqrt(flow * night-flow)').dimension).toEqual(meaning('flow').dimension)
  })
  test.each([
    ['head + flow', 'expected the same kind of measure'],
    ['haed', 'no quantity "haed"; did you mean "head"?'],
    ['parts.use', 'is of several assets: expected it within'],
    ['neighbour.flow', 'expected one of whole, feeder, gateway, parts, fed'],
    ['sum(parts.use) - mean(fed.use)', 'expected one group of assets'],
    ['log(head)', 'no function "log"'],
    ['5 + 3', 'no quantity'],
    ['head + 3 "psi"', 'expected a UCUM unit code'],
    ['feeder.head - head', '"head" is measured in bar and m by different classes'],
  ])('%s: %s', (text, message) => {
    expect(() => meaning(text)).toThrow(message)
  })
})

describe('a formula as a rule', () => {
  const efficiency = '{ formula: head * flow / power, called: efficiency, below: 0.5 }'
  const city = cityOf([asset('one', station)])

  /** Efficient for ten minutes, then not. bar × m³/h / kW: 1 bar × 36 m³/h is 1 kW. */
  const readings = Array.from({ length: 30 }, (_, index) => {
    const at = index * minute
    return [reading('one/head', at, 4), reading('one/flow', at, 36), reading('one/power', at, index < 10 ? 5 : 10)]
  }).flat()

  test('fires when what it reckons is beyond its limit for long enough, in its own words', () => {
    const engine = engineFor(ruleWith(efficiency), city)
    const events = readings.flatMap((each) => engine.judge([each], each.observedAt))
    expect(events.map(({ alarm }) => alarm.state)).toEqual(['pending', 'firing'])
    expect(events[1]).toMatchObject({
      reason: 'efficiency 0.40, below 0.5 for 5 min',
      alarm: { asset: 'one', sensor: 'one/head', startedAt: start + 10 * minute, limit: 0.5 },
    })
    expect(events[1]?.alarm.measured).toBeCloseTo(0.4)
  })

  test('does not reckon a new value with an old one of the same moment', () => {
    const engine = engineFor(ruleWith(efficiency), city)
    // The load is halved, and so is the power: the new flow with the old power would be 0.4.
    const halved = readings.map((each) => {
      const share = each.sensor === 'one/head' || each.observedAt < start + 10 * minute ? 1 : 0.5
      return { ...each, value: (each.sensor === 'one/power' ? 5 : each.value) * share }
    })
    expect(halved.flatMap((each) => engine.judge([each], each.observedAt))).toEqual([])
    expect(engine.alarm('rule@one')?.measured).toBeCloseTo(0.8)
  })

  test('a value that is missing is a hole, not an alarm', () => {
    const engine = engineFor(ruleWith(efficiency), city)
    const lost = readings.filter(({ sensor, observedAt }) => sensor !== 'one/power' || observedAt < start + 8 * minute)
    expect(engine.judge(lost, start + 30 * minute)).toEqual([])
  })

  test('the same readings in any order, in any batches and more than once give the same alarms', () => {
    const told = (batches: readonly (readonly Reading[])[]) => {
      const engine = engineFor(ruleWith(efficiency), city)
      const occurrences = new Set<string>()
      for (const batch of batches)
        for (const { alarm } of engine.judge(batch, start + 40 * minute))
          if (alarm.state === 'firing') occurrences.add(`${alarm.occurrence}`)
      const last = engine.alarm('rule@one')
      return { last: { ...last, measured: last?.measured?.toFixed(9) } }
    }
    // Afterwards well again, so that there is something to come out differently.
    const whole = [
      ...readings,
      ...[31, 32, 33].flatMap((index) => [
        reading('one/head', index * minute, 4),
        reading('one/flow', index * minute, 36),
        reading('one/power', index * minute, 5),
      ]),
    ]
    const expectedEnd = told([whole])
    fc.assert(
      fc.property(
        fc.shuffledSubarray(whole, { minLength: whole.length }),
        fc.integer({ min: 1, max: 40 }),
        (shuffled, size) => {
          const twice = [...shuffled, ...shuffled.slice(0, 20)]
          const batches = []
          for (let from = 0; from < twice.length; from += size) batches.push(twice.slice(from, from + size))
          expect(told(batches)).toEqual(expectedEnd)
        },
      ),
      { numRuns: 60 },
    )
  })

  test('the mass balance of an asset with what it feeds', () => {
    const fed: Relation[] = [{ kind: 'fed by', asset: 'one' }]
    const network = cityOf([
      asset('one', station),
      asset('m1', meter, fed),
      asset('m2', meter, fed),
      asset('alone', station),
    ])
    const loss = ruleWith('{ formula: flow - sum(fed.use), called: loss, unit: m3/h, above: 10 m3/h }')
    const engine = engineFor(loss, network)
    // 36 m³/h are 10 L/s; the meters see 9 and then 6 of them.
    const events = Array.from({ length: 20 }, (_, index) => index * minute).flatMap((at) =>
      [reading('one/flow', at, 36), reading('m1/use', at, 5), reading('m2/use', at, at < 5 * minute ? 4 : 1)].flatMap(
        (each) => engine.judge([each], each.observedAt),
      ),
    )
    expect(events.at(-1)).toMatchObject({
      alarm: { state: 'firing', asset: 'one' },
      reason: 'loss 14.40 m³/h, above 10 m³/h for 5 min',
    })
    // What feeds nothing has no balance.
    expect(engine.alarm('rule@alone')).toBeUndefined()
  })

  test('the mass balance of what classes measure in units of their own', () => {
    const fed: Relation[] = [{ kind: 'fed by', asset: 'one' }]
    const network = cityOf([asset('one', station), asset('m1', meter, fed), asset('m2', main, fed)])
    const loss = ruleWith('{ formula: flow - sum(fed.use), called: loss, unit: m3/h, above: 10 m3/h }')
    const engine = engineFor(loss, network)
    // 36 m³/h go out; 5 L/s and 4 m³/h arrive.
    const events = Array.from({ length: 10 }, (_, index) => index * minute).flatMap((at) =>
      [reading('one/flow', at, 36), reading('m1/use', at, 5), reading('m2/use', at, 4)].flatMap((each) =>
        engine.judge([each], each.observedAt),
      ),
    )
    expect(events.at(-1)?.reason).toBe('loss 14.00 m³/h, above 10 m³/h for 5 min')
  })

  test('a zone of the shipped classes has a balance with what feeds it', () => {
    const zone = libraryClasses().find(({ id }) => id === 'pressure-zone')
    if (zone === undefined) throw new Error('no zones ship')
    const flows = { assetClass: zone, classes: libraryClasses(), folder: '.' }
    const balance = meaningOf(parseFormula('feeder.flow - inflow'), flows)
    expect(balance.dimension).toEqual(meaningOf(parseFormula('inflow'), flows).dimension)
  })
})

describe('how a formula is written', () => {
  test.each([
    ['{ formula: head * flow, above: 5 }', 'expected a unit of that, not none'],
    ['{ formula: head * flow, unit: kW }', 'expected either "above" or "below"'],
    ['{ formula: head * flow, unit: kW, above: 5 bar }', '"5 bar": expected the unit kW'],
    [
      '{ formula: head * floww, unit: kW, above: 5 }',
      'at character 8 of the formula: class "station" has no quantity "floww"',
    ],
    ['{ formula: sum(fed.use), unit: m3/h, above: 5 }', 'no quantity of the asset itself'],
    ['{ formula: head, unit: bar, above: 5, stuck for: 1h }', 'expected only one of them'],
    ['{ formula: head, learn: 7d, over: 6h, below: 7 % }', '7 %: expected less than zero, so far below its usual'],
    ['{ formula: head, learn: 7d, over: 6h, above: -7 }', '-7 %: expected more than zero, so far above its usual'],
    ['{ formula: head, learn: 7d, over: 0s, above: 7 }', '0s: expected the time of the mean'],
    ['{ formula: head, unit: bar, within: 0s, above: 5 }', '0s: expected how old a value may be'],
  ])('%s: %s', (when, message) => {
    expect(() => ruleWith(when)).toThrow(message)
  })
})
