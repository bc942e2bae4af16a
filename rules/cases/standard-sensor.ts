import { longestGap } from '../engine/compiled-rule.ts'
import { allowedLatenessMs } from '../engine/history.ts'
import type { Condition } from '../rule.ts'
import type { Case } from './case.ts'
import type { SeriesSamples } from './notation.ts'
import { before, none, type Script, type Told, take } from './script.ts'

/** The standard cases of rules about the sensor: stuck and silent. */
export function stuckCases(
  script: Script,
  condition: Extract<Condition, { kind: 'stuck' }>,
  healthy: SeriesSamples,
): Case[] {
  const { rule } = script
  const held = script.intervals(condition.forMs)
  const back = script.intervals(rule.recoverMs)
  const hole = script.intervals(longestGap(condition.forMs, script.intervalMs)) + 1
  const [base = 0] = healthy
  const moving = [base + 2 * condition.tolerance + 1, base - 2 * condition.tolerance - 1]
  const still = (from: number, count: number, told?: Told) => script.readings(from, take([base], count), told)
  const well = script.readings(0, take(moving, before))
  const fired = before + held
  // Not further back than late readings are judged.
  const middle = fired - Math.min(Math.floor(held / 2), script.intervals(allowedLatenessMs / 2))
  return [
    script.case(
      ['fire'],
      'fires when it holds, and recovers',
      [...well, ...still(before, held + 1), ...script.readings(fired + 1, take(moving, back + 1))],
      [script.at(fired - 1, none), script.at(fired, { firing: [rule.id] }), script.at(fired + 1 + back, none)],
    ),
    script.case(['no-fire'], 'does not fire for what moves', script.readings(0, take(moving, held + before)), [
      script.at(held + before - 1, none),
    ]),
    script.case(
      ['gap'],
      'does not count a gap as held',
      [...well, ...still(before, 2), ...still(before + 2 + hole, held + 1 - hole)],
      [script.at(fired + 2, none)],
    ),
    script.case(
      ['late'],
      'is withdrawn when late readings show that it moved',
      [
        ...well,
        ...still(before, middle - before),
        ...script.readings(middle, take(moving, 1), { arrivesMs: (fired + 1) * script.intervalMs }),
        ...still(middle + 1, fired + 1 - middle),
      ],
      [script.at(fired, { firing: [rule.id] }), script.at(fired + 1, none)],
    ),
    script.case(
      ['sensor-trouble'],
      'sees what quality control marked as stuck, and believes no wrong clock',
      [
        ...well,
        ...still(before, held + 1, { quality: 'stuck' }),
        ...script.readings(fired + 1, take(moving, back + 1), { quality: 'clock-skew' }),
      ],
      [script.at(fired, { firing: [rule.id] }), script.at(fired + 1 + back, { firing: [rule.id] })],
    ),
  ]
}

export function silenceCases(
  script: Script,
  condition: Extract<Condition, { kind: 'silence' }>,
  healthy: SeriesSamples,
): Case[] {
  const { rule } = script
  const limit = Math.ceil(condition.intervals.warning ?? condition.intervals.action ?? 0)
  const back = script.intervals(rule.recoverMs)
  const last = before - 1
  const well = script.readings(0, take(healthy, before))
  const fired = last + limit + 1
  const again = (from: number, count: number, told?: Told) => script.readings(from, take(healthy, count), told)
  const { action } = condition.intervals
  return [
    script.case(
      ['fire'],
      'fires when it holds, and recovers',
      [...well, ...again(fired + 1, back + 1)],
      [script.at(fired - 1, none), script.at(fired, { firing: [rule.id] }), script.at(fired + 1 + back, none)],
    ),
    script.case(
      ['no-fire', 'gap'],
      'does not fire for a shorter gap',
      [...well, ...again(fired, 1)],
      [script.at(fired, none)],
    ),
    script.case(
      ['late'],
      'ends when what was kept comes late',
      [
        ...well,
        ...again(before, fired - before, { arrivesMs: (fired + 1) * script.intervalMs }),
        ...again(fired + 1, back + 1),
      ],
      [script.at(fired, { firing: [rule.id] }), script.at(fired + 1 + back, none)],
    ),
    script.case(
      ['sensor-trouble'],
      'does not hear a wrong clock',
      [...well, ...again(before, limit + 1, { quality: 'clock-skew' })],
      [script.at(fired, { firing: [rule.id] })],
    ),
    ...(action === undefined || condition.intervals.warning === undefined
      ? []
      : [
          script.case(['fire'], 'reaches the action level', well, [
            script.at(fired, { firing: [rule.id], action: [] }),
            script.at(last + Math.ceil(action) + 1, { firing: [rule.id], action: [rule.id] }),
          ]),
        ]),
  ]
}
