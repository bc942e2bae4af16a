import { describe, expect, test } from '@jest/globals'
import { foldRef } from '../../rules/engine/alarm-ref.ts'
import { History } from '../../rules/engine/history.ts'
import { sensorPlan } from '../../rules/engine/sensor-plan.ts'
import { SensorWatch, type Transition } from '../../rules/engine/sensor-watch.ts'
import type { AlarmEvent } from '../../rules/index.ts'
import {
  engineOn,
  everyMinute,
  hour,
  minute,
  pumps,
  rateRule,
  reading,
  ruleDatabase,
  silenceRule,
  start,
  stuckRule,
  vibrationRule,
} from './support.ts'

const database = await ruleDatabase()
const run = (values: readonly (number | undefined)[], rules = [vibrationRule()]) => {
  const engine = engineOn(database, rules)
  return { engine, events: engine.judge(everyMinute(values), start + values.length * minute) }
}
const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value)
const brief = (events: readonly AlarmEvent[]) =>
  events.map(({ alarm, at }) => `${(at - start) / minute} ${alarm.state}${alarm.level ? ` ${alarm.level}` : ''}`)

describe('the events of a bout', () => {
  const { engine, events } = run([...times(3, 2), ...times(8, 5), ...times(7, 8), ...times(12, 2)])

  test('say each change, once, at its own time', () => {
    expect(brief(events)).toEqual([
      '3 pending warning',
      '8 firing warning',
      '16 firing action',
      '18 recovering action',
      '23 inactive',
    ])
  })

  test('belong to one bout, named by its beginning', () => {
    expect(new Set(events.map(({ alarm }) => alarm.occurrence))).toEqual(
      new Set([`vibration-high@pump-01@${start + 3 * minute}`]),
    )
    expect(engine.alarm('vibration-high@pump-01')).toMatchObject({ state: 'inactive', occurrence: undefined })
  })

  test('say why', () => {
    expect(events.map(({ reason }) => reason)).toEqual([
      'vibration 5.00 mm/s, above 4.5 mm/s',
      'vibration 5.00 mm/s, above 4.5 mm/s for 5 min',
      'vibration 8.00 mm/s, above 7.1 mm/s for 5 min',
      'vibration 2.00 mm/s, back inside the limit of 4.5 mm/s',
      'vibration 2.00 mm/s, inside the limit of 4.5 mm/s for 5 min',
    ])
  })

  test('carry the limit and what was before', () => {
    expect(events[2]).toMatchObject({
      alarm: { limit: 7.1, measured: 8, since: start + 16 * minute, startedAt: start + 3 * minute },
      before: { state: 'firing', level: 'warning' },
      judgedAt: start + 30 * minute,
    })
  })
})

describe('a late reading', () => {
  test('that shows a bout between two that were judged is told for its own time, and the present last', () => {
    const engine = engineOn(database, [vibrationRule()])
    engine.judge(everyMinute([...times(10, 2), ...times(8, undefined), ...times(10, 5)]), start)
    const late = everyMinute([...times(10, undefined), ...times(7, 9), 2])
    const events = engine.judge(late, start + hour)
    expect(brief(events)).toEqual([
      '10 pending action',
      '15 firing action',
      '17 recovering action',
      '18 firing action',
      '22 firing warning',
    ])
    expect(engine.alarm('vibration-high@pump-01')?.startedAt).toBe(start + 10 * minute)
    expect(engine.stats()).toMatchObject({ judged: 20, judgedLate: 8 })
  })

  test('that shows an alarm was none withdraws it, with that as the reason', () => {
    const engine = engineOn(database, [vibrationRule()])
    engine.judge(everyMinute([...times(3, 5), undefined, ...times(3, 5), 2]), start)
    const [withdrawn] = engine.judge([reading({ at: start + 3 * minute, value: 2 })], start + hour)
    expect(withdrawn).toMatchObject({
      alarm: { state: 'inactive', occurrence: `vibration-high@pump-01@${start}` },
      before: { state: 'firing' },
      reason: 'late readings show that vibration was not above 4.5 mm/s for 5 min; the alarm is withdrawn',
    })
    expect(engine.alarm('vibration-high@pump-01')?.state).toBe('inactive')
  })

  test('that moves the beginning of a bout names it anew without withdrawing it', () => {
    const engine = engineOn(database, [vibrationRule()])
    engine.judge(everyMinute([undefined, ...times(8, 5)]), start)
    const events = engine.judge([reading({ at: start, value: 5 })], start)
    expect(events.map(({ alarm }) => alarm.state)).not.toContain('inactive')
    expect(events.at(-1)?.alarm).toMatchObject({ state: 'firing', occurrence: `vibration-high@pump-01@${start}` })
  })

  test('further behind than is kept is counted and changes nothing', () => {
    const engine = engineOn(database, [vibrationRule({ forMs: 0 })], { history: { latenessMs: hour } })
    engine.judge([reading({ at: start, value: 2 }), reading({ at: start + 2 * hour, value: 2 })], start)
    expect(engine.judge([reading({ at: start + minute, value: 9 })], start)).toEqual([])
    expect(engine.stats()).toMatchObject({ tooOld: 1, judgedLate: 0 })
  })

  test('that corrects a value is judged instead of it', () => {
    const engine = engineOn(database, [vibrationRule({ forMs: 0 })])
    engine.judge(everyMinute([2, 9, 9]), start)
    engine.judge(everyMinute([2, 2, 2]), start)
    expect(engine.alarm('vibration-high@pump-01')?.state).toBe('inactive')
  })
})

describe('what a rule judges', () => {
  test('only readings of trusted quality; a stuck rule also what is marked stuck', () => {
    const engine = engineOn(database, [vibrationRule({ forMs: 0 }), stuckRule()])
    const bad = everyMinute(times(20, 9)).map((each) => ({ ...each, quality: 'stuck' as const }))
    engine.judge(bad, start)
    expect(engine.alarm('vibration-high@pump-01')?.state).toBe('inactive')
    expect(engine.alarm('vibration-stuck@pump-01')?.state).toBe('firing')
  })

  test('a wrong clock, a value that is no number and an unknown sensor are counted and not judged', () => {
    const engine = engineOn(database, [vibrationRule({ forMs: 0 })])
    const readings = [
      reading({ at: start + 999 * hour, value: 9, quality: 'clock-skew' }),
      reading({ at: start, value: Number.NaN }),
      reading({ at: start, value: 9 }, 'pump-99'),
    ]
    expect(engine.judge(readings, start)).toEqual([])
    expect(engine.stats()).toMatchObject({ unbelieved: 2, unwatched: 1 })
    expect(engine.judge(everyMinute([9]), start)).toHaveLength(1)
  })

  test('late quality is trusted: it says when the reading came, not what it is worth', () => {
    const engine = engineOn(database, [vibrationRule({ forMs: 0 })])
    expect(engine.judge([reading({ at: start, value: 9, quality: 'late' })], start + hour)).toHaveLength(1)
  })
})

describe('a slope', () => {
  test('is least squares over the window, and needs half of it', () => {
    const rule = rateRule({ forMs: 0 })
    const engine = engineOn(database, [rule])
    const readings = everyMinute(Array.from({ length: 12 }, (_, index) => 2 + index * 0.4))
    const [event, ...others] = engine.judge(readings, start)
    // 0.4 mm/s a minute is 24 an hour; told as soon as half the window is there.
    expect(event).toMatchObject({ alarm: { state: 'firing', level: 'warning' }, at: start + 5 * minute })
    expect(event?.alarm.measured).toBeCloseTo(24, 6)
    expect(event?.reason).toBe('vibration rising 24.000 mm/s per h, faster than 10 mm/s per h')
    expect(others).toEqual([])
  })

  test('is the same as computed from the readings themselves', () => {
    const values = [2, 2.7, 2.1, 3.9, 3.2, 4.4, 4.1, 5.5, 5.2, 6]
    const { engine } = run(values, [rateRule()])
    const n = values.length
    const meanT = (n - 1) / 2
    const meanV = values.reduce((sum, value) => sum + value, 0) / n
    let tv = 0
    let tt = 0
    for (const [t, value] of values.entries()) {
      tv += (t - meanT) * (value - meanV)
      tt += (t - meanT) ** 2
    }
    expect(engine.alarm('vibration-rising@pump-01')?.measured).toBeCloseTo((tv / tt) * 60, 9)
  })
})

describe('silence', () => {
  const rules = [silenceRule()]

  test('is raised by time alone, against the newest reading, and ended by a reading', () => {
    const engine = engineOn(database, rules)
    engine.judge(everyMinute([2, 2, 2]), start + 2 * minute)
    expect(engine.tick(start + 7 * minute)).toEqual([])
    const [event] = engine.tick(start + 8 * minute)
    expect(event).toMatchObject({
      alarm: { state: 'firing', level: 'warning', occurrence: `vibration-silent@pump-01@${start + 2 * minute}` },
      reason: 'no reading of vibration for 6 min; expected every 1 min',
    })
    expect(engine.tick(start + 9 * minute)).toEqual([])
    expect(engine.tick(start + 63 * minute)[0]?.alarm.level).toBe('action')
    const [heard] = engine.judge([reading({ at: start + 64 * minute, value: 2 })], start + 64 * minute)
    expect(heard).toMatchObject({
      alarm: { state: 'inactive', occurrence: `vibration-silent@pump-01@${start + 2 * minute}` },
      reason: 'vibration is heard again',
    })
  })

  test('a sensor that was never heard is not silent', () => {
    const engine = engineOn(database, rules)
    engine.tick(start)
    expect(engine.tick(start + 999 * hour)).toEqual([])
  })

  test('nobody is blamed for the time we were not there', async () => {
    const own = await ruleDatabase()
    const before = engineOn(own, rules)
    await before.restore()
    before.judge(everyMinute([2]), start)
    await before.checkpoint(start)
    const after = engineOn(own, rules)
    await after.restore()
    expect(after.tick(start + 10 * hour)).toEqual([])
    expect(after.tick(start + 10 * hour + 5 * minute)).toEqual([])
    expect(after.tick(start + 10 * hour + 6 * minute)[0]?.alarm.startedAt).toBe(start)
    await own.close()
  })

  test('a logger that sends old readings now is heard', () => {
    const engine = engineOn(database, rules)
    engine.judge([reading({ at: start - 10 * hour, value: 2, received: start })], start)
    engine.judge([reading({ at: start - 9 * hour, value: 2, received: start + 4 * minute })], start + 4 * minute)
    expect(engine.tick(start + 8 * minute)).toEqual([])
  })
})

describe('limitsOf', () => {
  test('lists what thresholds hold a sensor against', () => {
    const engine = engineOn(database, [vibrationRule(), rateRule(), stuckRule()])
    const { sensor } = reading({ at: start, value: 2 })
    expect(engine.limitsOf(sensor).map(({ level, direction, value }) => [level, direction, value])).toEqual([
      ['warning', 'above', 4.5],
      ['action', 'above', 7.1],
    ])
  })
})

describe('a rule that cannot be judged', () => {
  test('is shown with its error and stops nobody else', () => {
    const broken = vibrationRule({ id: 'broken', condition: { kind: 'magic', quantity: 'vibration' } as never })
    const engine = engineOn(database, [broken, vibrationRule({ forMs: 0 })])
    expect(engine.judge(everyMinute([9]), start)).toHaveLength(1)
    expect(engine.alarm('broken@pump-01')?.error).toContain('unknown kind of condition')
    expect(engine.alarms().map(({ id }) => id)).toContain('broken@pump-01')
  })
})

describe('a rule that throws on a reading', () => {
  test('is taken out for that sensor, with its error, and the others judge on', () => {
    const told: string[] = []
    const rules = [vibrationRule({ id: 'throws' }), vibrationRule({ forMs: 0 })]
    const [sensor] = pumps.sensorsOf('pump-01')
    if (sensor === undefined) throw new Error('the pump has no sensor')
    const { quantity } = sensor
    const facts = { quantity, inputs: [quantity], timeZone: 'UTC', place: undefined }
    const plan = sensorPlan(rules, facts, (rule, id, error) => told.push(`${rule.id} ${id} ${error}`))
    const [first, ...others] = plan.folds
    if (first === undefined) throw new Error('the rule was not made ready')
    const broken = () => {
      throw new RangeError('no such number')
    }
    const watch = new SensorWatch(
      sensor,
      { ...plan, folds: [{ ...first, step: broken }, ...others] },
      new History({ latenessMs: hour, readingsMax: 100 }, []),
    )
    const changes: Transition[] = []
    watch.append(start, 9, true, changes)
    watch.append(start + minute, 9, true, changes)
    expect(changes.map(({ fold }) => fold)).toEqual([1])
    expect(told).toEqual([`throws ${sensor.id} no such number`])
    expect(foldRef(watch, 0)?.error).toBe('no such number')
  })
})
