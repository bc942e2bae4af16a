import { describe, expect, test } from '@jest/globals'
import { evidenceWindow } from '../../tickets/evidence.ts'
import { canonicalJson, type EvidenceSeries, evidenceHash, evidencePointsMax } from '../../tickets/index.ts'
import { fc } from '../support/fast-check.ts'
import { temporaryFolder } from '../support/files.ts'
import { fires } from './alarm-events.ts'
import { day, hour, minute, noon, openTickets } from './small-town.ts'

const seriesOf = (quantity: string, count: number): EvidenceSeries => {
  const at = Array.from({ length: count }, (_, index) => noon - (count - index) * minute)
  const value = at.map((_, index) => index % 97)
  return {
    sensor: `pump-07/${quantity}`,
    title: quantity,
    unit: 'mm/s',
    at,
    min: value,
    max: value,
    mean: value,
    limits: [],
  }
}
const event = fires({ startedAt: noon - hour, at: noon })
const folder = temporaryFolder()

describe('the window', () => {
  test.each([
    [hour, 2 * hour],
    [12 * hour, 3 * hour],
    [8 * day, 2 * day],
    [100 * day, 14 * day],
    [-hour, 2 * hour],
  ])('of trouble %d ms long begins %d ms before it', (length, leadIn) => {
    const { from, to } = evidenceWindow(noon - length, noon)
    expect(Math.min(noon, noon - length) - from).toBe(leadIn)
    expect(to).toBe(noon + 1)
  })
})

describe('the evidence of a ticket', () => {
  test('is what the store gave for the whole asset, with the rule and its limits', async () => {
    const asked: unknown[] = []
    const { tickets } = await openTickets({
      evidence: (...question) => {
        asked.push(question)
        return Promise.resolve([seriesOf('vibration', 180), seriesOf('flow', 180)])
      },
    })
    await tickets.consider(event, noon)
    expect(asked).toEqual([['pump-07', noon - 3 * hour, noon + 1]])
    const evidence = await tickets.evidence(1)
    expect(evidence).toMatchObject({
      from: noon - 3 * hour,
      to: noon + 1,
      ruleText: 'id: vibration-high\n',
      ruleVersion: '0123456789ab',
      series: [
        {
          sensor: 'pump-07/vibration',
          limits: [
            { level: 'warning', value: 4.5, direction: 'above' },
            { level: 'action', value: 7.1, direction: 'above' },
          ],
        },
        { sensor: 'pump-07/flow', limits: [] },
      ],
    })
    expect(evidence && evidenceHash(evidence)).toBe(evidence?.hash)
    expect(evidence && evidenceHash({ ...evidence, to: noon })).not.toBe(evidence?.hash)
  })

  test('is bounded, and keeps the extremes', async () => {
    const long = seriesOf('vibration', 10_000)
    const { tickets } = await openTickets({ evidence: () => Promise.resolve([long]) })
    await tickets.consider(event, noon)
    const series = (await tickets.evidence(1))?.series[0]
    expect(series?.at).toHaveLength(evidencePointsMax)
    expect(series?.at[0]).toBe(long.at[0])
    expect(Math.max(...(series?.max ?? []))).toBe(96)
    expect(Math.min(...(series?.min ?? []))).toBe(0)
  })

  test('cannot be changed afterwards, not even in the database', async () => {
    const { tickets, database } = await openTickets({ evidence: () => Promise.resolve([seriesOf('vibration', 3)]) })
    await tickets.consider(event, noon)
    const { sql } = await import('kysely')
    await expect(sql`update ticket_evidence set hash = ''`.execute(database.kysely)).rejects.toThrow('append-only')
    await expect(sql`delete from ticket_evidence`.execute(database.kysely)).rejects.toThrow('append-only')
  })

  test('is fetched once: what joins later changes nothing', async () => {
    let asked = 0
    const { tickets } = await openTickets({
      evidence: () => {
        asked += 1
        return Promise.resolve([seriesOf('vibration', asked)])
      },
    })
    await tickets.consider(event, noon)
    await tickets.consider(
      fires({ startedAt: noon - hour, at: noon + hour, level: 'action', before: 'firing' }),
      noon + hour,
    )
    await tickets.completeEvidence(noon + hour)
    expect(asked).toBe(1)
  })
})

describe('a store that is away', () => {
  test('leaves the ticket standing; the evidence comes when the store does', async () => {
    let isAway = true
    let asked = 0
    const { tickets } = await openTickets({
      evidence: () => {
        asked += 1
        return isAway ? Promise.reject(new Error('away')) : Promise.resolve([seriesOf('vibration', 3)])
      },
    })
    expect(await tickets.consider(event, noon)).toMatchObject({ kind: 'opened' })
    expect(await tickets.evidence(1)).toBeUndefined()
    // The next ticket does not even ask, and retries keep their distance.
    await tickets.consider(fires({ asset: 'pump-08', startedAt: noon, at: noon }), noon)
    expect(await tickets.completeEvidence(noon + 9_999)).toBe(0)
    expect(asked).toBe(1)
    expect(await tickets.completeEvidence(noon + 10_000)).toBe(0)
    expect(await tickets.completeEvidence(noon + 29_999)).toBe(0)
    expect(asked).toBe(2)
    isAway = false
    expect(await tickets.completeEvidence(noon + 30_000)).toBe(2)
    expect((await tickets.evidence(1))?.to).toBe(noon + 1)
    expect(await tickets.completeEvidence(noon + 30_000)).toBe(0)
  })

  test('and never answers, is not waited for', async () => {
    const { tickets } = await openTickets({ evidence: () => new Promise(() => undefined) })
    const heard: string[] = []
    tickets.onChange((_, { action }) => heard.push(action))
    const decision = tickets.consider(event, noon)
    while (heard.length < 2) await new Promise((resolve) => setImmediate(resolve))
    expect(await tickets.get(1)).toMatchObject({ state: 'open' })
    expect(await decision).toMatchObject({ kind: 'opened' })
  })

  test('for one asset only, does not hold up the others for ever', async () => {
    const { tickets } = await openTickets({
      evidence: (asset) =>
        asset === 'pump-07' ? Promise.reject(new Error('never')) : Promise.resolve([seriesOf('vibration', 3)]),
    })
    await tickets.consider(event, noon)
    await tickets.consider(fires({ asset: 'pump-08', startedAt: noon, at: noon }), noon)
    await tickets.completeEvidence(noon + minute)
    expect(await tickets.evidence(2)).toBeDefined()
  })
})

test('a program that died before the evidence was stored completes it at the next start', async () => {
  const path = `${folder}/killed.db`
  const first = await openTickets({ path, evidence: () => Promise.reject(new Error('killed')) })
  await first.tickets.consider(event, noon)
  await first.database.close()
  const second = await openTickets({ path, evidence: () => Promise.resolve([seriesOf('vibration', 3)]) })
  expect(second.tickets.openCount()).toBe(1)
  expect(await second.tickets.completeEvidence(noon + hour)).toBe(1)
  expect(await second.tickets.evidence(1)).toMatchObject({ from: noon - 3 * hour, to: noon + 1 })
  await second.database.close()
})

test('canonical JSON does not depend on the order of keys, and is JSON', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (object) => {
      const turned = Object.fromEntries(Object.entries(object).reverse())
      expect(canonicalJson(turned)).toBe(canonicalJson(object))
      expect(JSON.parse(canonicalJson(object))).toEqual(JSON.parse(JSON.stringify(object)))
    }),
  )
})
