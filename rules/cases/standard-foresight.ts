import type { DurationMs } from '../../city/index.ts'
import { trendWindow } from '../detection/trend/trend-window.ts'
import type { Condition } from '../rule.ts'
import type { Case } from './case.ts'
import type { SeriesSamples } from './notation.ts'
import { none, Script, type Told, take } from './script.ts'

/** The standard cases of rules that look weeks back, or days ahead: forecasts, minimum night flow, drift. */

const hourMs: DurationMs = 3_600_000
const dayMs: DurationMs = 24 * hourMs
/** A trend is made of medians; two readings make one. */
const readingsPerBucket = 2
/** How far along its way to the limit wear is when it must have been foreseen, and how much slower wear is that must not. */
const foreseenAfter = 0.6
const slower = 8
/** Late readings are judged for a day; half of it leaves no doubt. */
const lateMsMax = dayMs / 2

export function forecastCases(
  { rule, quantity }: Script,
  condition: Extract<Condition, { kind: 'forecast' }>,
  healthy: SeriesSamples,
): Case[] {
  const { bucketMs } = trendWindow(condition.overMs, quantity.expectedIntervalMs, condition.isSeasonal)
  const script = new Script(rule, quantity, Math.max(quantity.expectedIntervalMs, bucketMs / readingsPerBucket))
  const limit = condition.limits.warning ?? condition.limits.action ?? 0
  const began = script.intervals(condition.overMs)
  const foreseen = Math.ceil((condition.insideMs * foreseenAfter) / script.intervalMs)
  const back = script.intervals((condition.agree.of + 2) * bucketMs + rule.recoverMs)
  const hole = script.intervals(condition.overMs / 4)
  const late = Math.min(script.intervals(lateMsMax), foreseen >> 1)
  const fired = began + foreseen
  const [base = 0] = healthy
  const worn = (share: number) =>
    condition.fit === 'exponential' ? base * ((limit / base) ** share - 1) : (limit - base) * share
  const wear = (from: number, to: number, insideMs: DurationMs, told?: Told) =>
    script.readings(
      from,
      take(healthy, to - from).map((value, index) => (value ?? base) + worn(share(from + index - began, insideMs))),
      told,
    )
  const share = (place: number, insideMs: DurationMs) => (Math.max(0, place) * script.intervalMs) / insideMs
  const well = script.readings(0, take(healthy, began))
  const onItsWay = (to: number, told?: Told) => wear(began, to, condition.insideMs, told)
  const firing = { firing: [rule.id] }
  return [
    script.case(
      ['fire'],
      'fires while there is still time, and recovers',
      [...well, ...onItsWay(fired), ...script.readings(fired, take(healthy, back))],
      [script.at(began, none), script.at(fired, firing), script.at(fired + back - 1, none)],
    ),
    script.case(
      ['no-fire'],
      'does not fire for what is healthy, nor for wear that leaves more time',
      [...well, ...wear(began, fired, slower * condition.insideMs)],
      [script.at(began, none), script.at(fired, none)],
    ),
    script.case(
      ['gap'],
      'does not draw a line across a gap',
      [...well, ...wear(began + hole, began + hole + 2 * readingsPerBucket + 1, 2 * hole * script.intervalMs)],
      [script.at(began + hole + 2 * readingsPerBucket + 1, none)],
    ),
    script.case(
      ['late'],
      'judges late readings at their own time',
      [
        ...well,
        ...onItsWay(fired - late),
        ...wear(fired - late, fired, condition.insideMs, { arrivesMs: fired * script.intervalMs }),
        ...wear(fired, fired + 1, condition.insideMs),
      ],
      [script.at(fired, firing)],
    ),
    script.case(
      ['sensor-trouble'],
      "does not take a sensor's trouble for the asset's",
      [
        ...well,
        ...onItsWay(began + (foreseen >> 1), { quality: 'out-of-range' }),
        ...wear(began + (foreseen >> 1), fired, condition.insideMs, { quality: 'clock-skew' }),
      ],
      [script.at(fired, none)],
    ),
  ]
}

const learntNights = 4
/** Of the limit: surely beyond it, and surely not. */
const beyond = 1.5
const within = 0.5

/** Cases begin at midnight, and their clocks show UTC. */
export function nightMinimumCases(
  { rule, quantity }: Script,
  condition: Extract<Condition, { kind: 'night minimum' }>,
  healthy: SeriesSamples,
): Case[] {
  const script = new Script(rule, quantity, Math.max(quantity.expectedIntervalMs, hourMs / 4))
  const limit = condition.limits.warning ?? condition.limits.action ?? 0
  const day = script.intervals(dayMs)
  const held = Math.ceil(rule.forMs / dayMs)
  const over = script.intervals(condition.fromMs + condition.lengthMs) + 1
  const [base = 0] = healthy
  const raised = (share: number) => share * (condition.unit === '%' ? (base * limit) / 100 : limit)
  const days = (from: number, count: number, share = 0, told?: Told) =>
    script.readings(
      from * day,
      take(healthy, count * day).map((value) => (value ?? base) + raised(share)),
      told,
    )
  const well = days(0, learntNights)
  // The night that decides is the last one of those that it takes.
  const fired = (learntNights + held) * day + over
  const back = learntNights + held + 1
  const recovered = back + 1 + Math.ceil(rule.recoverMs / dayMs)
  const firing = { firing: [rule.id] }
  const inNight = ({ observedMs }: { readonly observedMs: DurationMs }) =>
    (observedMs - condition.fromMs) % dayMs < condition.lengthMs
  const quarter = ({ observedMs }: { readonly observedMs: DurationMs }) =>
    (observedMs - condition.fromMs + dayMs) % dayMs < condition.lengthMs / 4
  const trouble = days(learntNights, held + 1, beyond)
  return [
    script.case(
      ['fire'],
      'fires when more flows in the night, and recovers',
      [...well, ...trouble, ...days(back, recovered - back + 1)],
      [script.at(fired - over, { firing: [] }), script.at(fired, firing), script.at((recovered + 1) * day - 1, none)],
    ),
    script.case(
      ['no-fire'],
      'does not fire for less, nor for what flows by day',
      [
        ...well,
        ...days(learntNights, held + 1, within).filter(inNight),
        ...trouble.filter((reading) => !inNight(reading)),
      ],
      [script.at(back * day - 1, none)],
    ),
    script.case(
      ['gap'],
      'does not judge a night of which little was heard',
      [...well, ...trouble.filter((reading) => !inNight(reading) || quarter(reading))],
      [script.at(back * day - 1, none)],
    ),
    script.case(
      ['late'],
      'judges late readings at their own time',
      [
        ...well,
        ...trouble.map((reading) =>
          inNight(reading) && reading.observedMs > (learntNights + held) * dayMs
            ? { ...reading, arrivesMs: (learntNights + held) * dayMs + lateMsMax }
            : reading,
        ),
      ],
      [script.at(fired, { firing: [] }), script.at((learntNights + held) * day + script.intervals(lateMsMax), firing)],
    ),
    script.case(
      ['sensor-trouble'],
      "does not take a sensor's trouble for the asset's",
      [...well, ...days(learntNights, held + 1, beyond, { quality: 'out-of-range' })],
      [script.at(back * day - 1, none)],
    ),
  ]
}

/** How long it is away from the usual, and back. */
const driftingMs = 6 * dayMs
const backMs = 3 * dayMs

export function driftCases(
  { rule, quantity }: Script,
  condition: Extract<Condition, { kind: 'drift' }>,
  healthy: SeriesSamples,
  trouble: SeriesSamples,
): Case[] {
  const script = new Script(rule, quantity, Math.max(quantity.expectedIntervalMs, hourMs))
  const [usual = 0] = healthy
  const [apart = 0] = trouble
  const learnt = script.intervals(condition.learnMs + dayMs)
  const away = script.intervals(driftingMs)
  const back = script.intervals(backMs + rule.recoverMs)
  const over = learnt + away
  const late = script.intervals(lateMsMax)
  const well = script.readings(0, take(healthy, learnt))
  // A little more with every reading.
  const drifts = (from: number, to: number, told?: Told, sign = 1) =>
    script.readings(
      from,
      take(healthy, to - from).map(
        (value, index) => (value ?? usual) + (sign * (apart - usual) * (from - learnt + index)) / away,
      ),
      told,
    )
  const firing = { firing: [rule.id] }
  return [
    script.case(
      ['fire'],
      'fires for a slow drift, and recovers',
      [...well, ...drifts(learnt, over), ...script.readings(over, take(healthy, back))],
      [script.at(learnt, none), script.at(over, firing), script.at(over + back - 1, none)],
    ),
    script.case(
      ['no-fire'],
      condition.direction === 'either'
        ? 'does not fire for what is healthy'
        : 'does not fire for a drift the other way',
      [...well, ...(condition.direction === 'either' ? [] : drifts(learnt, over, {}, -1))],
      [script.at(over, none)],
    ),
    script.case(
      ['gap'],
      'does not reckon with what is not there',
      [...well, ...drifts(over - script.intervals(dayMs / 4), over)],
      [script.at(over, none)],
    ),
    script.case(
      ['late'],
      'judges late readings at their own time',
      [
        ...well,
        ...drifts(learnt, over - late),
        ...drifts(over - late, over, { arrivesMs: over * script.intervalMs }),
        ...drifts(over, over + 1),
      ],
      [script.at(over, firing)],
    ),
    script.case(
      ['sensor-trouble'],
      "does not take a sensor's trouble for the asset's",
      [...well, ...drifts(learnt, over, { quality: 'out-of-range' })],
      [script.at(over, none)],
    ),
  ]
}
