import { type Database, type Instant, libraryClasses, openDatabase, sensorId } from '../../city/index.ts'
import type { Quality, Reading } from '../../ingest/index.ts'
import { caseCity } from '../../rules/cases/case-city.ts'
import { AlarmBook, type Rule, RuleEngine, type RuleEngineOptions, ruleMigrations } from '../../rules/index.ts'

export const minute = 60_000
export const hour = 60 * minute
export const day = 24 * hour
/** A Monday noon that tests count from. */
export const start: Instant = Date.UTC(2026, 4, 4, 12)

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined }

export const pumps = caseCity(
  [
    { id: 'pump-01', class: 'drinking-water-pump' },
    { id: 'pump-02', class: 'drinking-water-pump' },
  ],
  libraryClasses(),
)

export async function ruleDatabase(): Promise<Database> {
  return openDatabase(':memory:', ruleMigrations)
}

export function engineOn(
  database: Database,
  rules: readonly Rule[],
  options: Partial<RuleEngineOptions> = {},
): RuleEngine {
  return new RuleEngine({ registry: pumps, rules, states: new AlarmBook(database), log: silent, ...options })
}

/** A threshold rule on vibration, as a file would give it; change what the test is about. */
export function vibrationRule(changes: Partial<Rule> = {}): Rule {
  return {
    id: 'vibration-high',
    version: 'aaaaaaaaaaaa',
    title: 'Vibration too high',
    class: 'drinking-water-pump',
    failureMode: 'bearing-wear',
    severity: { warning: 'moderate', action: 'major' },
    condition: {
      kind: 'threshold',
      quantity: 'vibration',
      direction: 'above',
      limits: { warning: 4.5, action: 7.1 },
      hysteresis: 0.3,
    },
    forMs: 5 * minute,
    recoverMs: 5 * minute,
    watchMs: day,
    advice: 'Check the drive-end bearing.',
    source: 'ISO 10816-3',
    text: '',
    ...changes,
  }
}

export function stuckRule(changes: Partial<Rule> = {}): Rule {
  return vibrationRule({
    id: 'vibration-stuck',
    failureMode: 'sensor-fault',
    severity: { warning: 'minor' },
    condition: { kind: 'stuck', quantity: 'vibration', tolerance: 0.05, forMs: 15 * minute },
    forMs: 0,
    recoverMs: 3 * minute,
    ...changes,
  })
}

export function rateRule(changes: Partial<Rule> = {}): Rule {
  return vibrationRule({
    id: 'vibration-rising',
    condition: {
      kind: 'rate',
      quantity: 'vibration',
      direction: 'rising',
      limits: { warning: 10, action: 30 },
      perMs: hour,
      overMs: 10 * minute,
      hysteresis: 2,
    },
    forMs: 2 * minute,
    recoverMs: 4 * minute,
    ...changes,
  })
}

export function silenceRule(changes: Partial<Rule> = {}): Rule {
  return vibrationRule({
    id: 'vibration-silent',
    failureMode: 'sensor-fault',
    severity: { warning: 'minor', action: 'moderate' },
    condition: { kind: 'silence', quantity: 'vibration', intervals: { warning: 5, action: 60 } },
    forMs: 0,
    recoverMs: 0,
    ...changes,
  })
}

export type Sample = {
  readonly at: Instant
  readonly value: number
  readonly quality?: Quality
  readonly received?: Instant
}

export function reading(
  { at, value, quality = 'good', received = at }: Sample,
  asset = 'pump-01',
  quantity = 'vibration',
): Reading {
  return { sensor: sensorId(asset, quantity), observedAt: at, receivedAt: received, value, quality }
}

/** Values a minute apart from `start`; `undefined` is no reading. */
export function everyMinute(values: readonly (number | undefined)[], from: Instant = start): Reading[] {
  return values.flatMap((value, index) => (value === undefined ? [] : [reading({ at: from + index * minute, value })]))
}
