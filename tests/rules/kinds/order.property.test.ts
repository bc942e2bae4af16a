import { expect, test } from '@jest/globals'
import { libraryClasses, type SensorId } from '../../../city/index.ts'
import type { Reading } from '../../../ingest/index.ts'
import { caseCity } from '../../../rules/cases/case-city.ts'
import { forgetfulBook } from '../../../rules/forgetful-book.ts'
import { AlarmBook, RuleEngine } from '../../../rules/index.ts'
import { kinds } from '../../../rules/kinds/kinds.ts'
import { fc } from '../../support/fast-check.ts'
import { seeded } from '../../support/randomness.ts'
import { readRules } from '../read-rules.ts'
import { minute, ruleDatabase, start } from '../support.ts'

/**
 * The law, for every kind of condition: the same readings, in any order of arrival, more than once, in any batches, and
 * with the engine started anew from its checkpoint in between, end in the same alarms.
 */
const whens: Readonly<Record<string, string>> = {
  threshold: '{ quantity: vibration, above: { warning: 4, action: 6 }, hysteresis: 0.3 }',
  rate: '{ quantity: vibration, rises faster than: { warning: 6 per 1h, action: 12 per 1h }, over: 10m }',
  stuck: '{ quantity: vibration, stuck for: 15m, within: 0.2 }',
  formula: '{ formula: pressure * flow / power, called: efficiency, below: { warning: 0.5, action: 0.3 } }',
  sisters: '{ quantity: power, differs from sisters: { warning: 15 %, action: 40 % }, over: 20m, sisters: class }',
  counter: '{ quantity: power, starts more often than: { warning: 2, action: 4 }, on above: 40, over: 1h }',
  jump: '{ quantity: vibration, jumps by more than: { warning: 2, action: 4 } }',
  spikes: '{ quantity: pressure, spikes: { warning: 2, action: 4 }, over: 1h, by: 2 bar }',
  unusual:
    '{ quantity: [vibration, power], unusual: { warning: 3, action: 5 }, agree: 2, within: 20m, learns for: 2h }',
  impossible: '{ quantity: flow, impossible for: 10m }',
}

const named = Object.entries(whens)
/** About the sensor itself: what they doubt, the others do not believe, those over several sensors as well. */
const aboutSensor = ['stuck', 'spikes', 'impossible']
const rules = readRules(
  `rules:\n${named
    .map(([kind, when]) => {
      const isTwo = when.includes('action:')
      return `  - id: ${kind.replaceAll(' ', '-')}
    title: ${kind}
    class: drinking-water-pump
    failure mode: ${aboutSensor.includes(kind) ? 'sensor-fault' : 'bearing-wear'}
    severity: ${isTwo ? '{ warning: minor, action: major }' : 'minor'}
    when: ${when}
    for: ${['jump', 'spikes', 'impossible', 'counter'].includes(kind) ? '0m' : '3m'}
    recover after: 4m
    watch: 1h
    advice: Look.
    source: a test`
    })
    .join('\n')}\n`,
  libraryClasses(),
)

const pumps = ['pump-1', 'pump-2', 'pump-3']
const city = caseCity(
  pumps.map((id) => ({ id, class: 'drinking-water-pump' })),
  libraryClasses(),
)

const learntMinutes = 1_445

/** A pump that runs, stops, shakes, sticks and is not heard for a while; four of its quantities, a minute apart. */
function readingsOf(pump: string, minutes: number, random: () => number): Reading[] {
  const readings: Reading[] = []
  let vibration = 2
  let power = 50
  let drift = 0
  let mood = 0
  for (let index = 0; index < minutes; index++) {
    if (random() < 0.06) mood = Math.floor(random() * 7)
    if (mood === 1 && random() < 0.3) continue
    drift = mood === 2 ? 0.3 : mood === 3 ? -0.4 : 0
    if (mood !== 4) vibration = Math.min(12, Math.max(0.5, vibration + drift + (random() - 0.5) * 0.4))
    power = mood === 5 ? (random() < 0.4 ? 0 : 50) : mood === 6 ? 90 : 50 + random()
    const values: Record<string, number> = {
      vibration: random() < 0.01 ? 15 : vibration,
      // Of what is usual a day is learnt first.
      pressure: index > learntMinutes && random() < 0.09 ? 11 : 5 + random() * 0.2,
      flow: mood === 3 && random() < 0.8 ? 900 : 200 + random() * 5,
      power,
    }
    const at = start + index * minute
    for (const [quantity, value] of Object.entries(values)) {
      const doubtful = quantity === 'flow' && value > 600 ? 'out-of-range' : random() < 0.02 ? 'spike' : 'good'
      // Not all of a pump's sensors report in the same moment.
      const observedAt = at + (quantity === 'power' && pump === 'pump-2' ? 20_000 : 0)
      const sensor = `${pump}/${quantity}` as SensorId
      readings.push({ sensor, observedAt, receivedAt: observedAt, value, quality: doubtful as Reading['quality'] })
    }
  }
  return readings
}

function shuffled<T>(items: readonly T[], random: () => number): T[] {
  return items
    .map((item) => ({ item, key: random() }))
    .sort((left, right) => left.key - right.key)
    .map(({ item }) => item)
}

/** As in a city of very many sensors: whatever is calm is put to rest after each batch, and woken by the next reading. */
const restless = { awakeMax: 0, from: 0 }

const log = { error: () => undefined }
const standing = (engine: RuleEngine) =>
  pumps.flatMap((pump) =>
    engine.alarmsOf(pump).map(({ id, state, level, since, startedAt, occurrence, measured, error }) => {
      return { id, state, level, since, startedAt, occurrence, measured, error }
    }),
  )

function inOrder(readings: readonly Reading[]): { standing: unknown; fired: ReadonlySet<string | undefined> } {
  const engine = new RuleEngine({ registry: city, rules, states: forgetfulBook, log })
  const sorted = [...readings].sort((left, right) => left.observedAt - right.observedAt)
  const events = sorted.flatMap((reading) => engine.judge([reading], reading.observedAt))
  return {
    standing: standing(engine),
    fired: new Set(events.filter(({ alarm }) => alarm.state === 'firing').map(({ alarm }) => alarm.rule.id)),
  }
}

/** They look at weeks: slow-kinds.property.test.ts. */
const slow = ['forecast', 'remaining life', 'drift', 'night minimum']

test('every kind of condition that readings tell of is under the law', () => {
  expect(Object.keys(whens).sort()).toEqual(
    kinds
      .map(({ kind }) => kind)
      .filter((kind) => kind !== 'silence' && !slow.includes(kind))
      .sort(),
  )
})

test('the examples make every kind fire, or the law would hold for nothing', () => {
  const fired = new Set<string | undefined>()
  for (let seed = 1; seed <= 2; seed++) {
    const random = seeded(seed)
    for (const rule of inOrder(pumps.flatMap((pump) => readingsOf(pump, 1_700, random))).fired) fired.add(rule)
  }
  expect([...fired].sort()).toEqual(rules.map(({ id }) => id).sort())
})

test('shuffles, duplicates, batches and restarts end where the order of observation ends', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(), fc.boolean(), fc.constantFrom(undefined, restless), async (seed, isLocal, awake) => {
      const random = seeded(seed)
      const minutes = (random() < 0.08 ? learntMinutes : 0) + 60 + Math.floor(random() * 120)
      const readings = pumps.flatMap((pump) => readingsOf(pump, minutes, random))
      const expected = inOrder(readings)
      const again = readings.filter(() => random() < 0.1)
      // Locally shuffled is what networks do; wholly shuffled is what nobody does, and it must not matter either.
      const arriving =
        // What lies further apart than a day is too late to be judged.
        isLocal || minutes > 1_000
          ? [...readings, ...again]
              .map((reading) => ({ reading, key: reading.observedAt + random() * 20 * minute }))
              .sort((left, right) => left.key - right.key)
              .map(({ reading }) => reading)
          : shuffled([...readings, ...again], random)
      const stored = arriving.map((reading, index) => ({ ...reading, receivedAt: start + index * 1_000 }))
      const database = await ruleDatabase()
      const states = new AlarmBook(database)
      const open = () =>
        new RuleEngine({ registry: city, rules, states, log, ...(awake === undefined ? {} : { awake }) })
      let engine = open()
      await engine.restore(start)
      for (let index = 0; index < stored.length; ) {
        const batch = stored.slice(index, index + 1 + Math.floor(random() * 60))
        index += batch.length
        await engine.record(engine.judge(batch, start))
        if (random() < 0.1) await engine.checkpoint(start)
        if (random() < 1.5 / Math.sqrt(stored.length)) {
          engine = open()
          const since = await engine.restore(start)
          const replayed = stored
            .slice(0, index)
            .filter(
              ({ receivedAt, observedAt }) =>
                receivedAt >= (since?.receivedFrom ?? 0) && observedAt >= (since?.observedFrom ?? 0),
            )
          await engine.record(engine.judge(replayed, start))
        }
      }
      expect(standing(engine)).toEqual(expected.standing)
      await database.close()
    }),
    { numRuns: 8 },
  )
}, 120_000)
