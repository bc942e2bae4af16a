import { describe, expect, test } from '@jest/globals'
import { libraryClasses, type SensorId } from '../../../city/index.ts'
import type { Reading } from '../../../ingest/index.ts'
import { caseCity } from '../../../rules/cases/case-city.ts'
import { forgetfulBook } from '../../../rules/forgetful-book.ts'
import { RuleEngine } from '../../../rules/index.ts'
import { readRules } from '../read-rules.ts'
import { minute, start } from '../support.ts'

const rule = (id: string, mode: string, when: string) => `  - id: ${id}
    title: ${id}
    class: drinking-water-pump
    failure mode: ${mode}
    severity: minor
    when: ${when}
    watch: 1h
    advice: Look.
    source: a test
`
const efficiency = rule(
  'efficiency',
  'impeller-wear',
  '{ formula: pressure * flow / power, called: efficiency, below: 0.5 }',
)
const stuckFlow = rule('flow-stuck', 'sensor-fault', '{ quantity: flow, stuck for: 15m, within: 0.5 }')

const city = caseCity([{ id: 'pump-1', class: 'drinking-water-pump' }], libraryClasses())

/** After 20 minutes the flow meter stands still; after 60 the pump delivers twice the pressure for twice the power, unseen by it. */
function* minutes(): Generator<Reading> {
  for (let index = 0; index < 120; index++) {
    const isStuck = index >= 20
    const values = { pressure: 5, flow: isStuck ? 200 : 200 + (index % 5), power: index < 60 ? 50 : 80 }
    for (const [quantity, value] of Object.entries(values)) {
      const at = start + index * minute
      yield { sensor: `pump-1/${quantity}` as SensorId, observedAt: at, receivedAt: at, value, quality: 'good' }
    }
  }
}

function firingWith(text: string): string[] {
  const engine = new RuleEngine({
    registry: city,
    rules: readRules(`rules:\n${text}`, libraryClasses()),
    states: forgetfulBook,
    log: { error: () => undefined },
  })
  const fired = new Set<string>()
  for (const reading of minutes())
    for (const { alarm } of engine.judge([reading], reading.receivedAt))
      if (alarm.state === 'firing') fired.add(alarm.rule.id)
  return [...fired]
}

describe('a joint rule and a sensor in trouble', () => {
  test('what a rule about the sensor finds keeps its readings out of the formula', () => {
    expect(firingWith(efficiency + stuckFlow)).toEqual(['flow-stuck'])
  })
  test('without such a rule the same readings make it fire', () => {
    expect(firingWith(efficiency)).toEqual(['efficiency'])
  })
})
