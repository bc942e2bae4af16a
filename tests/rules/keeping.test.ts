import { afterAll, beforeEach, describe, expect, test } from '@jest/globals'
import type { Database } from '../../city/index.ts'
import { cityMigrations, libraryClasses, mergeMigrations, openDatabase, Registry } from '../../city/index.ts'
import { AlarmBook, type AlarmEvent, type Book, type Rule, ruleMigrations } from '../../rules/index.ts'
import {
  day,
  engineOn,
  everyMinute,
  hour,
  minute,
  reading,
  ruleDatabase,
  silenceRule,
  start,
  vibrationRule,
} from './support.ts'

const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value)
const id = 'vibration-high@pump-01'

let database: Database
beforeEach(async () => {
  await database?.close()
  database = await ruleDatabase()
})
afterAll(() => database.close())

const engineWith = (rules: readonly Rule[] = [vibrationRule()]) => engineOn(database, rules)

describe('restore', () => {
  test('says nothing on a first start, and where it began on the second', async () => {
    expect(await engineWith().restore(start)).toBeUndefined()
    expect(await engineWith().restore(start + hour)).toEqual({ receivedFrom: start - minute, observedFrom: 0 })
  })

  test('pending time is not lost', async () => {
    const before = engineWith()
    await before.record(before.judge(everyMinute(times(4, 5)), start))
    await before.checkpoint(start)
    const after = engineWith()
    await after.restore()
    const [event] = after.judge(everyMinute([5, 5], start + 4 * minute), start)
    expect(event?.alarm).toMatchObject({ state: 'firing', occurrence: `${id}@${start}` })
  })

  test('looks back as far as a late reading may lie, also for a sensor whose clock is years behind', async () => {
    const engine = engineWith()
    engine.judge([reading({ at: start - 900 * day, value: 2, received: start })], start)
    await engine.checkpoint(start)
    const since = await engineWith().restore()
    expect(since?.receivedFrom).toBe(start - minute)
    expect(since?.observedFrom).toBe(start - 901 * day)
  })

  test('a late reading from before the restart is judged at its own time', async () => {
    const before = engineWith()
    before.judge(everyMinute([...times(3, 5), undefined, ...times(3, 5)]), start)
    await before.checkpoint(start)
    const after = engineWith()
    await after.restore()
    const events = after.judge([reading({ at: start + 3 * minute, value: 2 })], start)
    expect(events.at(-1)?.reason).toMatch(/^late readings show|^vibration 5/)
    expect(after.alarm(id)?.state).toBe('pending')
  })

  test('a silence goes on over a restart until a reading ends it', async () => {
    const rules = [silenceRule()]
    const before = engineWith(rules)
    before.judge(everyMinute([2]), start)
    await before.record(before.tick(start + 10 * minute))
    await before.checkpoint(start)
    const after = engineWith(rules)
    await after.restore()
    expect(after.tick(start + 11 * minute)).toEqual([])
    expect(after.alarm('vibration-silent@pump-01')?.state).toBe('firing')
    expect(after.judge([reading({ at: start + 12 * minute, value: 2 })], start + 12 * minute)).toHaveLength(1)
  })
})

describe('events that were judged and not recorded', () => {
  test('are handed out again after a restart, though their readings are before the checkpoint', async () => {
    const before = engineWith([vibrationRule({ forMs: 0 })])
    const [event] = before.judge(everyMinute([9]), start)
    await before.checkpoint(start)
    const after = engineWith([vibrationRule({ forMs: 0 })])
    await after.restore()
    const again = after.judge(everyMinute([9]), start)
    expect(again.map(({ alarm }) => alarm.occurrence)).toEqual([event?.alarm.occurrence])
  })

  test('and those that were recorded are not', async () => {
    const before = engineWith([vibrationRule({ forMs: 0 })])
    await before.record(before.judge(everyMinute([9]), start))
    await before.checkpoint(start)
    const after = engineWith([vibrationRule({ forMs: 0 })])
    await after.restore()
    expect(after.judge(everyMinute([9]), start)).toEqual([])
  })

  test('a checkpoint that cannot be written goes into the next one whole', async () => {
    const book = new AlarmBook(database)
    let full = true
    // What a full disk does to one write.
    const states: Book = {
      record: (events) => book.record(events),
      begin: (marker) => book.begin(marker),
      load: () => book.load(),
      handle: (alarm, handling, action) => book.handle(alarm, handling, action),
      putWindow: (window) => book.putWindow(window),
      keep: (checkpoint) => (full ? Promise.reject(new Error('disk full')) : book.keep(checkpoint)),
    }
    const engine = engineOn(database, [vibrationRule()], { states })
    engine.judge(everyMinute(times(4, 5)), start)
    await expect(engine.checkpoint(start)).rejects.toThrow('disk full')
    full = false
    await engine.checkpoint(start)
    const after = engineWith()
    await after.restore()
    expect(after.alarm(id)).toMatchObject({ state: 'pending', startedAt: start })
    expect(after.judge([reading({ at: start + 5 * minute, value: 5 })], start).at(-1)?.alarm.state).toBe('firing')
  })
})

describe('record', () => {
  test('keeps the alarm and the history of what fired, the same events twice only once', async () => {
    const engine = engineWith()
    const events = engine.judge(everyMinute([...times(8, 5), ...times(8, 2), 5, 2]), start)
    await engine.record(events)
    await engine.record(events)
    const history = await new AlarmBook(database).transitionsOf(id, 100)
    expect(history.map(({ state, at }) => `${(at - start) / minute} ${state}`)).toEqual([
      '5 firing',
      '8 recovering',
      '13 inactive',
    ])
    expect(history[0]?.occurrence).toBe(`${id}@${start}`)
  })
})

describe('what people do about an alarm', () => {
  const firing = async () => {
    const engine = engineWith([vibrationRule({ forMs: 0, recoverMs: 0 })])
    await engine.record(engine.judge(everyMinute([9]), start))
    return engine
  }

  test('acknowledging counts for this bout, over a restart, and not for the next', async () => {
    const engine = await firing()
    expect(await engine.acknowledge(id, 'eva', start)).toMatchObject({ acknowledgedBy: 'eva' })
    await engine.checkpoint(start)
    const after = engineWith([vibrationRule({ forMs: 0, recoverMs: 0 })])
    await after.restore()
    expect(after.alarm(id)?.acknowledgedBy).toBe('eva')
    after.judge(everyMinute([2, 9], start + minute), start)
    expect(after.alarm(id)?.acknowledgedBy).toBeUndefined()
    expect(await engine.acknowledge('nothing@pump-01', 'eva', start)).toBeUndefined()
  })

  test('a shelved alarm is judged and listed, hidden with reason and end; its end is told', async () => {
    const engine = await firing()
    const shelving = { reason: 'seal is on order', by: 'eva', until: start + hour }
    expect(await engine.shelve(id, shelving, start)).toMatchObject({
      state: 'firing',
      hiddenBy: { kind: 'shelved', ...shelving },
    })
    const [told] = engine.tick(start)
    expect(told).toMatchObject({ alarm: { hiddenBy: { kind: 'shelved' } }, reason: 'shelved by eva: seal is on order' })
    const worse: readonly AlarmEvent[] = engine.judge(everyMinute([2, 9], start + minute), start)
    expect(worse.map(({ alarm }) => alarm.hiddenBy?.kind)).toEqual(['shelved', 'shelved'])
    expect(engine.tick(start + hour - 1)).toEqual([])
    expect(engine.tick(start + hour)).toMatchObject([
      { alarm: { state: 'firing', hiddenBy: undefined }, reason: 'the time on the shelf is over' },
    ])
  })

  test('shelving lasts over a restart and is taken off by hand', async () => {
    const engine = await firing()
    await engine.shelve(id, { reason: 'test', by: 'eva', until: start + hour }, start)
    await engine.checkpoint(start)
    const after = engineWith([vibrationRule({ forMs: 0 })])
    await after.restore()
    expect(after.alarm(id)?.hiddenBy?.kind).toBe('shelved')
    expect(await after.unshelve(id, 'tom', start + minute)).toMatchObject({ hiddenBy: undefined })
    const actions = await new AlarmBook(database).actionsOf(id)
    expect(actions.map(({ by, action }) => `${by} ${action}`)).toEqual(['eva shelved', 'tom unshelved'])
  })

  test('nobody shelves for ever', async () => {
    const engine = await firing()
    for (const until of [start - 1, start + 31 * day, Number.NaN])
      await expect(engine.shelve(id, { reason: 'x', by: 'eva', until }, start)).rejects.toMatchObject({
        code: 'ALARM_SHELVE_UNTIL',
      })
  })
})

describe('a change of the rules', () => {
  const values = [...times(8, 5)]

  test('a new version judges the readings that are held: what it finds goes on', async () => {
    const engine = engineWith()
    engine.judge(everyMinute(values), start)
    engine.useRules([vibrationRule({ version: 'bbbbbbbbbbbb', forMs: 3 * minute })])
    const [event, ...others] = engine.tick(start)
    expect(event?.alarm).toMatchObject({ state: 'firing', occurrence: `${id}@${start}` })
    expect(others).toEqual([])
  })

  test('and what it does not find ends, with that as the reason', async () => {
    const engine = engineWith()
    engine.judge(everyMinute(values), start)
    const softer = vibrationRule({ version: 'cccccccccccc' })
    engine.useRules([{ ...softer, condition: { ...softer.condition, limits: { warning: 6, action: 8 } } as never }])
    const [event] = engine.tick(start)
    expect(event).toMatchObject({
      alarm: { state: 'inactive', occurrence: `${id}@${start}` },
      before: { state: 'firing', level: 'warning' },
      reason: 'the rule "Vibration too high" was changed, and as it is now it does not hold',
    })
  })

  test('the same over a restart; the other rules of the sensor keep their state', async () => {
    const other = vibrationRule({ id: 'other', forMs: 7 * minute })
    const before = engineWith([vibrationRule(), other])
    await before.record(before.judge(everyMinute(values), start))
    await before.checkpoint(start)
    const after = engineWith([other, vibrationRule({ version: 'dddddddddddd', forMs: 20 * minute })])
    await after.restore()
    const events = after.tick(start)
    expect(events.map(({ alarm }) => `${alarm.rule.id} ${alarm.state}`)).toEqual(['vibration-high inactive'])
    expect(after.alarm('other@pump-01')?.state).toBe('firing')
    expect(after.alarm(id)?.state).toBe('pending')
  })
})

describe('a change of the city', () => {
  test('a new asset is judged at once; one that is gone is forgotten', async () => {
    const own = await openDatabase(':memory:', mergeMigrations(cityMigrations, ruleMigrations))
    const registry = await Registry.open(own, () => start)
    const pump = (name: string) => ({
      id: name,
      name,
      class: 'drinking-water-pump',
      criticality: 3 as const,
      place: { latitude: 48, longitude: 16 },
      relations: [],
    })
    await registry.importCity({
      name: 'Town',
      timeZone: 'UTC',
      classes: [...libraryClasses()],
      assets: [pump('pump-01')],
      crews: [],
      mapLayers: [],
    })
    const engine = engineOn(own, [vibrationRule({ forMs: 0 })], { registry })
    await registry.putAsset(pump('pump-02'))
    expect(engine.judge([reading({ at: start, value: 9 }, 'pump-02')], start)).toHaveLength(1)
    await engine.checkpoint(start)
    await registry.removeAsset('pump-02')
    expect(engine.alarms()).toEqual([])
    await engine.checkpoint(start)
    const kept = await new AlarmBook(own).load()
    expect(kept.sensors).toEqual([])
    engine.close()
    await own.close()
  })
})
