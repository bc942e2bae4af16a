import type { DurationMs, QuantityDefinition } from '../../city/index.ts'
import type { Quality } from '../../ingest/index.ts'
import type { Rule } from '../rule.ts'
import type { Case, CaseExpectation, CaseReading, Proof } from './case.ts'
import { type CaseSurroundings, nowhere } from './case-city.ts'
import type { SeriesSamples } from './notation.ts'

/** What is told of readings besides their values. */
export type Told = { readonly quality?: Quality; readonly arrivesMs?: DurationMs }
export type Value = number | undefined

/** Puts cases of one rule on one asset together. Lengths are in readings of the sensor's interval. */
export class Script {
  readonly rule: Rule
  readonly quantity: QuantityDefinition
  readonly intervalMs: DurationMs
  readonly #sensor: string

  /** `intervalMs`: for rules that look at weeks, fewer readings than the sensor sends. */
  constructor(rule: Rule, quantity: QuantityDefinition, intervalMs: DurationMs = quantity.expectedIntervalMs) {
    this.rule = rule
    this.quantity = quantity
    this.intervalMs = intervalMs
    this.#sensor = `asset-1/${quantity.id}`
  }

  /** Readings from a place on, one an interval. */
  readings(from: number, values: readonly Value[], told: Told = {}): CaseReading[] {
    return this.readingsOf(this.#sensor, from, values, told)
  }

  readingsOf(sensor: string, from: number, values: readonly Value[], told: Told = {}): CaseReading[] {
    return values.flatMap((value, index) => {
      if (value === undefined) return []
      const observedMs = (from + index) * this.intervalMs
      const arrivesMs = Math.max(observedMs, told.arrivesMs ?? 0)
      return [{ sensor, observedMs, arrivesMs, value, quality: told.quality ?? 'good' }]
    })
  }

  /** How many intervals a time takes. */
  intervals(durationMs: DurationMs): number {
    return Math.ceil(durationMs / this.intervalMs)
  }

  at(place: number, states: Omit<CaseExpectation, 'atMs'>): CaseExpectation {
    return { atMs: place * this.intervalMs, ...states }
  }

  case(
    proves: readonly Proof[],
    name: string,
    readings: readonly CaseReading[],
    expect: readonly CaseExpectation[],
    /** Assets of the same class beside it. */
    others: readonly string[] = [],
  ): Case {
    return {
      name: `${this.rule.id}: ${name}`,
      rules: [this.rule.id],
      proves,
      assets: ['asset-1', ...others].map((id) => ({ id, class: this.rule.class })),
      surroundings: this.#surroundings(),
      stepMs: this.intervalMs,
      readings,
      expect,
    }
  }

  /** Near the pole it is day all June and dark all December: a rule for either is judged throughout. */
  #surroundings(): CaseSurroundings {
    const light = this.rule.during?.light
    if (light === undefined) return nowhere
    return { ...nowhere, place: { latitude: 85, longitude: 0 }, beginsAt: Date.UTC(2026, light === 'day' ? 5 : 11, 10) }
  }
}

/** As many samples as wanted, from the beginning again when there are fewer. */
export function take(samples: SeriesSamples, count: number): Value[] {
  return Array.from({ length: count }, (_, index) => samples[index % samples.length])
}

/** What is healthy comes this often before the trouble. */
export const before = 5

export const none = { pending: [], firing: [], recovering: [] }
