import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { type Database, mergeMigrations, openDatabase } from '../../city/index.ts'
import { ingestMigrations, Quarantine } from '../../ingest/index.ts'
import { payloadKeptBytesMax, showPayload } from '../../ingest/quarantine/payload.ts'
import { quarantineRowsMax } from '../../ingest/quarantine/quarantine.ts'

let database: Database
let quarantine: Quarantine
beforeEach(async () => {
  database = await openDatabase(':memory:', mergeMigrations(ingestMigrations))
  quarantine = new Quarantine(database)
})
afterEach(() => database.close())

const refusal = (at: number, more: { device?: string; topic?: string; payload?: string; count?: number } = {}) => ({
  device: more.device ?? 'logger-1',
  topic: more.topic ?? 'telemetry/pump-07/flow',
  reason: 'not-json' as const,
  detail: `the payload is not JSON (${at})`,
  unknownSensor: undefined,
  suggestion: undefined,
  payload: Buffer.from(more.payload ?? 'three'),
  count: more.count ?? 1,
  firstAt: at,
  lastAt: at,
})

describe('quarantine', () => {
  test('counts the same mistake up and shows its newest payload', async () => {
    await quarantine.add([refusal(1_000, { count: 3 })])
    await quarantine.add([refusal(2_000, { payload: 'four' })])
    const [entry, ...others] = await quarantine.list({ limit: 10 })
    expect(others).toEqual([])
    expect(entry).toMatchObject({ count: 4, firstAt: 1_000, lastAt: 2_000, payload: 'four', suggestion: null })
    expect(entry?.detail).toContain('2000')
    expect(await quarantine.count()).toEqual({ rows: 1, messages: 4, forgotten: 0 })
  })

  test('holds so many rows, forgets the one that was quiet longest, and counts what it forgot', async () => {
    const many = Array.from({ length: quarantineRowsMax }, (_, at) => refusal(at, { topic: `telemetry/a/${at}` }))
    await quarantine.add(many)
    await quarantine.add([refusal(9_000, { topic: 'telemetry/a/0' })])
    await quarantine.add([refusal(9_001, { topic: 'one' }), refusal(9_002, { topic: 'two' })])
    expect(await quarantine.count()).toMatchObject({ rows: quarantineRowsMax, forgotten: 2 })
    const newest = await quarantine.list({ limit: 3 })
    expect(newest.map(({ topic }) => topic)).toEqual(['two', 'one', 'telemetry/a/0'])
    const all = new Set<string>()
    for (let last = newest.at(-1); last !== undefined; ) {
      const page = await quarantine.list({ limit: 500, before: last })
      for (const { topic } of page) all.add(topic)
      last = page.at(-1)
    }
    expect([all.size, all.has('telemetry/a/1'), all.has('telemetry/a/2'), all.has('telemetry/a/3')]).toEqual([
      quarantineRowsMax - 3,
      false,
      false,
      true,
    ])
  })

  test('a device with more than half of the rows pushes out its own, however old those of the others are', async () => {
    await quarantine.add([refusal(1, { device: 'logger-2' }), refusal(2, { device: 'logger-3' })])
    for (let round = 1; round <= 3; round += 1) {
      const topic = (at: number) => `telemetry/${round}/${at}`
      const many = Array.from({ length: quarantineRowsMax }, (_, at) => refusal(round * 10_000, { topic: topic(at) }))
      await quarantine.add(many)
    }
    expect(await quarantine.count()).toMatchObject({ rows: quarantineRowsMax })
    const devices = new Set<string>()
    for (let last = (await quarantine.list({ limit: 1 })).at(-1); last !== undefined; ) {
      const page = await quarantine.list({ limit: 500, before: last })
      for (const { device } of page) devices.add(device)
      last = page.at(-1)
    }
    expect([...devices].sort()).toEqual(['logger-1', 'logger-2', 'logger-3'])
  })

  test('removes an entry once', async () => {
    await quarantine.add([refusal(1)])
    const [entry] = await quarantine.list({ limit: 1 })
    expect([await quarantine.remove(entry?.id ?? 0), await quarantine.remove(entry?.id ?? 0)]).toEqual([true, false])
  })
})

describe('payloads on show', () => {
  test.each([
    ['text', Buffer.from('3,2 m³/h\n'), '3,2 m³/h\n'],
    ['bytes', Buffer.from([0xff, 0x00, 0x2a]), 'ff002a'],
    ['text with control characters', Buffer.from('a\u0000b'), '610062'],
    ['nothing', Buffer.alloc(0), ''],
  ])('%s', (_, payload, shown) => {
    expect(showPayload(payload)).toBe(shown)
  })

  test('are cut at 4 KB, between characters', () => {
    const shown = showPayload(Buffer.from(`x${'ä'.repeat(payloadKeptBytesMax)}`))
    expect(shown).toBe(`x${'ä'.repeat(payloadKeptBytesMax / 2 - 1)}`)
    expect(showPayload(Buffer.alloc(payloadKeptBytesMax + 9, 0xff))).toHaveLength(payloadKeptBytesMax * 2)
  })
})
