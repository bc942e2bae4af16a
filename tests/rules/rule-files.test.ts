import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { FileFaults, libraryClasses } from '../../city/index.ts'
import { libraryRuleFiles, readRuleFiles } from '../../rules/index.ts'
import { temporaryFolder } from '../support/files.ts'

const folder = temporaryFolder()
let files = 0

function written(text: string): string {
  files++
  const path = join(folder, `rules-${files}.yaml`)
  writeFileSync(path, text)
  return path
}

const read = (...texts: string[]) => readRuleFiles(texts.map(written), libraryClasses())

function faultsOf(...texts: string[]): string[] {
  try {
    read(...texts)
  } catch (error) {
    if (error instanceof FileFaults)
      return error.faults.map(({ line, column, message }) => `${line}:${column} ${message}`)
    throw error
  }
  return []
}

const good = `rules:
  # The first thing to look at.
  - id: vibration
    title: Vibration too high
    class: drinking-water-pump
    failure mode: bearing-wear
    severity: { warning: moderate, action: major }
    when: { quantity: vibration, above: { warning: 4.5 mm/s, action: 7.1 }, hysteresis: 0.3 }
    for: 10m
    recover after: 30m
    watch: 24h
    advice: Check the drive-end bearing first.
    source: ISO 10816-3
`
const changed = (from: string, to: string) => good.replace(from, to)

describe('readRuleFiles', () => {
  test('reads a rule and keeps its text', () => {
    const [rule] = read(good)
    expect(rule).toMatchObject({
      id: 'vibration',
      failureMode: 'bearing-wear',
      severity: { warning: 'moderate', action: 'major' },
      condition: {
        kind: 'threshold',
        quantity: 'vibration',
        direction: 'above',
        limits: { warning: 4.5, action: 7.1 },
        hysteresis: 0.3,
      },
      forMs: 600_000,
      recoverMs: 1_800_000,
      watchMs: 86_400_000,
    })
    expect(rule?.text.split('\n').slice(0, 2)).toEqual(['id: vibration', 'title: Vibration too high'])
  })

  test('the version is that of the meaning, not of the layout', () => {
    const [first] = read(good)
    const [laidOut] = read(good.replace('4.5 mm/s', '4.50').replace('# The first', '# The very first'))
    const [stricter] = read(changed('4.5 mm/s', '4.4'))
    expect(first?.version).toMatch(/^[0-9a-f]{12}$/)
    expect(laidOut?.version).toBe(first?.version)
    expect(stricter?.version).not.toBe(first?.version)
  })

  test('reads slopes, silence and stuck', () => {
    const when = 'when: { quantity: vibration, above: { warning: 4.5 mm/s, action: 7.1 }, hysteresis: 0.3 }'
    const rate = changed(
      when,
      'when: { quantity: vibration, rises faster than: { warning: 2 per 1h, action: 96 mm/s per 1d }, over: 30m }',
    )
    expect(read(rate)[0]?.condition).toEqual({
      kind: 'rate',
      quantity: 'vibration',
      direction: 'rising',
      limits: { warning: 2, action: 4 },
      perMs: 3_600_000,
      overMs: 1_800_000,
      hysteresis: 0,
    })
    const silent = changed(
      when,
      'when: { quantity: vibration, silent for: { warning: 5 intervals, action: 60 intervals } }',
    )
    expect(read(silent)[0]?.condition).toEqual({
      kind: 'silence',
      quantity: 'vibration',
      intervals: { warning: 5, action: 60 },
    })
    const stuck = changed(when, 'when: { quantity: vibration, stuck for: 6h, within: 0.01 }').replace(
      'severity: { warning: moderate, action: major }',
      'severity: minor',
    )
    expect(read(stuck)[0]?.condition).toEqual({
      kind: 'stuck',
      quantity: 'vibration',
      tolerance: 0.01,
      forMs: 21_600_000,
    })
  })

  test('one rule per quantity where several are named', () => {
    const both = changed('quantity: vibration,', 'quantity: [vibration, pressure],').replace('4.5 mm/s', '4.5')
    expect(read(both).map(({ id, condition }) => `${id} ${condition.quantity}`)).toEqual([
      'vibration-vibration vibration',
      'vibration-pressure pressure',
    ])
  })

  test('every fault of every file is told at once, with its place and what was probably meant', () => {
    const second = changed('class: drinking-water-pump', 'class: drinking-water-pumpp').replace(
      'id: vibration',
      'id: other',
    )
    const third = good
      .replace('id: vibration', 'id: third')
      .replace('recover after', 'recover aftr')
      .replace('for: 10m', 'for: 10')
    expect(faultsOf(changed('bearing-wear', 'bearing-waer'), second, third)).toEqual([
      '6:19 class "drinking-water-pump" has no failure mode "bearing-waer"; did you mean "bearing-wear"?',
      '5:12 no asset class "drinking-water-pumpp"; did you mean "drinking-water-pump"?',
      '9:10 for: 10: expected a duration like 10m, 6h or 7d',
      '10:5 unknown key "recover aftr"; did you mean "recover after"?',
    ])
  })

  test('what stands beside a fault is told in the same run, and nothing that only follows from it', () => {
    const text = changed('id: vibration', 'id: Vibration!')
      .replace('bearing-wear', 'bearing-waer')
      .replace('action: 7.1', 'action: 7.1 bar')
      .replace('watch: 24h', 'watch: soon')
    expect(faultsOf(text)).toEqual([
      '3:9 id: "Vibration!": expected lower-case letters, digits and single hyphens',
      '6:19 class "drinking-water-pump" has no failure mode "bearing-waer"; did you mean "bearing-wear"?',
      '8:70 "7.1 bar": expected the unit mm/s, which the quantity has',
      '11:12 watch: "soon": expected a duration like 10m, 6h or 7d',
    ])
    expect(faultsOf(changed('severity: { warning: moderate, action: major }', 'severity: awful'))).toHaveLength(1)
    expect(faultsOf(changed('class: drinking-water-pump', 'class: [pump]'))).toHaveLength(1)
    expect(faultsOf(changed('    failure mode: bearing-wear\n', ''))).toHaveLength(1)
    expect(faultsOf('rules: [5]')).toHaveLength(1)
  })

  test.each([
    [
      'quantity: vibration',
      'quantity: [vibration, vibration]',
      '"vibration" a second time: expected each quantity once',
    ],
    ['quantity: vibration', 'quantity: vibratoin', 'has no quantity "vibratoin"; did you mean "vibration"?'],
    ['4.5 mm/s', '4.5 bar', '"4.5 bar": expected the unit mm/s, which the quantity has'],
    ['action: 7.1', 'action: 4.4', '4.4: expected higher than the warning limit 4.5'],
    ['action: 7.1', 'action: 70', '70 mm/s: expected inside what is possible, 0 to 50'],
    ['hysteresis: 0.3', 'hysteresis: 5', 'so it would never recover'],
    ['hysteresis: 0.3', 'hysteresis: -1', '-1: expected zero or more'],
    ['hysteresis: 0.3', 'over: 5m', '"over" means nothing with "above"'],
    ['above: {', 'abov: {', 'unknown key "abov"; did you mean "above"?'],
    [', hysteresis: 0.3', ', below: 1', 'expected only one of them; write two rules'],
    ['{ warning: moderate, action: major }', 'moderate', 'no severity for "action", which the condition has'],
    ['{ warning: moderate, action: major }', 'awful', 'expected one of minor, moderate, major, critical'],
    [', action: 7.1', '', 'a severity for "action", which the condition does not have'],
    ['    source: ISO 10816-3\n', '', 'source: missing: expected where the limits come from'],
    ['watch: 24h', 'watch: soon', '"soon": expected a duration'],
    ['id: vibration', 'id: Vibration!', 'expected lower-case letters, digits and single hyphens'],
    [
      'above: { warning: 4.5 mm/s, action: 7.1 }, hysteresis: 0.3',
      'rises faster than: 2, over: 1h',
      '"2": expected a rate like "2 per 1h"',
    ],
    [
      'above: { warning: 4.5 mm/s, action: 7.1 }, hysteresis: 0.3',
      'rises faster than: 2 per 1h, over: 2m',
      'expected at least 4m, 4 intervals of the sensor',
    ],
    ['above: { warning: 4.5 mm/s, action: 7.1 }, hysteresis: 0.3', 'rises faster than: 2 per 1h', 'missing "over"'],
    [
      'above: { warning: 4.5 mm/s, action: 7.1 }, hysteresis: 0.3',
      'silent for: 1 interval',
      '1: expected at least 2 intervals',
    ],
    [
      'above: { warning: 4.5 mm/s, action: 7.1 }, hysteresis: 0.3',
      'silent for: 5m',
      '"5m": expected a number of the sensor',
    ],
    [
      'above: { warning: 4.5 mm/s, action: 7.1 }, hysteresis: 0.3',
      'stuck for: 5m',
      'expected at least 10m, 10 intervals',
    ],
    [
      'above: { warning: 4.5 mm/s, action: 7.1 }, hysteresis: 0.3',
      'hysteresis: 1',
      'no condition: expected one of above, below',
    ],
  ])('%j written as %j: %s', (from, to, message) => {
    expect(faultsOf(changed(from, to)).join('\n')).toContain(message)
  })

  test('an id that is taken already is a fault, wherever the other one stands', () => {
    expect(faultsOf(good, good)[0]).toMatch(/^3:9 rule id "vibration" is taken already, in .*: expected another id$/)
  })

  test('a rule with the id of one of the library replaces it', () => {
    const own = written(changed('id: vibration', 'id: pump-vibration-high'))
    const rules = readRuleFiles([...libraryRuleFiles(), own], libraryClasses())
    expect(rules.filter(({ id }) => id === 'pump-vibration-high').map(({ advice }) => advice)).toEqual([
      'Check the drive-end bearing first.',
    ])
  })

  test('YAML that cannot be read and files that are not there are faults like any other', () => {
    expect(faultsOf('rules: [')[0]).toMatch(/^1:/)
    expect(faultsOf('rule: []').join()).toContain('unknown key "rule"; did you mean "rules"?')
    expect(() => readRuleFiles([join(folder, 'nowhere.yaml')], libraryClasses())).toThrow(
      /nowhere\.yaml: cannot be read/,
    )
  })
})

describe('the library', () => {
  const rules = readRuleFiles(libraryRuleFiles(), libraryClasses())

  test('reaches every failure mode of every class', () => {
    const missing = libraryClasses().flatMap((assetClass) =>
      assetClass.failureModes
        .filter((mode) => !rules.some((rule) => rule.class === assetClass.id && rule.failureMode === mode.id))
        .map((mode) => `${assetClass.id} ${mode.id}`),
    )
    expect(missing).toEqual([])
  })

  test('hears the silence of every sensor', () => {
    const silent = new Set(
      rules
        .filter(({ condition }) => condition.kind === 'silence')
        .map((rule) => `${rule.class}/${rule.condition.quantity}`),
    )
    const unheard = libraryClasses().flatMap((assetClass) =>
      assetClass.quantities.map(({ id }) => `${assetClass.id}/${id}`).filter((sensor) => !silent.has(sensor)),
    )
    expect(unheard).toEqual([])
  })

  test('a gateway is missed before what reports through it', () => {
    const missedAfter = (assetClass: string) =>
      rules.flatMap(({ class: of, condition, failureMode }) => {
        if (of !== assetClass || condition.kind !== 'silence' || (of === 'gateway' && failureMode === 'sensor-fault'))
          return []
        const quantity = libraryClasses()
          .find(({ id }) => id === of)
          ?.quantities.find(({ id }) => id === condition.quantity)
        return [(condition.intervals.warning ?? 0) * (quantity?.expectedIntervalMs ?? 0)]
      })
    expect(Math.max(...missedAfter('gateway'))).toBeLessThan(Math.min(...missedAfter('sewer-chamber')))
  })
})
