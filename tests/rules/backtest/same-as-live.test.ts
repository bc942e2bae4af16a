import { describe, expect, test } from '@jest/globals'
import pino from 'pino'
import { libraryClasses } from '../../../city/index.ts'
import { openDuckDbStore, type Quality, type Reading } from '../../../ingest/index.ts'
import { runBacktest } from '../../../rules/backtest/backtest.ts'
import { caseCity } from '../../../rules/cases/case-city.ts'
import type { AlarmEvent, Rule, RuleEngine } from '../../../rules/index.ts'
import { seeded } from '../../support/randomness.ts'
import {
  engineOn,
  hour,
  minute,
  rateRule,
  reading,
  ruleDatabase,
  silenceRule,
  start,
  stuckRule,
  vibrationRule,
} from '../support.ts'

/**
 * The law: what a rule is tried on gives the bouts that it gave live, whatever order the readings came in and however the
 * store holds them by now (fresh, settled backwards, replaced). Each asset has a random past of its own; the seed is in
 * the name of what fails.
 */
const rules: readonly Rule[] = [
  vibrationRule(),
  vibrationRule({ id: 'vibration-high-now', forMs: 0, recoverMs: 0 }),
  vibrationRule({
    id: 'vibration-action-only',
    severity: { action: 'major' },
    condition: { kind: 'threshold', quantity: 'vibration', direction: 'above', limits: { action: 6 }, hysteresis: 1 },
  }),
  vibrationRule({
    id: 'vibration-low',
    severity: { warning: 'minor' },
    condition: { kind: 'threshold', quantity: 'vibration', direction: 'below', limits: { warning: 3 }, hysteresis: 0 },
  }),
  rateRule(),
  stuckRule(),
]
const silences = [silenceRule(), silenceRule({ id: 'vibration-silent-slow-to-recover', recoverMs: 4 * minute })]

const assets = Array.from({ length: 30 }, (_, index) => `pump-${String(index).padStart(2, '0')}`)
const city = caseCity(
  assets.map((id) => ({ id, class: 'drinking-water-pump' })),
  libraryClasses(),
)

function pastOf(asset: string, random: () => number): Reading[] {
  const pick = <T>(...items: readonly [T, ...T[]]): T => items[Math.floor(random() * items.length)] ?? items[0]
  const readings: Reading[] = []
  let at = start + Math.floor(random() * 60) * 1_000
  for (let stretch = 0; stretch < 18; stretch++) {
    const [value, step] = [pick(2, 4.4, 4.6, 6.5, 7.5, 9), pick(0, 0, 0.01, 0.4, -0.4)]
    const quality = pick<Quality>('good', 'good', 'good', 'good', 'late', 'out-of-range', 'stuck', 'clock-skew')
    const length = 1 + Math.floor(random() * 14)
    const delay = pick(0, 0, 0, 200, 20 * minute * random())
    for (let index = 0; index < length; index++, at += minute) {
      const received = Math.floor(at + delay)
      readings.push(reading({ at, value: value + index * step, quality, received }, asset))
    }
    at += pick(0, 0, 0, 1, 3, 6, 9, 70) * minute
  }
  return readings
}

type Known = { rule: string; asset: string; startedAt: number; firedAt: number; endedAt?: number; level: string }

/** The bouts as somebody knows them who follows the events of an engine. */
function boutsIn(events: readonly AlarmEvent[]): Known[] {
  const going = new Map<string, Known>()
  const found: Known[] = []
  for (const { alarm, at } of events) {
    const { id, asset, state, startedAt = 0 } = alarm
    const isOn = state === 'firing' || state === 'recovering'
    const known = going.get(id)
    if (isOn && known === undefined) {
      const bout = { rule: alarm.rule.id, asset, startedAt, firedAt: at, level: alarm.level ?? '' }
      going.set(id, bout)
      found.push(bout)
    } else if (isOn && known !== undefined && alarm.level === 'action') known.level = 'action'
    else if (!isOn && known !== undefined) {
      known.endedAt = at
      going.delete(id)
    }
  }
  return found
}

function sorted(bouts: readonly Known[]): Known[] {
  const key = ({ rule, asset, startedAt }: Known) => `${rule} ${asset} ${startedAt}`
  return [...bouts].sort((one, other) => (key(one) < key(other) ? -1 : 1))
}

const byReceipt = (one: Reading, other: Reading) => one.receivedAt - other.receivedAt
const byMoment = (one: Reading, other: Reading) => one.observedAt - other.observedAt

/** Plays readings as they came, and looks at the clock each second in between. */
function playLive(engine: RuleEngine, readings: readonly Reading[], until: number): AlarmEvent[] {
  const events: AlarmEvent[] = []
  const arriving = [...readings].sort(byReceipt)
  let next = 0
  for (let now = start; now <= until; now += 1_000) {
    while ((arriving[next]?.receivedAt ?? Number.POSITIVE_INFINITY) <= now) {
      const each = arriving[next++] as Reading
      events.push(...engine.judge([each], each.receivedAt))
    }
    events.push(...engine.tick(now))
  }
  return events
}

const seed = Math.floor(Math.random() * 1e9)
const random = seeded(seed)
const past = assets.flatMap((asset) => pastOf(asset, random))
const end = Math.max(...past.map(({ receivedAt }) => receivedAt)) + 2 * hour

async function stored() {
  // Small slabs: most readings settle and lie backwards for every second sensor, some stay fresh.
  const store = await openDuckDbStore({ path: ':memory:', slabRows: 1_500, log: pino({ level: 'silent' }) })
  const arriving = [...past].sort(byReceipt)
  // Some come first with another value and are replaced.
  for (let index = 0; index < arriving.length; index += 211) {
    const some = arriving.slice(index, index + 211)
    const wrong = some.filter(() => random() < 0.05).map((each) => ({ ...each, value: 99 }))
    if (wrong.length > 0) await store.append(wrong)
    await store.append(some)
  }
  return store
}

describe('tried on history', () => {
  test(`gives the bouts that it gave live (seed ${seed})`, async () => {
    const store = await stored()
    const database = await ruleDatabase()
    const registry = city
    const outcome = await runBacktest({ rules, from: start, to: end }, { store, registry })
    const engine = engineOn(database, rules, { registry })
    const events = [...past].sort(byMoment).flatMap((each) => engine.judge([each], each.receivedAt))
    const live = sorted(boutsIn(events))
    const tried = outcome.bouts.map(({ rule, asset, startedAt, firedAt, endedAt, level }) => ({
      rule: rules[rule]?.id ?? '',
      asset,
      startedAt,
      firedAt,
      level,
      ...(endedAt === undefined ? {} : { endedAt }),
    }))
    expect(live.length).toBeGreaterThan(50)
    expect(sorted(tried)).toEqual(live)
    expect(outcome.readings).toBe(past.length)
    expect(outcome.troubles).toEqual([])
    // Tried alone, a rule believes of the sensor what it would beside the others.
    const alone = rules.slice(0, 4)
    const again = await runBacktest({ rules: alone, inForce: rules, from: start, to: end }, { store, registry })
    expect(again.bouts).toEqual(outcome.bouts.filter((bout) => bout.rule < alone.length))
    // The words are those of the alarm.
    const [first] = outcome.bouts
    const said = events.find(
      ({ alarm }) =>
        alarm.state === 'firing' &&
        alarm.occurrence === `${rules[first?.rule ?? 0]?.id}@${first?.asset}@${first?.startedAt}`,
    )
    expect(first?.reason).toBe(said?.reason)
    await store.close()
    await database.close()
  }, 120_000)

  test(`finds the silences that the clock found live (seed ${seed})`, async () => {
    const store = await stored()
    const database = await ruleDatabase()
    const outcome = await runBacktest({ rules: silences, from: start, to: end }, { store, registry: city })
    const live = sorted(boutsIn(playLive(engineOn(database, silences, { registry: city }), past, end)))
    const tried = sorted(
      outcome.bouts.map(({ rule, asset, startedAt, firedAt, endedAt, level }) => ({
        rule: silences[rule]?.id ?? '',
        asset,
        startedAt,
        firedAt,
        level,
        ...(endedAt === undefined ? {} : { endedAt }),
      })),
    )
    expect(live.length).toBeGreaterThan(10)
    expect(tried).toEqual(live)
    await store.close()
    await database.close()
  }, 120_000)
})
