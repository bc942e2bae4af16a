import { expect, test } from '@jest/globals'
import { libraryClasses, type SensorId } from '../../../city/index.ts'
import type { Reading } from '../../../ingest/index.ts'
import { caseCity } from '../../../rules/cases/case-city.ts'
import { forgetfulBook } from '../../../rules/forgetful-book.ts'
import { AlarmBook, RuleEngine } from '../../../rules/index.ts'
import { fc } from '../../support/fast-check.ts'
import { seeded } from '../../support/randomness.ts'
import { noise } from '../detection/noise.ts'
import { readRules } from '../read-rules.ts'
import { hour, minute, ruleDatabase, start } from '../support.ts'
import { modelFile } from './life-model.ts'

/**
 * The law that the same readings in any order of arrival end in the same alarms, for the kinds that look at weeks. Within
 * the allowed lateness of a day readings are shuffled, some come twice, and the engine starts anew from its checkpoint.
 */
const everyMs = 20 * minute
const days = 24

const rules = readRules(
  `rules:\n${Object.entries({
    forecast: '{ quantity: vibration, rises to: { warning: 4, action: 6 }, inside: 4d, over: 12d, agree: 2 of 4 }',
    drift: '{ quantity: pressure, drifts up: { warning: 8, action: 16 }, learn: 6d }',
    night: '{ quantity: flow, night minimum rises by: { warning: 20 %, action: 60 % }, nights: 5 }',
    life: `{ remaining life: ${modelFile()}, below: { warning: 40h, action: 15h } }`,
  })
    .map(
      ([id, when]) => `  - id: ${id}
    title: ${id}
    class: drinking-water-pump
    failure mode: bearing-wear
    severity: { warning: minor, action: major }
    when: ${when}
    recover after: 8h
    watch: 1d
    advice: Look.
    source: a test`,
    )
    .join('\n')}\n`,
  libraryClasses(),
)

const city = caseCity([{ id: 'pump-1', class: 'drinking-water-pump' }], libraryClasses())

/** A pump that wears, leaks and drifts from somewhere on, and is repaired in between. */
function readingsOf(seed: number): Reading[] {
  const random = seeded(seed)
  const next = noise(seed + 1, 0.5)
  const onset = (10 + 6 * random()) * 86_400_000
  const repair = onset + (3 + 5 * random()) * 86_400_000
  const readings: Reading[] = []
  for (let since = 0; since < days * 86_400_000; since += everyMs) {
    if (random() < 0.05) continue
    const worn = since > onset && since < repair ? (since - onset) / (7 * 86_400_000) : 0
    const rhythm = Math.sin((2 * Math.PI * since) / 86_400_000)
    const values: Record<string, number> = {
      vibration: 2 + 5 * worn + 0.2 * rhythm + 0.1 * next(),
      pressure: 5 + worn + 0.2 * rhythm + 0.1 * next(),
      flow: 100 + 60 * rhythm + 60 * worn + 2 * next(),
      power: 50 + next(),
      'bearing-temperature': 70 + 10 * worn + 0.2 * next(),
    }
    for (const [quantity, value] of Object.entries(values)) {
      const observedAt = start + since
      const sensor = `pump-1/${quantity}` as SensorId
      readings.push({ sensor, observedAt, receivedAt: observedAt, value, quality: 'good' })
    }
  }
  return readings
}

const log = { error: () => undefined }
const standing = (engine: RuleEngine) =>
  engine.alarmsOf('pump-1').map(({ id, state, level, since, startedAt, occurrence, measured, forecast, error }) => {
    return { id, state, level, since, startedAt, occurrence, measured, forecast, error }
  })

function inOrder(readings: readonly Reading[]) {
  const engine = new RuleEngine({ registry: city, rules, states: forgetfulBook, log })
  const events = readings.flatMap((reading) => engine.judge([reading], reading.observedAt))
  return { standing: standing(engine), events }
}

test('the examples make every slow kind fire and recover, or the law would hold for nothing', () => {
  const events = [1, 2, 3].flatMap((seed) => inOrder(readingsOf(seed)).events)
  const reached = (state: string) =>
    [...new Set(events.filter(({ alarm }) => alarm.state === state).map(({ alarm }) => alarm.rule.id))].sort()
  const all = rules.map(({ id }) => id).sort()
  expect(reached('firing')).toEqual(all)
  expect(reached('inactive')).toEqual(all)
})

test('shuffles, duplicates, batches and restarts end where the order of observation ends', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(), fc.constantFrom({}, { awake: { awakeMax: 0, from: 0 } }), async (seed, resting) => {
      const random = seeded(seed)
      const readings = readingsOf(seed).slice(0, Math.floor(5 * 72 * (12 + 12 * random())))
      const expected = inOrder(readings).standing
      const again = readings.filter(() => random() < 0.05)
      const stored = [...readings, ...again]
        .map((reading) => ({ reading, key: reading.observedAt + random() * 10 * hour }))
        .sort((left, right) => left.key - right.key)
        .map(({ reading }, index) => ({ ...reading, receivedAt: start + index * 1_000 }))
      const database = await ruleDatabase()
      const open = () => new RuleEngine({ registry: city, rules, states: new AlarmBook(database), log, ...resting })
      let engine = open()
      await engine.restore(start)
      for (let index = 0; index < stored.length; ) {
        const batch = stored.slice(index, index + 200 + Math.floor(random() * 400))
        index += batch.length
        await engine.record(engine.judge(batch, start))
        if (random() < 0.2) await engine.checkpoint(start)
        if (random() < 0.1) {
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
      expect(standing(engine)).toEqual(expected)
      await database.close()
    }),
    { numRuns: 6 },
  )
}, 120_000)
