import { expect, test } from '@jest/globals'
import { libraryClasses, type SensorId } from '../../../city/index.ts'
import { caseCity } from '../../../rules/cases/case-city.ts'
import { AlarmBook, RuleEngine } from '../../../rules/index.ts'
import { seeded } from '../../support/randomness.ts'
import { readRules } from '../read-rules.ts'
import { hour, minute, ruleDatabase, start } from '../support.ts'

/** A sensor is missed by its own rhythm: one that speaks every minute soon, one that speaks when it likes later. */

const ruleText = (silent: string) => `rules:
  - id: missed
    title: Missed
    class: drinking-water-pump
    failure mode: sensor-fault
    severity: minor
    when: { quantity: flow, silent for: ${silent} }
    recover after: 0m
    watch: 1h
    advice: Look.
    source: a test
`
const registry = caseCity([{ id: 'pump-1', class: 'drinking-water-pump' }], libraryClasses())

async function engineWith(silent: string, database = ruleDatabase()) {
  const states = new AlarmBook(await database)
  const rules = readRules(ruleText(silent), libraryClasses())
  const engine = new RuleEngine({ registry, rules, states, log: { error: () => undefined } })
  await engine.restore(start)
  return engine
}

/** Readings so many minutes apart, in turn. */
function hear(engine: RuleEngine, gaps: readonly number[], from = start): number {
  let at = from
  for (const gap of gaps) {
    at += gap * minute
    engine.judge(
      [{ sensor: 'pump-1/flow' as SensorId, observedAt: at, receivedAt: at, value: 200, quality: 'good' }],
      at,
    )
  }
  return at
}
const isMissed = (engine: RuleEngine, at: number) => {
  engine.tick(at)
  return engine.alarms().some(({ state }) => state === 'firing')
}
const random = seeded(3)
const jittery = (count: number, least: number, spread: number) =>
  Array.from({ length: count }, () => least + spread * random())

test('a sensor that speaks every twenty minutes is not missed by the class, and is by its own rhythm', async () => {
  const byClass = await engineWith('8 intervals')
  expect(isMissed(byClass, hear(byClass, jittery(200, 18, 4)) + 15 * minute)).toBe(true)
  const engine = await engineWith('8 rhythms')
  const last = hear(engine, jittery(200, 18, 4))
  expect(isMissed(engine, last + 2 * hour)).toBe(false)
  expect(isMissed(engine, last + 3.2 * hour)).toBe(true)
})

test('one that speaks when something changes is given its longest usual pauses', async () => {
  const engine = await engineWith('4 rhythms')
  // Four close together, then a pause of an hour.
  const last = hear(
    engine,
    Array.from({ length: 400 }, (_, index) => (index % 5 === 4 ? 60 : 1)),
  )
  expect(isMissed(engine, last + 3 * hour)).toBe(false)
  expect(isMissed(engine, last + 6 * hour)).toBe(true)
})

test('an outage of a day does not teach it patience', async () => {
  const engine = await engineWith('10 rhythms')
  hear(engine, [...Array.from({ length: 500 }, () => 1), 1_440])
  const last = hear(engine, jittery(60, 1, 0), start + 3_000 * minute)
  expect(isMissed(engine, last + 15 * minute)).toBe(true)
})

test('until it is known, the class says what is long', async () => {
  const engine = await engineWith('8 rhythms')
  expect(isMissed(engine, hear(engine, jittery(10, 20, 0)) + 9 * minute)).toBe(true)
})

test('what was learnt survives a restart', async () => {
  const database = ruleDatabase()
  const before = await engineWith('8 rhythms', database)
  const last = hear(before, jittery(200, 18, 4))
  await before.checkpoint(last)
  before.close()
  const after = await engineWith('8 rhythms', database)
  after.tick(last)
  expect(isMissed(after, last + 2 * hour)).toBe(false)
  expect(isMissed(after, last + 3.2 * hour)).toBe(true)
})

test.each([
  ['{ warning: 5 rhythms, action: 60 intervals }', 'expected the same for both levels'],
  ['1 rhythm', 'expected at least 2'],
  ['some rhythms', 'expected'],
])('refuses %s', (silent, said) => {
  expect(() =>
    readRules(
      ruleText(silent).replace(
        'severity: minor',
        silent.includes('action') ? 'severity: { warning: minor, action: major }' : 'severity: minor',
      ),
      libraryClasses(),
    ),
  ).toThrow(said)
})
