import { type DurationMs, FileFaults } from '../../city/index.ts'
import { longestGap } from '../engine/compiled-rule.ts'
import type { Condition } from '../rule.ts'
import type { Case, CaseReading } from './case.ts'
import type { SeriesSamples } from './notation.ts'
import { none, type Script, type Told } from './script.ts'

/** A value for every quantity that the rule looks at. */
export type Example = Readonly<Record<string, number>>

// A mean needs some of its time constants until it is where its values are.
const settling = 6
const sistersCount = 4
// Late readings are judged for a day; half of it leaves no doubt.
const lateMsMax: DurationMs = 12 * 3_600_000

type Lengths = { readonly learnt: number; readonly held: number; readonly back: number }

/** A formula: two states of the asset, told by all that it looks at. */
export function formulaCases(
  script: Script,
  condition: Extract<Condition, { kind: 'formula' }>,
  healthy: Example,
  trouble: Example,
): Case[] {
  const { rule } = script
  const over = condition.own?.overMs ?? 0
  const lengths = {
    learnt: script.intervals((condition.own?.learnMs ?? 0) + settling * over) + 10,
    held: script.intervals(rule.forMs + settling * over) + 2,
    back: script.intervals(rule.recoverMs + 2 * settling * over) + 2,
  }
  const quantities = Object.keys(healthy)
  const told = (from: number, count: number, example: Example, extra: Told = {}, only = quantities) =>
    only.flatMap((quantity) =>
      script.readingsOf(`asset-1/${quantity}`, from, constant(example[quantity] ?? 0, count), extra),
    )
  const [first = ''] = quantities
  const seldom = script.intervals(longestGap(rule.forMs, script.intervalMs)) + 1
  return jointCases(script, lengths, {
    healthy: (from, count) => told(from, count, healthy),
    trouble: (from, count, extra) => told(from, count, trouble, extra),
    // Of the others nothing is heard, and with what is missing nothing is reckoned; one alone is heard too seldom to hold.
    partly: (from, count) =>
      quantities.length > 1
        ? told(from, count, trouble, {}, [first])
        : told(from, count, trouble).filter((_, index) => index % seldom === 0),
  })
}

/** Sisters: what all of them have is no trouble of the one. */
export function sistersCases(
  script: Script,
  condition: Extract<Condition, { kind: 'sisters' }>,
  healthy: SeriesSamples,
  trouble: SeriesSamples,
): Case[] {
  const { rule, quantity } = script
  const lengths = {
    learnt: script.intervals(settling * condition.overMs) + 10,
    held: script.intervals(rule.forMs + settling * condition.overMs) + 2,
    back: script.intervals(rule.recoverMs + 2 * settling * condition.overMs) + 2,
  }
  const [usual = 0] = healthy
  const [apart = 0] = trouble
  const sisters = Array.from({ length: sistersCount }, (_, index) => `asset-${2 + index}`)
  const own = (from: number, count: number, value: number, told: Told = {}) =>
    script.readingsOf(`asset-1/${quantity.id}`, from, constant(value, count), told)
  const theirs = (from: number, count: number, value: number) =>
    sisters.flatMap((asset) => script.readingsOf(`${asset}/${quantity.id}`, from, constant(value, count)))
  return jointCases(
    script,
    lengths,
    {
      healthy: (from, count) => [...own(from, count, usual), ...theirs(from, count, usual)],
      trouble: (from, count, told) => [...own(from, count, apart, told), ...theirs(from, count, usual)],
      partly: (from, count) => own(from, count, apart),
      shared: (from, count) => [...own(from, count, apart), ...theirs(from, count, apart)],
    },
    sisters,
  )
}

type Telling = {
  healthy(from: number, count: number): CaseReading[]
  trouble(from: number, count: number, told?: Told): CaseReading[]
  partly(from: number, count: number): CaseReading[]
  shared?(from: number, count: number): CaseReading[]
}

function jointCases(script: Script, lengths: Lengths, telling: Telling, others: readonly string[] = []): Case[] {
  const { learnt, held, back } = lengths
  const alarm = others.length === 0 ? script.rule.id : `${script.rule.id}@asset-1`
  const well = telling.healthy(0, learnt)
  const late = Math.min(script.intervals(lateMsMax), held >> 1)
  const told = learnt + held
  const firing = { firing: [alarm] }
  return [
    script.case(
      ['fire'],
      'fires when it holds, and recovers',
      [...well, ...telling.trouble(learnt, held), ...telling.healthy(told, back)],
      [script.at(learnt - 1, none), script.at(told - 1, firing), script.at(told + back - 1, none)],
      others,
    ),
    script.case(
      ['no-fire'],
      'does not fire for what is healthy',
      [...well, ...(telling.shared ?? telling.healthy)(learnt, held)],
      [script.at(told - 1, none)],
      others,
    ),
    script.case(
      ['gap'],
      'does not reckon with what is not there',
      [...well, ...telling.partly(learnt + script.intervals(script.rule.forMs) + 10, held)],
      [script.at(told - 1, { firing: [] })],
      others,
    ),
    script.case(
      ['late'],
      'judges late readings at their own time',
      [
        ...well,
        ...telling.trouble(learnt, held - late),
        ...telling.trouble(told - late, late, { arrivesMs: told * script.intervalMs }),
        ...telling.trouble(told, 1),
      ],
      [script.at(told, firing)],
      others,
    ),
    script.case(
      ['sensor-trouble'],
      "does not take a sensor's trouble for the asset's",
      [...well, ...telling.trouble(learnt, held, { quality: 'out-of-range' })],
      [script.at(told - 1, none)],
      others,
    ),
  ]
}

function constant(value: number, count: number): number[] {
  return Array.from({ length: count }, () => value)
}

/** The examples of a formula, each with the quantities it names. */
export function examplesOf(
  file: string,
  rule: string,
  written: { readonly healthy?: Example | undefined; readonly trouble?: Example | undefined } | undefined,
): { readonly healthy: Example; readonly trouble: Example } {
  const { healthy, trouble } = written ?? {}
  if (healthy !== undefined && trouble !== undefined) return { healthy, trouble }
  throw new FileFaults([
    { file, message: `standard: ${rule}: missing "asset", { healthy, trouble } with a value for each quantity` },
  ])
}
