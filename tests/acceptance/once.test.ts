/**
 * The real parts (ingest, DuckDB, quarantine, rules) without the network: what is sent again, in whatever way, changes
 * nothing; what comes late is judged at its own time; and a reading from the future blinds no rule.
 */
import { describe, expect, test } from '@jest/globals'
import { libraryClasses, openDatabase } from '../../city/index.ts'
import type { Reading } from '../../ingest/index.ts'
import {
  AlarmBook,
  type AlarmEvent,
  libraryRuleFiles,
  RuleEngine,
  readRuleFiles,
  ruleMigrations,
} from '../../rules/index.ts'
import { startIngest } from '../support/ingest-parts.ts'
import { silentLog as log } from '../support/silence.ts'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour
const noon = Date.UTC(2026, 4, 4, 12)
const topic = 'telemetry/pump-07/vibration'

type Sent = { readonly value: number; readonly observedAt: number }

/** Ingest and the rules that ship, with a clock of the test's own. */
async function startTown() {
  const clock = { at: noon }
  const parts = await startIngest({ now: () => clock.at })
  const rules = readRuleFiles(libraryRuleFiles(), libraryClasses())
  const states = new AlarmBook(await openDatabase(':memory:', ruleMigrations))
  const engine = new RuleEngine({ registry: parts.registry, rules, states, log })
  await engine.restore(noon)
  const events: AlarmEvent[] = []
  parts.ingest.onKept((readings) => {
    events.push(...engine.judge(readings, clock.at))
  })
  const send = (payload: unknown, on = topic) =>
    parts.ingest.receive({
      device: 'logger',
      topic: on,
      payload: Buffer.from(JSON.stringify(payload)),
      receivedAt: clock.at,
    })
  const tick = () => {
    events.push(...engine.tick(clock.at))
  }
  const seen = async () => {
    const kept: Reading[] = []
    for await (const readings of parts.store.receivedSince(0, 0)) kept.push(...readings)
    const sensor = kept[0]?.sensor
    const query = { from: noon - 3 * day, to: noon + 3 * day }
    return {
      kept: kept.map(({ sensor: of, observedAt, value }) => `${of}@${observedAt}=${value}`).sort(),
      raw: sensor === undefined ? undefined : await parts.store.series({ sensor, ...query, points: 100_000 }),
      buckets: sensor === undefined ? undefined : await parts.store.series({ sensor, ...query, points: 100 }),
      alarms: engine.alarms().map(({ id, state, since }) => ({ id, state, since })),
      changes: events.map(({ alarm, at }) => `${alarm.id} ${alarm.state} ${at}`).sort(),
    }
  }
  return { ...parts, clock, engine, events, send, tick, seen, fired: () => events.map(({ alarm }) => alarm.state) }
}

/** A day, a reading every two minutes: quiet, an hour of strong vibration, quiet again. */
const aDay: readonly Sent[] = Array.from({ length: 24 * 30 }, (_, at) => ({
  value: at >= 300 && at < 330 ? 9 : 2 + (at % 7) / 10,
  observedAt: noon - day + 2 * at * minute,
}))

describe('once', () => {
  test('a packet sent twice, a retry after a lost PUBACK and a whole day uploaded again leave everything as it was', async () => {
    const [town, other] = [await startTown(), await startTown()]
    for (const reading of aDay) {
      for (const { clock } of [town, other]) clock.at = reading.observedAt + 1_000
      await other.send(reading)
      // The same bytes again before the first are acknowledged, as a client does that redelivers.
      await Promise.all([town.send(reading), town.send(reading)])
      // And once more later: the PUBACK was lost.
      town.clock.at += 20_000
      if (reading.observedAt % (10 * minute) === 0) await town.send(reading)
    }
    for (const { clock } of [town, other]) clock.at = noon
    await town.send(aDay, 'telemetry/pump-07/vibration').catch(() => undefined)
    await town.ingest.submit(aDay.map((reading) => ({ sensor: 'pump-07/vibration', ...reading })))
    const [again, plain] = [await town.seen(), await other.seen()]
    expect(again.kept).toHaveLength(aDay.length)
    expect(again).toEqual(plain)
    expect(town.fired()).toContain('firing')
    await Promise.all([town.close(), other.close()])
  }, 60_000)
})

describe('any order', () => {
  test('a day of back-log in one go gives the alarms that a live day gave, at their own times', async () => {
    const [live, late] = [await startTown(), await startTown()]
    for (const reading of aDay) {
      live.clock.at = reading.observedAt + 1_000
      await live.send(reading)
    }
    for (const { clock } of [live, late]) clock.at = noon
    const records = aDay.map(({ value, observedAt }) => ({ observedAt, values: { vibration: value } }))
    for (let from = 0; from < records.length; from += 100)
      await late.send(records.slice(from, from + 100), 'telemetry/pump-07')
    const firing = (events: readonly AlarmEvent[]) =>
      events.flatMap(({ alarm, at }) => (alarm.state === 'firing' ? [`${alarm.id} ${at}`] : []))
    expect(firing(late.events)).toEqual(firing(live.events))
    expect(firing(late.events).length).toBeGreaterThan(0)
    expect((await late.seen()).kept).toEqual((await live.seen()).kept)
    await Promise.all([live.close(), late.close()])
  }, 60_000)
})

describe('a reading from the future', () => {
  test.each([
    ['a day', day],
    ['a year', 365 * day],
  ])('%s ahead is kept, is nobody’s newest, and the rules still see what comes after it', async (_, ahead) => {
    const town = await startTown()
    await town.send({ value: 2, observedAt: noon })
    await town.send({ value: 99, observedAt: noon + ahead })
    for (let at = 1; at <= 120; at++) {
      town.clock.at = noon + at * minute
      await town.send({ value: 9, observedAt: town.clock.at })
      town.tick()
    }
    expect(town.fired()).toContain('firing')
    const sensor = 'pump-07/vibration' as Reading['sensor']
    expect((await town.store.latest([sensor])).get(sensor)).toMatchObject({ value: 9, observedAt: noon + 120 * minute })
    await town.close()
  })

  test('does not keep silence from being noticed', async () => {
    const [town, other] = [await startTown(), await startTown()]
    for (const { send } of [town, other]) await send({ value: 2, observedAt: noon })
    await town.send({ value: 2, observedAt: noon + day })
    for (let at = 1; at <= 12 * 60; at++) {
      for (const { clock, tick } of [town, other]) {
        clock.at = noon + at * minute
        tick()
      }
    }
    const silent = (events: readonly AlarmEvent[]) => events.map(({ alarm, at }) => `${alarm.id} ${alarm.state} ${at}`)
    expect(silent(town.events)).toEqual(silent(other.events))
    expect(town.fired()).toContain('firing')
    await Promise.all([town.close(), other.close()])
  })
})
