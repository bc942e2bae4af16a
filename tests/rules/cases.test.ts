import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { libraryClasses } from '../../city/index.ts'
import { parseSeries } from '../../rules/cases/notation.ts'
import { libraryRuleFiles, readRuleFiles, testRules } from '../../rules/index.ts'

const folder = join(import.meta.dirname, '..', 'cases')
const files = readdirSync(folder).filter((name) => name.endsWith('.json'))
const rules = readRuleFiles(libraryRuleFiles(), libraryClasses())
const results = files.map((name) => ({ name, results: testRules([join(folder, name)], rules, libraryClasses()) }))

describe('the cases', () => {
  test.each(results)('$name holds', ({ results: played }) => {
    expect(played.filter(({ passed }) => !passed)).toEqual([])
    expect(played.length).toBeGreaterThan(0)
  })

  test('every rule of the library has cases for firing, not firing, a gap, late data and sensor trouble', () => {
    const played = new Map<string, number>()
    for (const { name } of results.flatMap((each) => each.results)) {
      const rule = name.split(': ')[0] ?? ''
      played.set(rule, (played.get(rule) ?? 0) + 1)
    }
    expect(rules.filter(({ id }) => (played.get(id) ?? 0) < 4).map(({ id }) => id)).toEqual([])
  })

  test('a case that does not hold says what was found', () => {
    const [first] = testRules([join(folder, 'judging.json')], [], libraryClasses())
    expect(first?.passed).toBe(false)
    expect(first?.failures[0]).toEqual({
      atMs: 4 * 60_000,
      state: 'pending',
      expected: ['pump-vibration-high'],
      found: [],
    })
  })
})

describe('parseSeries', () => {
  test("reads promtool's notation", () => {
    expect(parseSeries('0.4x3 1.2 _ _x2 1+0.1x2 5-2x1')).toEqual([
      0.4,
      0.4,
      0.4,
      0.4,
      1.2,
      undefined,
      undefined,
      undefined,
      1,
      1.1,
      1.2,
      5,
      3,
    ])
    expect(parseSeries('  ')).toEqual([])
    expect(parseSeries('-3 1e3')).toEqual([-3, 1000])
  })

  test.each(['x3', '1+x3', 'high', '1 x 3', '1x9999999'])('refuses %j', (text) => {
    expect(() => parseSeries(text)).toThrow(SyntaxError)
  })
})
