import { describe, expect, test } from '@jest/globals'
import { Clocks } from '../../ingest/index.ts'
import { noon } from '../support/readings.ts'

const minute = 60_000
const hour = 60 * minute

/** A device heard once a minute; `lagOf` is how old its newest reading is when it comes. */
function heardFor(minutes: number, lagOf: (at: number) => number): ReturnType<Clocks['of']> {
  const clocks = new Clocks()
  for (let at = 0; at < minutes; at++) {
    const receivedAt = noon + at * minute
    clocks.heard('logger', receivedAt - lagOf(at), receivedAt)
  }
  return clocks.of('logger')
}

describe('the clock of a device', () => {
  test('that agrees with ours is not flagged, and its lag is not called a skew', () => {
    expect(heardFor(20, (at) => 300 + (at % 3) * 1_000)).toMatchObject({ flagged: false, skewMs: -300, samples: 8 })
  })

  test('of which nothing was heard is not known', () => {
    expect(new Clocks().of('nobody')).toBeUndefined()
  })

  test('that is ahead is flagged by its first message, with how far', () => {
    expect(heardFor(1, () => -2 * hour)).toMatchObject({ flagged: true, skewMs: 2 * hour, samples: 1 })
    expect(heardFor(1, () => -2 * hour)?.reason).toMatch(/2 h ahead: set it/)
  })

  test('that is ahead by what the quality still allows is not', () => {
    expect(heardFor(10, () => -4 * minute)).toMatchObject({ flagged: false, skewMs: 4 * minute })
  })

  test('is not judged by one reading from the future among good ones', () => {
    expect(heardFor(8, (at) => (at === 5 ? -300 * hour : 1_000))).toMatchObject({ flagged: false })
  })

  test('that was set right is right again within minutes', () => {
    expect(heardFor(16, (at) => (at < 8 ? -3 * hour : 500))).toMatchObject({ flagged: false, skewMs: -500 })
  })

  test('that is steadily behind while it reports live is flagged, and not before five minutes of it', () => {
    const lag = (at: number) => 40 * minute + (at % 2) * 5_000
    expect(heardFor(4, lag)).toMatchObject({ flagged: false, skewMs: 0 })
    expect(heardFor(5, lag)).toMatchObject({ flagged: true, skewMs: -40 * minute })
    expect(heardFor(5, lag)?.reason).toMatch(/40 min old whenever they come/)
  })

  test('is not called behind for a back-log: a day that is sent in ten minutes, or one big upload every two hours', () => {
    expect(heardFor(9, (at) => (9 - at) * 2 * hour)).toMatchObject({ flagged: false, skewMs: 0 })
    const clocks = new Clocks()
    for (let upload = 0; upload < 12; upload++) {
      const receivedAt = noon + upload * 2 * hour
      // The oldest message first, all within seconds; the last one is fresh.
      for (let part = 24; part >= 0; part--)
        clocks.heard('logger', receivedAt - part * 5 * minute - 1_000, receivedAt + (24 - part) * 100)
    }
    expect(clocks.of('logger')).toMatchObject({ flagged: false })
  })

  test('of a device that reports a hundred times a second is measured over minutes, not over the last moment', () => {
    const clocks = new Clocks()
    for (let at = 0; at < 60_000; at++) {
      const receivedAt = noon + at * 10
      clocks.heard('fast', receivedAt - (at % 100) * 1_000 - 20, receivedAt)
    }
    expect(clocks.of('fast')).toMatchObject({ flagged: false, skewMs: -20, samples: 8 })
  })
})

test('no more clocks are remembered than the bound; the one unheard longest goes', () => {
  const clocks = new Clocks({ devicesMax: 3 })
  for (const [at, device] of ['a', 'b', 'c', 'a', 'd'].entries())
    clocks.heard(device, noon + at * 2 * minute, noon + at * 2 * minute)
  expect(['a', 'b', 'c', 'd'].filter((device) => clocks.of(device) !== undefined)).toEqual(['a', 'c', 'd'])
})
