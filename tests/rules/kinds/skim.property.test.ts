import { expect, test } from '@jest/globals'
import { libraryClasses } from '../../../city/index.ts'
import type { CompiledRule } from '../../../rules/engine/compiled-rule.ts'
import { beginFold } from '../../../rules/engine/sensor-plan.ts'
import { compileRule } from '../../../rules/kinds/kinds.ts'
import { fc } from '../../support/fast-check.ts'
import { seeded } from '../../support/randomness.ts'
import { readRules } from '../read-rules.ts'
import { minute, start } from '../support.ts'

/** The law: a fold that skims over what changes nothing ends, row by row, where the same fold ends that does not. */
const whens: Readonly<Record<string, string>> = {
  above: '{ quantity: flow, above: { warning: 210, action: 230 }, hysteresis: 3 }',
  below: '{ quantity: flow, below: 150 }',
  stuck: '{ quantity: flow, stuck for: 15m, within: 0.5 }',
  'stuck, with a rest': '{ quantity: flow, stuck for: 15m, within: 0.5, rests at: 0 }',
  spikes: '{ quantity: flow, spikes: { warning: 2, action: 4 }, over: 1h }',
  impossible: '{ quantity: flow, impossible for: 10m }',
}

function foldOf(when: string): CompiledRule {
  const isTwo = when.includes('action:')
  const [rule] = readRules(
    `rules:
  - id: tried
    title: tried
    class: drinking-water-pump
    failure mode: bearing-wear
    severity: ${isTwo ? '{ warning: minor, action: major }' : 'minor'}
    when: ${when}
    recover after: 4m
    watch: 1h
    advice: Look.
    source: a test
`,
    libraryClasses(),
  )
  const quantity = libraryClasses()
    .find(({ id }) => id === 'drinking-water-pump')
    ?.quantities.find(({ id }) => id === 'flow')
  if (rule === undefined || quantity === undefined) throw new Error('no flow of a pump')
  const fold = compileRule(rule, { quantity, inputs: [quantity], timeZone: 'Europe/Berlin', place: undefined })
  if (fold === undefined) throw new Error('no fold')
  return fold
}

/** A pump that runs, stops, sticks, shakes and is impossible for a while; a day first, from which what is usual is learnt. */
function rowsOf(seed: number): { ats: Float64Array; values: Float64Array } {
  const random = seeded(seed)
  const count = 1_500 + Math.floor(random() * 600)
  const ats = new Float64Array(count)
  const values = new Float64Array(count)
  let mood = 0
  let at = start
  for (let row = 0; row < count; row++) {
    if (row > 1_445 && random() < 0.05) mood = Math.floor(random() * 7)
    at += mood === 1 && random() < 0.2 ? 40 * minute : minute
    ats[row] = at
    const usual = 200 + random() * 5
    values[row] = mood === 2 ? 0 : mood === 3 ? 205 : mood === 4 ? -900 : mood === 5 && random() < 0.1 ? 280 : usual
  }
  return { ats, values }
}

function stateOf(fold: CompiledRule): Float64Array {
  const state = new Float64Array(fold.width)
  beginFold(fold, state, 0)
  return state
}

function isSame(one: Float64Array, other: Float64Array): boolean {
  return one.every((number, place) => Object.is(number, other[place]))
}

test.each(Object.entries(whens))('%s', (_, when) => {
  const fold = foldOf(when)
  const { skim } = fold
  if (skim === undefined) throw new Error('nothing to try')
  let skipped = 0
  let changes = 0
  fc.assert(
    fc.property(fc.nat(), fc.integer({ min: 1, max: 400 }), (seed, stride) => {
      const { ats, values } = rowsOf(seed)
      const slow = stateOf(fold)
      const fast = stateOf(fold)
      let reached = 0
      for (let row = 0; row < ats.length; row++) {
        if (row === reached) {
          reached = skim(fast, 0, ats, values, row, Math.min(ats.length, row + stride))
          skipped += reached - row
        }
        const moved = fold.step(slow, 0, ats[row] as number, values[row] as number, 0, true)
        if (moved) changes++
        if (row === reached) {
          expect(fold.step(fast, 0, ats[row] as number, values[row] as number, 0, true)).toBe(moved)
          reached++
        } else if (moved) throw new Error(`skimmed over a change at row ${row}`)
        if (row === reached - 1) expect(isSame(fast, slow)).toBe(true)
      }
    }),
    { numRuns: 20 },
  )
  expect(skipped).toBeGreaterThan(0)
  expect(changes).toBeGreaterThan(0)
})
