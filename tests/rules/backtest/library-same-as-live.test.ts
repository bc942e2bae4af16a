import { expect, test } from '@jest/globals'
import pino from 'pino'
import { libraryClasses } from '../../../city/index.ts'
import { openDuckDbStore, type Reading } from '../../../ingest/index.ts'
import { runBacktest } from '../../../rules/backtest/backtest.ts'
import { caseCity } from '../../../rules/cases/case-city.ts'
import { libraryRuleFiles, readRuleFiles } from '../../../rules/index.ts'
import { seeded } from '../../support/randomness.ts'
import { engineOn, minute, reading, ruleDatabase, start } from '../support.ts'

/**
 * The law of same-as-live.test.ts for every shipped rule of a class, those over several sensors among them, with
 * whatever kinds of condition they use: one bout more or less than live is a mistake of one of the two.
 */
const classId = 'drinking-water-pump'
const quantities = libraryClasses().find(({ id }) => id === classId)?.quantities ?? []
const assets = ['pump-01', 'pump-02', 'pump-03', 'pump-04']
const seed = Math.floor(Math.random() * 1e9)

test(`every shipped rule of a class gives the bouts that it gave live (seed ${seed})`, async () => {
  const random = seeded(seed)
  const registry = caseCity(
    assets.map((id) => ({ id, class: classId })),
    libraryClasses(),
  )
  const past: Reading[] = []
  for (const asset of assets)
    for (const { id, range } of quantities) {
      let at = start
      for (let stretch = 0; stretch < 12; stretch++) {
        const value = range.min + (range.max - range.min) * random() * random()
        const noise = random() < 0.3 ? 0 : value / 50
        const length = 20 + Math.floor(random() * 120)
        for (let index = 0; index < length; index++, at += minute)
          past.push(reading({ at, value: value + noise * (random() - 0.5) }, asset, id))
        if (random() < 0.2) at += 30 * minute
      }
    }
  past.sort((one, other) => one.observedAt - other.observedAt)
  const end = (past.at(-1)?.observedAt ?? start) + minute
  const all = readRuleFiles(libraryRuleFiles(), libraryClasses())
  // What the clock tells is held by the other test.
  const rules = all.filter((rule) => rule.class === classId && rule.condition.kind !== 'silence')

  const database = await ruleDatabase()
  const engine = engineOn(database, rules, { registry })
  const live = new Map<string, number>()
  for (const each of past)
    for (const { alarm, at } of engine.judge([each], each.receivedAt))
      if (alarm.state === 'firing' && alarm.occurrence !== undefined && !live.has(alarm.occurrence))
        live.set(alarm.occurrence, at)

  const store = await openDuckDbStore({ path: ':memory:', slabRows: 4_000, log: pino({ level: 'silent' }) })
  for (let index = 0; index < past.length; index += 500) await store.append(past.slice(index, index + 500))
  const outcome = await runBacktest({ rules, from: start, to: end }, { store, registry })
  const tried = new Map(
    outcome.bouts.map(({ rule, asset, startedAt, firedAt }) => [`${rules[rule]?.id}@${asset}@${startedAt}`, firedAt]),
  )
  expect(outcome.troubles).toEqual([])
  expect(live.size).toBeGreaterThan(20)
  expect([...tried].sort()).toEqual([...live].sort())
  await store.close()
  await database.close()
}, 90_000)
