import { describe, expect, test } from '@jest/globals'
import type { Reading } from '../../ingest/index.ts'
import type { AlarmEvent, RuleEngine } from '../../rules/index.ts'
import { fc } from '../support/fast-check.ts'
import { seeded } from '../support/randomness.ts'
import { engineOn, minute, rateRule, reading, ruleDatabase, start, stuckRule, vibrationRule } from './support.ts'

/**
 * The law: the same set of readings, in any order of arrival (within the allowed lateness), delivered twice or more, cut
 * into any batches, and with the engine killed and started again in between, ends in the same alarms: state, level,
 * since, beginning, occurrence and what was measured. And whoever followed the events knows the same.
 */
const rules = [
  vibrationRule(),
  vibrationRule({ id: 'vibration-high-now', forMs: 0, recoverMs: 0 }),
  vibrationRule({
    id: 'vibration-action-only',
    severity: { action: 'major' },
    condition: {
      kind: 'threshold',
      quantity: 'vibration',
      direction: 'above',
      limits: { action: 6 },
      hysteresis: 1,
    },
  }),
  rateRule(),
  stuckRule(),
]

// Values come in stretches, or nothing would ever hold for five minutes; holes and doubtful readings among them.
const stretch = fc.record({
  value: fc.constantFrom(2, 4.4, 4.6, 6.5, 7.5, 9),
  step: fc.constantFrom(0, 0, 0.01, 0.4, -0.4),
  length: fc.integer({ min: 1, max: 14 }),
  hole: fc.constantFrom(0, 0, 0, 1, 3, 6),
  quality: fc.constantFrom('good', 'good', 'good', 'late', 'out-of-range', 'stuck', 'clock-skew') as fc.Arbitrary<
    Reading['quality']
  >,
})

function toReadings(stretches: readonly (typeof stretch extends fc.Arbitrary<infer T> ? T : never)[]): Reading[] {
  const readings: Reading[] = []
  let at = start
  for (const { value, step, length, hole, quality } of stretches) {
    for (let index = 0; index < length; index++) {
      readings.push(reading({ at, value: value + index * step, quality }))
      at += minute
    }
    at += hole * minute
  }
  return readings
}

function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const copy = [...items]
  for (let index = copy.length - 1; index > 0; index--) {
    const other = Math.floor(random() * (index + 1))
    ;[copy[index], copy[other]] = [copy[other] as T, copy[index] as T]
  }
  return copy
}

function standing(engine: RuleEngine): unknown {
  return engine.alarmsOf('pump-01').map(({ id, state, level, since, startedAt, occurrence, measured }) => ({
    id,
    state,
    level,
    since,
    startedAt,
    occurrence,
    measured,
  }))
}

/** What somebody knows who only followed the events. */
function told(events: readonly AlarmEvent[]): ReadonlyMap<string, unknown> {
  const known = new Map<string, unknown>()
  for (const { alarm } of events) {
    if (alarm.state === 'firing' || alarm.state === 'recovering')
      known.set(alarm.id, { state: alarm.state, level: alarm.level, occurrence: alarm.occurrence })
    else known.delete(alarm.id)
  }
  return known
}

function known(engine: RuleEngine): ReadonlyMap<string, unknown> {
  const firing = engine.alarms().filter(({ state }) => state === 'firing' || state === 'recovering')
  return new Map(firing.map(({ id, state, level, occurrence }) => [id, { state, level, occurrence }]))
}

// Judging alone writes nothing: one database serves all runs that do not restart.
const unwritten = await ruleDatabase()

function inOrder(readings: readonly Reading[]): { engine: RuleEngine; events: AlarmEvent[] } {
  const engine = engineOn(unwritten, rules)
  const events: AlarmEvent[] = []
  for (const each of readings) events.push(...engine.judge([each], each.receivedAt))
  return { engine, events }
}

describe('any order of arrival', () => {
  test('shuffles, duplicates and batches end where the order of observation ends', () => {
    fc.assert(
      fc.property(fc.array(stretch, { minLength: 1, maxLength: 12 }), fc.nat(), (stretches, seed) => {
        const readings = toReadings(stretches)
        const expected = inOrder(readings)
        const random = seeded(seed)
        const again = readings.filter(() => random() < 0.2)
        const arriving = shuffled([...readings, ...again], random)
        const engine = engineOn(unwritten, rules)
        const events: AlarmEvent[] = []
        for (let index = 0; index < arriving.length; ) {
          const size = 1 + Math.floor(random() * 8)
          events.push(...engine.judge(arriving.slice(index, index + size), start))
          index += size
        }
        expect(standing(engine)).toEqual(standing(expected.engine))
        expect(told(events)).toEqual(known(engine))
        expect(told(expected.events)).toEqual(known(expected.engine))
      }),
      { numRuns: 150 },
    )
  })

  test('holds while the past that is not needed any more is let go', () => {
    const latenessMs = 45 * minute
    fc.assert(
      fc.property(fc.array(stretch, { minLength: 20, maxLength: 40 }), fc.nat(), (stretches, seed) => {
        const readings = toReadings(stretches)
        const expected = inOrder(readings)
        const random = seeded(seed)
        const delayed = readings.map((each) => ({ each, arrivesAt: each.observedAt + random() * latenessMs }))
        delayed.sort((left, right) => left.arrivesAt - right.arrivesAt)
        const engine = engineOn(unwritten, rules, { history: { latenessMs } })
        for (const { each, arrivesAt } of delayed) engine.judge([each], arrivesAt)
        expect(engine.stats().tooOld).toBe(0)
        expect(standing(engine)).toEqual(standing(expected.engine))
      }),
      { numRuns: 30 },
    )
  })

  test('every bout that fires in order is told in any order', () => {
    fc.assert(
      fc.property(fc.array(stretch, { minLength: 4, maxLength: 12 }), fc.nat(), (stretches, seed) => {
        const readings = toReadings(stretches)
        const expected = inOrder(readings)
        const engine = engineOn(unwritten, rules)
        const random = seeded(seed)
        const events = shuffled(readings, random).flatMap((each) => engine.judge([each], start))
        const fired = new Set(events.filter(isFiring).map(({ alarm }) => alarm.occurrence))
        for (const { alarm } of expected.events.filter(isFiring)) expect(fired).toContain(alarm.occurrence)
      }),
      { numRuns: 60 },
    )
  })

  test('the engine may be killed between any two batches', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(stretch, { minLength: 2, maxLength: 12 }), fc.nat(), async (stretches, seed) => {
        const readings = toReadings(stretches)
        const expected = inOrder(readings)
        const random = seeded(seed)
        const database = await ruleDatabase()
        // Everybody receives in the order of arrival; the store has all of it, with its time of receipt.
        const stored = shuffled(readings, random).map((each, index) => ({ ...each, receivedAt: start + index * 1_000 }))
        let engine = engineOn(database, rules)
        await engine.restore(start)
        const events: AlarmEvent[] = []
        const act = async (some: readonly AlarmEvent[]) => {
          await engine.record(some)
          events.push(...some)
        }
        for (let index = 0; index < stored.length; ) {
          const batch = stored.slice(index, index + 1 + Math.floor(random() * 8))
          index += batch.length
          await act(engine.judge(batch, start))
          if (random() < 0.3) await engine.checkpoint(start)
          if (random() < 0.3) {
            engine = engineOn(database, rules)
            const since = await engine.restore(start)
            const replayed = stored.slice(0, index).filter(({ receivedAt, observedAt }) => {
              return receivedAt >= (since?.receivedFrom ?? 0) && observedAt >= (since?.observedFrom ?? 0)
            })
            await act(engine.judge(replayed, start))
          }
        }
        expect(standing(engine)).toEqual(standing(expected.engine))
        expect(told(events)).toEqual(known(engine))
        await database.close()
      }),
      { numRuns: 60 },
    )
  })
})

function isFiring({ alarm }: AlarmEvent): boolean {
  return alarm.state === 'firing'
}
