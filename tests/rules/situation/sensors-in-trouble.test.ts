import { expect, test } from '@jest/globals'
import type { AssetClass, SensorId } from '../../../city/index.ts'
import { caseCity } from '../../../rules/cases/case-city.ts'
import { forgetfulBook, RuleEngine } from '../../../rules/index.ts'
import { readRules } from '../read-rules.ts'

/*
 * A meter that reads too much is found by a rule over two sensors, too late to keep single readings out. What it makes the
 * asset's own rules say is hidden while it is in trouble, judged all the same, and said again when it is believed and holds.
 */
const minute = 60_000
const start = Date.UTC(2026, 4, 4)

const quantity = (id: string) => ({
  id,
  title: id === 'power' ? 'Power' : 'Current',
  unit: id === 'power' ? 'kW' : 'A',
  range: { min: 0, max: 1_000 },
  expectedIntervalMs: minute,
  decimals: 1,
})
const mode = (id: string) => ({
  id,
  title: id,
  skill: 'electrical',
  jobPlan: ['Look.'],
  causes: ['x'],
  remedies: ['y'],
})
const motor: AssetClass = {
  id: 'motor',
  title: 'Motor',
  plural: 'Motors',
  quantities: [quantity('power'), quantity('current')],
  failureModes: [mode('wear'), mode('sensor-fault')],
}

// The meters are doubted sooner than the motor.
const rule = (id: string, title: string, failureMode: string, when: string) => `
  - id: ${id}
    title: ${title}
    class: motor
    failure mode: ${failureMode}
    severity: major
    when: ${when}
    for: ${failureMode === 'wear' ? '8m' : '5m'}
    recover after: 5m
    watch: 1h
    advice: Look at it.
    source: experience
`
const rules = readRules(
  `rules:${[
    rule('takes-too-much', 'Takes too much', 'wear', '{ quantity: power, above: 20 kW }'),
    rule('draws-too-much', 'Draws too much', 'wear', '{ quantity: current, above: 60 A }'),
    rule(
      'meter-reads-high',
      'Meter reads too much',
      'sensor-fault',
      '{ formula: power / current, called: power for its current, unit: kW/A, above: 0.5 kW/A }',
    ),
  ].join('')}`,
  [motor],
)

function motorAt() {
  const registry = caseCity([{ id: 'motor-1', class: 'motor' }], [motor])
  const engine = new RuleEngine({ registry, rules, states: forgetfulBook, log: { error: () => undefined } })
  let at = start
  const say = (minutes: number, power: number, current: number) => {
    const events = []
    for (let left = minutes; left > 0; left--) {
      at += minute
      for (const [name, value] of [
        ['power', power],
        ['current', current],
      ] as const) {
        const sensor = `motor-1/${name}` as SensorId
        events.push(...engine.judge([{ sensor, observedAt: at, receivedAt: at, value, quality: 'good' }], at))
      }
      events.push(...engine.tick(at))
    }
    return events.filter(({ alarm }) => alarm.rule.failureMode === 'wear')
  }
  return { engine, say }
}

test('a meter that another contradicts calls nobody to its asset, and the asset is judged all the same', () => {
  const { engine, say } = motorAt()
  say(10, 15, 40)
  const events = say(10, 25, 40)
  expect(engine.alarm('meter-reads-high@motor-1')).toMatchObject({ state: 'firing', hiddenBy: undefined })
  expect(engine.alarm('takes-too-much@motor-1')).toMatchObject({
    state: 'firing',
    hiddenBy: { kind: 'suppressed', parent: 'motor-1', reason: 'Power: Meter reads too much' },
  })
  expect(events.filter(({ alarm }) => alarm.state === 'firing' && alarm.hiddenBy === undefined)).toEqual([])
})

test('what the other meter says of the same asset is not hidden', () => {
  const { engine, say } = motorAt()
  say(10, 15, 40)
  say(10, 40, 70)
  expect(engine.alarm('meter-reads-high@motor-1')?.state).toBe('firing')
  expect(engine.alarm('draws-too-much@motor-1')).toMatchObject({ state: 'firing', hiddenBy: undefined })
})

test('what still holds when the meter is believed again is said again', () => {
  const { engine, say } = motorAt()
  say(10, 15, 40)
  say(10, 25, 40)
  const events = say(10, 25, 55)
  expect(engine.alarm('meter-reads-high@motor-1')?.state).toBe('inactive')
  expect(engine.alarm('takes-too-much@motor-1')).toMatchObject({ state: 'firing', hiddenBy: undefined })
  expect(events.map(({ alarm, reason }) => [alarm.id, alarm.hiddenBy, reason])).toEqual([
    ['takes-too-much@motor-1', undefined, 'its sensor is believed again, and it still holds'],
  ])
})
