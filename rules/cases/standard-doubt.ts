import { longestGap } from '../engine/compiled-rule.ts'
import { learntReadings } from '../kinds/spikes.ts'
import type { Condition } from '../rule.ts'
import type { Case } from './case.ts'
import type { SeriesSamples } from './notation.ts'
import { before, none, type Script, type Told, take, type Value } from './script.ts'

/** The standard cases of rules about the sensor that look at its values: impossible ones, and spikes. */
export function impossibleCases(
  script: Script,
  condition: Extract<Condition, { kind: 'impossible' }>,
  healthy: SeriesSamples,
): Case[] {
  const { rule, quantity } = script
  const { min, max } = quantity.range
  const beyond = max + (max - min) / 10
  const held = script.intervals(condition.forMs)
  const back = script.intervals(rule.recoverMs)
  const hole = script.intervals(longestGap(condition.forMs, script.intervalMs)) + 1
  const well = script.readings(0, take(healthy, before))
  // That is what quality control makes of them.
  const wild = (from: number, count: number, told: Told = {}) =>
    script.readings(from, take([beyond], count), { quality: 'out-of-range', ...told })
  const fired = before + held
  return [
    script.case(
      ['fire'],
      'fires when it holds, and recovers',
      [...well, ...wild(before, held + 1), ...script.readings(fired + 1, take(healthy, back + 1))],
      [
        script.at(fired - 1, { firing: [] }),
        script.at(fired, { firing: [rule.id] }),
        script.at(fired + 1 + back, none),
      ],
    ),
    script.case(
      ['no-fire'],
      'does not fire for what is possible, nor for a few wild readings',
      [...well, ...wild(before, held), ...script.readings(fired, take([min, max], 2 * held))],
      [script.at(fired + 2 * held - 1, none)],
    ),
    script.case(
      ['gap'],
      'does not count a gap as held',
      [...well, ...wild(before, 1), ...wild(before + hole + 1, held)],
      [script.at(before + hole + held, { firing: [] })],
    ),
    script.case(
      ['late'],
      'judges late readings at their own time',
      [...well, ...wild(before, held, { arrivesMs: (fired + 1) * script.intervalMs }), ...wild(fired, 1)],
      [script.at(fired, { firing: [] }), script.at(fired + 1, { firing: [rule.id] })],
    ),
    script.case(
      ['sensor-trouble'],
      'believes no wrong clock',
      [...well, ...wild(before, held + 1, { quality: 'clock-skew' })],
      [script.at(fired, none)],
    ),
  ]
}

// As a sound sensor scatters, in shares of its size: as often up as down, and in no order.
const scatter = [0.3, -0.6, 0.9, -0.2, 0.5, -1, 0.1, 0.8, -0.4, -0.8, 0.6, -0.1, 1, -0.9, 0.2, -0.3, 0.4]

export function spikesCases(
  script: Script,
  condition: Extract<Condition, { kind: 'spikes' }>,
  healthy: SeriesSamples,
): Case[] {
  const { rule } = script
  const wanted = condition.limits.warning ?? condition.limits.action ?? 0
  const [base = 0] = healthy
  const size = Math.max(Math.abs(base) / 100, 0.01, condition.least)
  const usual = scatter.map((share) => base + share * size)
  const well = take(usual, 3 * learntReadings(script.intervalMs) + before)
  const began = well.length
  const out = base + 60 * size
  const hole = script.intervals(longestGap(0, script.intervalMs)) + 1
  // Out, and back for three readings.
  const spikes = (count: number): Value[] => Array.from({ length: count }, () => [out, ...take(usual, 3)]).flat()
  const series = (values: readonly Value[], told?: Told) => script.readings(began, values, told)
  const quiet = script.readings(0, well)
  // The reading after the last spike tells that it was one.
  const fired = began + 4 * (wanted - 1) + 1
  const over = script.intervals(condition.overMs + rule.recoverMs) + 2
  return [
    script.case(
      ['fire'],
      'fires when it has spikes again and again, and recovers',
      [...quiet, ...series([...spikes(wanted), ...take(usual, over)])],
      [
        script.at(fired - 1, { firing: [] }),
        script.at(fired, { firing: [rule.id] }),
        script.at(began + 4 * wanted + over - 1, none),
      ],
    ),
    script.case(
      ['no-fire'],
      'does not fire for fewer, for a step or for a ramp',
      [
        ...quiet,
        ...series([
          ...spikes(wanted - 1),
          ...take([out], 12),
          ...Array.from({ length: 12 }, (_, index) => out - ((out - base) * index) / 12),
        ]),
      ],
      [script.at(began + 4 * (wanted - 1) + 23, { firing: [] })],
    ),
    script.case(
      ['gap'],
      'does not take the first reading after a gap for a spike',
      [
        ...quiet,
        ...series(
          Array.from({ length: wanted + 1 }, () => [...take([undefined], hole), out, ...take(usual, 3)]).flat(),
        ),
      ],
      [script.at(began + (wanted + 1) * (hole + 4) - 1, { firing: [] })],
    ),
    script.case(
      ['late'],
      'counts late readings at their own time',
      [
        ...quiet,
        ...series(spikes(wanted), { arrivesMs: (began + 4 * wanted + 1) * script.intervalMs }),
        ...script.readings(began + 4 * wanted, take(usual, 2)),
      ],
      [script.at(began + 4 * wanted, { firing: [] }), script.at(began + 4 * wanted + 1, { firing: [rule.id] })],
    ),
    script.case(
      ['sensor-trouble'],
      'sees spikes that quality control marked, and believes no wrong clock',
      [
        ...quiet,
        ...series(spikes(wanted), { quality: 'clock-skew' }),
        ...script.readings(began + 4 * wanted, take(usual, 4)),
        ...script.readings(began + 4 * wanted + 4, spikes(wanted), { quality: 'spike' }),
      ],
      [script.at(began + 4 * wanted + 3, { firing: [] }), script.at(began + 8 * wanted + 3, { firing: [rule.id] })],
    ),
  ]
}
