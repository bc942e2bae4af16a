import { longestGap } from '../engine/compiled-rule.ts'
import type { Condition } from '../rule.ts'
import type { Case } from './case.ts'
import type { SeriesSamples } from './notation.ts'
import { before, none, type Script, type Told, take } from './script.ts'

/** The standard cases of rules about the asset: thresholds and slopes. */
export function thresholdCases(
  script: Script,
  healthy: SeriesSamples,
  trouble: SeriesSamples,
  action?: SeriesSamples,
): Case[] {
  const { rule } = script
  const held = script.intervals(rule.forMs)
  const back = script.intervals(rule.recoverMs)
  const hole = script.intervals(longestGap(rule.forMs, script.intervalMs)) + 1
  const well = script.readings(0, take(healthy, before))
  const bad = (from: number, count: number, told?: Told) => script.readings(from, take(trouble, count), told)
  const fired = before + held
  const firing = { firing: [rule.id] }
  const cases = [
    script.case(
      ['fire'],
      'fires when it holds, and recovers',
      [...well, ...bad(before, held + 1), ...script.readings(fired + 1, take(healthy, back + 1))],
      [
        script.at(before - 1, none),
        ...(held > 0 ? [script.at(fired - 1, { pending: [rule.id], firing: [] })] : []),
        script.at(fired, { ...firing, action: rule.severity.warning === undefined ? [rule.id] : [] }),
        script.at(fired + 1 + back, none),
      ],
    ),
    script.case(
      ['no-fire'],
      'does not fire for what is healthy',
      script.readings(0, take(healthy, 2 * held + before)),
      [
        // Pending it may be: lamps burn every night, and only not for 18 hours.
        script.at(2 * held + before - 1, { firing: [], recovering: [] }),
      ],
    ),
    script.case(
      ['sensor-trouble'],
      "does not take a sensor's trouble for the asset's",
      [
        ...well,
        ...bad(before, held + 1, { quality: 'out-of-range' }),
        ...bad(fired + 1, held + 1, { quality: 'clock-skew' }),
        ...bad(fired + held + 2, held + 1, { quality: 'spike' }),
      ],
      [script.at(fired + 2 * held + 2, none)],
    ),
    script.case(
      ['late'],
      'judges late readings at their own time',
      [...well, ...bad(before, held, { arrivesMs: (fired + 2) * script.intervalMs }), ...bad(fired, 2)],
      [...(held > 1 ? [script.at(fired + 1, { firing: [] })] : []), script.at(fired + 2, firing)],
    ),
  ]
  if (held > 0)
    cases.push(
      script.case(
        ['no-fire'],
        'does not fire when it holds for less',
        [...well, ...bad(before, held), ...script.readings(fired, take(healthy, 2))],
        [script.at(fired + 1, none)],
      ),
      script.case(
        ['gap'],
        'does not count a gap as held',
        [...well, ...bad(before, 1), ...bad(before + hole + 1, held + 1)],
        [
          script.at(before + hole + held, { pending: [rule.id], firing: [] }),
          script.at(before + hole + 1 + held, firing),
        ],
      ),
    )
  if (action !== undefined)
    cases.push(
      script.case(
        ['fire'],
        'reaches the action level',
        [...well, ...script.readings(before, take(action, held + 1))],
        [script.at(fired, { ...firing, action: [rule.id] })],
      ),
    )
  return cases
}

/** How much steeper than its limit a slope is that surely fires, and one that surely does not. */
const steep = 1.5
const gentle = 0.5

export function rateCases(
  script: Script,
  condition: Extract<Condition, { kind: 'rate' }>,
  healthy: SeriesSamples,
): Case[] {
  const { rule } = script
  const limit = condition.limits.warning ?? condition.limits.action ?? 0
  const perInterval = ((condition.direction === 'rising' ? 1 : -1) * limit * script.intervalMs) / condition.perMs
  const flat = script.intervals(condition.overMs)
  // By then the whole window has the slope, and it has held.
  const fired = flat + script.intervals(condition.overMs) + script.intervals(rule.forMs) + 1
  const [base = 0] = healthy
  const ramp = (from: number, to: number, share: number, told?: Told) =>
    script.readings(
      from,
      Array.from({ length: to - from }, (_, index) => base + Math.max(0, from + index - flat) * perInterval * share),
      told,
    )
  const over = script.intervals(condition.overMs) + script.intervals(rule.recoverMs)
  const top = base + (fired - flat) * perInterval * steep
  return [
    script.case(
      ['fire'],
      'fires when it holds, and recovers',
      [...ramp(0, fired + 1, steep), ...script.readings(fired + 1, take([top], over + 2))],
      [script.at(flat - 1, none), script.at(fired, { firing: [rule.id] }), script.at(fired + over + 2, none)],
    ),
    script.case(['no-fire'], 'does not fire for less', ramp(0, fired + 1, gentle), [script.at(fired, none)]),
    script.case(
      ['gap'],
      'does not draw a line across a gap',
      [...ramp(0, flat, steep), ...ramp(flat + over + 1, flat + over + 3, steep)],
      [script.at(flat + over + 2, none)],
    ),
    script.case(
      ['late'],
      'judges late readings at their own time',
      [
        ...ramp(0, flat, steep),
        ...ramp(flat, fired, steep, { arrivesMs: (fired + 1) * script.intervalMs }),
        ...ramp(fired, fired + 1, steep),
      ],
      [script.at(fired, { firing: [] }), script.at(fired + 1, { firing: [rule.id] })],
    ),
    script.case(
      ['sensor-trouble'],
      "does not take a sensor's trouble for the asset's",
      [...ramp(0, flat, steep), ...ramp(flat, fired + 1, steep, { quality: 'out-of-range' })],
      [script.at(fired, none)],
    ),
  ]
}
