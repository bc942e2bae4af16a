import { afterAll, beforeEach, describe, expect, test } from '@jest/globals'
import type { Database } from '../../../city/index.ts'
import type { Rule, RuleEngine } from '../../../rules/index.ts'
import {
  engineOn,
  everyMinute,
  hour,
  minute,
  reading,
  ruleDatabase,
  silenceRule,
  start,
  vibrationRule,
} from '../support.ts'

/*
 * In a city of very many sensors those that are calm rest in a few bytes. That no judgement differs for it is a law in
 * `kinds/order.property.test.ts`; here is what is asked of them while they rest.
 */
const awake = { awakeMax: 0, from: 0 }
const id = 'vibration-high@pump-01'
const calm = Array.from({ length: 200 }, (_, index) => 2 + (index % 7) / 100)

let database: Database
beforeEach(async () => {
  await database?.close()
  database = await ruleDatabase()
})
afterAll(() => database.close())

const engineWith = (rules: readonly Rule[] = [vibrationRule(), silenceRule()]): RuleEngine =>
  engineOn(database, rules, { awake })

describe('a sensor at rest', () => {
  test('is missed when it falls silent, and said to be back', () => {
    const engine = engineWith()
    engine.tick(start)
    engine.judge(everyMinute(calm), start)
    const end = start + calm.length * minute
    expect(engine.tick(end)).toEqual([])
    const missed = engine.tick(end + hour)
    expect(missed.map(({ alarm }) => [alarm.rule.id, alarm.state])).toEqual([[silenceRule().id, 'firing']])
    const [back] = engine.judge([reading({ at: end + hour, value: 2 })], end + hour)
    expect(back?.alarm.state).not.toBe('firing')
  })

  test('is judged by what it remembers: a reading of its own, a late one, one that was there', () => {
    const engine = engineWith()
    engine.judge(everyMinute(calm), start)
    engine.judge(everyMinute([9, 9, 9, 9, 9], start + calm.length * minute), start)
    expect(engine.alarm(id)?.state).toBe('pending')
    expect(engine.judge([reading({ at: start + calm.length * minute + 5 * minute, value: 9 })], start)).toHaveLength(1)
    engine.judge(everyMinute(calm), start)
    expect(engine.stats()).toMatchObject({ duplicates: calm.length, tooOld: 0 })
    engine.judge([reading({ at: start + 30_000, value: 2 })], start)
    expect(engine.stats().judgedLate).toBe(1)
  })

  test('is in every checkpoint, and as it was after a restart', async () => {
    const engine = engineWith()
    await engine.restore(start)
    engine.judge(everyMinute(calm), start)
    await engine.checkpoint(start)
    // What did not change since is not written again.
    const [before] = await database.kysely
      .withTables<{ judgement_segment: { sensor: string } }>()
      .selectFrom('judgement_segment')
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .execute()
    expect(before?.count).toBe(4)
    const after = engineWith()
    await after.restore(start)
    after.judge(everyMinute(calm), start)
    expect(after.stats()).toMatchObject({ judged: 0, duplicates: calm.length })
    expect(after.newestAt('pump-01/vibration')).toBe(start + (calm.length - 1) * minute)
  })

  test('is listed when somebody has put its alarm aside', async () => {
    const engine = engineWith()
    engine.judge(everyMinute(calm), start)
    expect(engine.alarms()).toEqual([])
    await engine.shelve(id, { reason: 'tests', by: 'mara', until: start + hour }, start)
    engine.tick(start)
    expect(engine.alarms().map((alarm) => [alarm.id, alarm.hiddenBy?.kind])).toEqual([[id, 'shelved']])
  })

  test('is judged again when its rules change', () => {
    const engine = engineWith()
    engine.judge(everyMinute(calm.map(() => 3)), start)
    const sharper = vibrationRule({
      version: 'bbbbbbbbbbbb',
      condition: {
        kind: 'threshold',
        quantity: 'vibration',
        direction: 'above',
        limits: { warning: 2.5 },
        hysteresis: 0,
      },
    })
    engine.useRules([sharper, silenceRule()])
    expect(engine.alarm(id)?.state).toBe('firing')
    engine.useRules([silenceRule()])
    expect(engine.alarm(id)).toBeUndefined()
  })
})
