import { describe, expect, test } from '@jest/globals'
import { type AssetClass, FileFaults, libraryClasses, sensorId } from '../../../city/index.ts'
import type { Reading } from '../../../ingest/index.ts'
import { caseCity } from '../../../rules/cases/case-city.ts'
import { anomalyTerms } from '../../../rules/detection/anomaly/index.ts'
import { forgetfulBook } from '../../../rules/forgetful-book.ts'
import { type AlarmEvent, RuleEngine } from '../../../rules/index.ts'
import { localOffset } from '../../../rules/kinds/unusual/day-offset.ts'
import { packMeasured, unpackMeasured } from '../../../rules/kinds/unusual/surprise-measured.ts'
import { fc } from '../../support/fast-check.ts'
import { seeded } from '../../support/randomness.ts'
import { readRules } from '../read-rules.ts'
import { hour, minute, start } from '../support.ts'

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined }
const classes: readonly AssetClass[] = libraryClasses()

const ruleText = (when: string) => `rules:
  - id: strange
    title: Unlike itself
    class: drinking-water-pump
    failure mode: bearing-wear
    severity: ${when.includes('action') ? '{ warning: minor, action: moderate }' : 'minor'}
    when: ${when}
    recover after: 6h
    watch: 1d
    advice: Look.
    source: a test
`

const pumps = caseCity([{ id: 'pump-1', class: 'drinking-water-pump' }], classes)
const interval = 5 * minute

/** Ten days of a day's wave; `odd` changes what it measures from the eighth day on. */
function readingsOf(quantity: string, odd: (since: number, value: number) => number, seed = 1): Reading[] {
  const random = seeded(seed)
  return Array.from({ length: (10 * 24 * hour) / interval }, (_, index): Reading => {
    const observedAt = start + index * interval
    const since = observedAt - start - 8 * 24 * hour
    const value = 4 + Math.sin((2 * Math.PI * observedAt) / (24 * hour)) + 0.1 * (random() + random() - 1)
    const measured = since >= 0 ? odd(since, value) : value
    return {
      sensor: sensorId('pump-1', quantity),
      observedAt,
      receivedAt: observedAt,
      value: measured,
      quality: 'good',
    }
  })
}

function judged(when: string, readings: readonly Reading[]): AlarmEvent[] {
  const engine = new RuleEngine({
    registry: pumps,
    rules: readRules(ruleText(when), classes),
    states: forgetfulBook,
    log: silent,
  })
  const sorted = [...readings].sort((one, other) => one.observedAt - other.observedAt)
  return sorted.flatMap((reading) => engine.judge([reading], reading.observedAt))
}

const said = (events: readonly AlarmEvent[]) => events.map(({ alarm, reason }) => `${alarm.state}: ${reason}`)

const spike = (since: number, value: number) => (since < interval ? value + 3.4 : value)

describe('a reading unlike the past of its sensor', () => {
  test('fires, says which term spoke and how rare it is, and recovers', () => {
    const events = judged('{ quantity: vibration, unusual: 4 }', readingsOf('vibration', spike))
    const [first, ...rest] = said(events)
    expect(first).toMatch(/^firing: vibration 7\.\d+ mm\/s: [a-z ]+, (about 1 in [\d,]+|never seen before)$/)
    expect(rest).toEqual(['recovering: vibration is as usual again', 'inactive: vibration has been as usual for 6 h'])
  })

  test('says nothing before it has learnt', () => {
    const readings = readingsOf('vibration', spike)
    expect(judged('{ quantity: vibration, unusual: 4, learns for: 9d }', readings)).toEqual([])
  })

  test('action needs a rarer one', () => {
    const small = readingsOf('vibration', (since, value) => (since < interval ? value + 0.25 : value))
    const levels = (events: readonly AlarmEvent[]) => events.filter(({ alarm }) => alarm.state === 'firing')
    const [little] = levels(judged('{ quantity: vibration, unusual: { warning: 4, action: 9 } }', small))
    const [much] = levels(
      judged('{ quantity: vibration, unusual: { warning: 4, action: 9 } }', readingsOf('vibration', spike)),
    )
    expect(little?.alarm.level).toBe('warning')
    expect(much?.alarm.level).toBe('action')
  })
})

describe('sensors that have to agree', () => {
  const when = '{ quantity: [vibration, power, flow], unusual: 4, agree: 2, within: 20m }'
  const late = (since: number, value: number) => (since >= 10 * minute && since < 15 * minute ? value + 3.4 : value)
  const never = (_: number, value: number) => value

  test('one alone says nothing', () => {
    const readings = [
      ...readingsOf('vibration', spike, 1),
      ...readingsOf('power', never, 2),
      ...readingsOf('flow', never, 3),
    ]
    expect(judged(when, readings)).toEqual([])
  })

  test('two within the time fire, and the second one is named', () => {
    const readings = [
      ...readingsOf('vibration', spike, 1),
      ...readingsOf('power', late, 2),
      ...readingsOf('flow', never, 3),
    ]
    const [first] = said(judged(when, readings))
    expect(first).toMatch(/^firing: motor power 7\.\d kW: .*; 1 other sensor unusual too within 20 min$/)
  })
})

describe('how it is written', () => {
  const faultsOf = (when: string): string[] => {
    try {
      readRules(ruleText(when), classes)
      return []
    } catch (error) {
      if (error instanceof FileFaults) return error.faults.map(({ message }) => message)
      throw error
    }
  }

  test.each([
    ['{ quantity: vibration, unusual: 2 }', /2: expected a score from 3 to 9/],
    ['{ quantity: vibration, unusual: { warning: 5, action: 4 } }', /4: expected higher than the warning limit 5/],
    ['{ quantity: vibration, unusual: 4, agree: 2 }', /2: expected at most 1/],
    ['{ quantity: [vibration, power], unusual: 4, agree: 2 }', /missing "within"/],
    ['{ quantity: vibration, unusual: 4, within: 20m }', /"within" means nothing/],
    ['{ quantity: vibration, unusual: 4, learns for: 5m }', /5m: expected at least/],
    ['{ quantity: vibration, unusual: 4, range: maybe }', /expected on or off/],
    ['{ quantity: vibration, unusual: 4, agree: 1.5 }', /expected a number of sensors/],
  ])('%s is refused', (when, message) => {
    expect(faultsOf(when).join('\n')).toMatch(message)
  })

  test('a list of quantities that need not agree is one rule for each', () => {
    const rules = readRules(ruleText('{ quantity: [vibration, power], unusual: 4 }'), classes)
    expect(rules.map(({ id }) => id)).toEqual(['strange-vibration', 'strange-power'])
  })
})

describe('what an alarm keeps of it', () => {
  test('is the value to seven digits, and the reason exactly', () => {
    fc.assert(
      fc.property(
        fc.float({ noNaN: true, noDefaultInfinity: true }),
        fc.integer({ min: 300, max: 4_000 }),
        fc.constantFrom(...anomalyTerms),
        fc.integer({ min: 0, max: 1_023 }),
        (value, hundredths, term, input) => {
          const score = hundredths / 100
          const packed = packMeasured(value, score, term, input)
          expect(unpackMeasured(packed)).toEqual({ value, score, term, input })
          expect(unpackMeasured(JSON.parse(JSON.stringify(packed)))).toEqual({ value, score, term, input })
          expect(Math.abs(packed - value)).toBeLessThanOrEqual(Math.abs(value) * 1e-6 + Number.MIN_VALUE * 2 ** 30)
        },
      ),
    )
  })
})

describe('the local clock', () => {
  test('is ahead by what the zone says, on the days of the change too', () => {
    const offset = localOffset('Europe/Vienna')
    expect(offset(Date.UTC(2026, 0, 10))).toBe(hour)
    expect(offset(Date.UTC(2026, 6, 10, 23, 59))).toBe(2 * hour)
    expect(offset(Date.UTC(2026, 2, 29, 0, 59))).toBe(hour)
    expect(offset(Date.UTC(2026, 2, 29, 1, 1))).toBe(2 * hour)
    expect(offset(Date.UTC(2026, 9, 25, 0, 59))).toBe(2 * hour)
    expect(offset(Date.UTC(2026, 9, 25, 1, 1))).toBe(hour)
  })
})
