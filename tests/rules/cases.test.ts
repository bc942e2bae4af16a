import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { FileFaults, libraryClasses } from '../../city/index.ts'
import { parseSeries } from '../../rules/cases/notation.ts'
import { libraryRuleFiles, proofs, readRuleFiles, testRules } from '../../rules/index.ts'
import { temporaryFolder } from '../support/files.ts'

const folder = join(import.meta.dirname, '..', 'cases')
const files = readdirSync(folder).filter((name) => name.endsWith('.json'))
const rules = readRuleFiles(libraryRuleFiles(), libraryClasses())
const results = files.map((name) => ({ name, results: testRules([join(folder, name)], rules, libraryClasses()) }))

describe('the cases', () => {
  test.each(results)('$name holds', ({ results: played }) => {
    expect(played.filter(({ passed }) => !passed)).toEqual([])
    expect(played.length).toBeGreaterThan(0)
  })

  test('every rule of the library has cases that hold for firing, not firing, a gap, late data and sensor trouble', () => {
    const held = new Set(
      results
        .flatMap((each) => each.results)
        .filter(({ passed }) => passed)
        .flatMap((result) => result.rules.flatMap((rule) => result.proves.map((proof) => `${rule} ${proof}`))),
    )
    const missing = rules.flatMap(({ id }) =>
      proofs.filter((proof) => !held.has(`${id} ${proof}`)).map((proof) => `${id}: ${proof}`),
    )
    expect(missing).toEqual([])
  })

  test('a case that does not hold says what was found', () => {
    const impatient = rules.map((rule) => (rule.id === 'pump-vibration-high' ? { ...rule, forMs: 0 } : rule))
    const [first] = testRules([join(folder, 'judging.json')], impatient, libraryClasses())
    expect(first?.passed).toBe(false)
    expect(first?.failures[0]).toEqual({
      atMs: 4 * 60_000,
      state: 'pending',
      expected: ['pump-vibration-high'],
      found: [],
    })
  })
})

describe('a file of cases', () => {
  const files = temporaryFolder()
  let written = 0
  const file = (content: unknown) => {
    written++
    const path = join(files, `cases-${written}.json`)
    writeFileSync(path, JSON.stringify(content))
    return path
  }
  const strain = {
    name: 'vibration above the limit for ten minutes asks for one ticket, a gap does not close it',
    class: 'drinking-water-pump',
    rules: ['pump-vibration-high'],
    every: '1m',
    readings: { 'pump-7/vibration': '2.1x3 5.2x10 _ _ 5.2x10 2.1x60' },
    expect: [
      { at: '5m', pending: ['pump-vibration-high'], tickets: 0 },
      { at: '14m', firing: ['pump-vibration-high'], tickets: 1 },
      { at: '20m', firing: ['pump-vibration-high'], tickets: 1 },
      { at: '80m', firing: [], tickets: 0 },
    ],
  }
  const play = (content: unknown, city?: Parameters<typeof testRules>[3]) =>
    testRules([file(content)], rules, libraryClasses(), city)
  const faultsOf = (content: unknown): string[] => {
    try {
      play(content)
    } catch (error) {
      if (error instanceof FileFaults) return error.faults.map(({ message }) => message)
      throw error
    }
    return []
  }

  test('may be one case alone, or a bare list of them', () => {
    expect(play(strain)).toMatchObject([{ passed: true, failures: [] }])
    expect(play([strain, strain])).toMatchObject([{ passed: true }, { passed: true }])
  })

  test('counts the tickets that are asked for: one an asset and failure mode', () => {
    const twoRules = {
      ...strain,
      rules: ['pump-vibration-high', 'pump-vibration-raised'],
      readings: { 'pump-7/vibration': '5.2x150' },
      expect: [{ at: '140m', tickets: 1 }],
    }
    expect(play(twoRules)).toMatchObject([{ passed: true }])
    const [wrong] = play({ ...twoRules, expect: [{ at: '140m', tickets: 2 }] })
    expect(wrong?.failures).toEqual([{ atMs: 140 * 60_000, state: 'tickets', expected: ['2'], found: ['1'] }])
  })

  test('names what nobody knows, and what was probably meant', () => {
    expect(faultsOf({ ...strain, readings: { 'pump-7/vibratoin': '2' } })).toEqual([
      expect.stringContaining('no sensor "pump-7/vibratoin"; did you mean "pump-7/vibration"?'),
    ])
    expect(faultsOf({ ...strain, rules: ['pump-vibration-hihg'] })).toEqual([
      expect.stringContaining('no rule "pump-vibration-hihg"; did you mean "pump-vibration-high"?'),
    ])
    expect(faultsOf({ ...strain, class: 'pump' })).toEqual([expect.stringContaining('no asset class "pump"')])
    expect(faultsOf({ ...strain, class: undefined })).toEqual([expect.stringContaining('missing "class"')])
  })

  test('tells where it is wrong, as a whole file, a bare list or one case alone', () => {
    const placesIn = (text: string) => {
      const path = file({})
      writeFileSync(path, text)
      try {
        testRules([path], rules, libraryClasses())
      } catch (error) {
        if (error instanceof FileFaults)
          return error.faults.map((fault) => `${fault.line}:${fault.column} ${fault.message}`)
      }
      return []
    }
    const one = `{ "name": "one",
  "class": "drinking-water-pump", "every": "1m",
  "readings": { "pump-7/vibration": "2x3 5y2" },
  "expect": [{ "at": "soon" }, { "at": "5m",
    "fireing": [] }] }`
    const places = (text: string) => placesIn(text).map((fault) => fault.split(' ')[0])
    expect(placesIn(one)).toEqual([
      '3:37 readings / pump-7/vibration: "5y2": expected a number, a+bxn, axn, _ or _xn',
      '4:22 expect / at: "soon": expected a duration like 10m',
      '5:5 unknown key "fireing"',
    ])
    expect(places(`[\n${one}]`)).toEqual(['4:37', '5:22', '6:5'])
    expect(places(`{ "cases": [\n${one}] }`)).toEqual(['4:37', '5:22', '6:5'])
    expect(places('{ "cases": [\n  {')).toEqual(['2:4'])
    expect(placesIn('{ "cases": [ oops ] }')).toEqual([expect.stringContaining('oops')])
  })

  test('a city of its own gives assets their class and place, and the clock its zone', () => {
    const city = {
      name: 'Pole',
      timeZone: 'Europe/Oslo',
      classes: libraryClasses(),
      assets: [
        {
          id: 'lamps-1',
          name: 'Lamps',
          class: 'streetlight-circuit',
          criticality: 3 as const,
          place: { latitude: 85, longitude: 20 },
          relations: [],
        },
      ],
      crews: [],
      mapLayers: [],
    }
    const burns = {
      name: 'burns in the midnight sun',
      rules: ['light-burns-by-day', 'light-stays-dark'],
      begins: '2026-06-21T00:00:00Z',
      every: '5m',
      readings: { 'lamps-1/power': '4x30', 'lamps-1/current': '12x30' },
      expect: [{ at: '2h', firing: ['light-burns-by-day'] }],
    }
    expect(play([burns], city)).toMatchObject([{ passed: true, failures: [] }])
    const winter = { ...burns, begins: '2026-12-21T00:00:00Z', expect: [{ at: '2h', firing: [], pending: [] }] }
    expect(play([winter], city)).toMatchObject([{ passed: true, failures: [] }])
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
