import { describe, expect, test } from '@jest/globals'
import type { Criticality } from '../../city/index.ts'
import { severities } from '../../rules/index.ts'
import { bandOf, dueAfter, type PriorityGrounds, priorityOf } from '../../tickets/priority.ts'
import { fc } from '../support/fast-check.ts'
import { day, hour, noon } from './small-town.ts'

const criticalities: readonly Criticality[] = [1, 2, 3, 4, 5]
const grounds = fc.record({
  severity: fc.constantFrom(...severities),
  criticality: fc.constantFrom(...criticalities),
  level: fc.constantFrom('warning' as const, 'action' as const, undefined),
  relapses: fc.nat(5),
  earlier: fc.nat(5),
  dependents: fc.nat(1_000),
  waitedMs: fc.nat(30 * day),
})
const plain: PriorityGrounds = {
  severity: 'major',
  criticality: 4,
  level: 'warning',
  relapses: 0,
  earlier: 0,
  dependents: 0,
  waitedMs: 0,
}

describe('priorityOf', () => {
  test('names its factors with points and a sentence each', () => {
    const priority = priorityOf({ ...plain, level: 'action', relapses: 1, dependents: 2, waitedMs: 3 * day })
    expect(priority).toEqual({
      score: 69,
      band: 'high',
      factors: [
        { name: 'severity', points: 25, because: 'The trouble is rated major.' },
        {
          name: 'criticality',
          points: 19,
          because: 'Criticality 4 of 5. Many people would be without an important service.',
        },
        { name: 'how soon', points: 15, because: 'The action limit is passed already.' },
        { name: 'came back', points: 5, because: 'It came back once after work was done.' },
        { name: 'dependents', points: 2, because: '2 other assets depend on it.' },
        { name: 'waiting', points: 3, because: 'It has waited for 3 days.' },
      ],
    })
  })

  test.each<[Partial<PriorityGrounds>, string]>([
    [{ severity: 'critical', criticality: 5, level: 'action' }, 'urgent'],
    [{ severity: 'critical', criticality: 5, level: undefined }, 'urgent'],
    [{ severity: 'major', criticality: 4, level: 'action' }, 'high'],
    [{ severity: 'major', criticality: 3 }, 'medium'],
    [{ severity: 'minor', criticality: 5, level: 'action' }, 'medium'],
    [{ severity: 'minor', criticality: 3 }, 'low'],
  ])('%j is %s', (some, band) => {
    expect(priorityOf({ ...plain, ...some }).band).toBe(band)
  })

  test('is the sum of its points, from 0 to 100', () => {
    fc.assert(
      fc.property(grounds, (some) => {
        const { score, band, factors } = priorityOf(some)
        expect(score).toBe(factors.reduce((sum, { points }) => sum + points, 0))
        expect(score >= 0 && score <= 100 && band === bandOf(score)).toBe(true)
        expect(factors.every(({ points, because }) => points > 0 && because.endsWith('.'))).toBe(true)
      }),
    )
  })

  test.each<[keyof PriorityGrounds, (some: PriorityGrounds) => PriorityGrounds]>([
    ['severity', (some) => ({ ...some, severity: severities[severities.indexOf(some.severity) + 1] ?? 'critical' })],
    ['criticality', (some) => ({ ...some, criticality: criticalities[some.criticality] ?? 5 })],
    ['level', (some) => ({ ...some, level: some.level === 'warning' ? 'action' : some.level })],
    ['relapses', (some) => ({ ...some, relapses: some.relapses + 1 })],
    ['earlier', (some) => ({ ...some, earlier: some.earlier + 1 })],
    ['dependents', (some) => ({ ...some, dependents: some.dependents + 1 })],
    ['waitedMs', (some) => ({ ...some, waitedMs: some.waitedMs + 5 * hour })],
  ])('more %s never means less priority', (_ground, more) => {
    fc.assert(fc.property(grounds, (some) => priorityOf(more(some)).score >= priorityOf(some).score))
  })

  test('a higher score is never due later', () => {
    fc.assert(
      fc.property(fc.nat(100), fc.nat(100), (a, b) => {
        const [low, high] = a < b ? [a, b] : [b, a]
        return dueAfter(bandOf(high), noon) <= dueAfter(bandOf(low), noon)
      }),
    )
  })

  test('the bands are due after 4 hours, a day, a week, four weeks', () => {
    const after = (['urgent', 'high', 'medium', 'low'] as const).map((band) => dueAfter(band, noon) - noon)
    expect(after).toEqual([4 * hour, day, 7 * day, 28 * day])
  })
})
