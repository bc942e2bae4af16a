import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { type ReplayOptions, replay } from '../../simulators/index.ts'
import { TimeColumn } from '../../simulators/replay/time-column.ts'
import { temporaryFolder } from '../support/files.ts'
import { listeningBroker, readingsIn } from './listening-broker.ts'

const folder = temporaryFolder()
const { broker, address, messages } = await listeningBroker([
  { id: 'recorder', assets: ['office', 'cellar'], subscribes: [] },
])

function fileOf(name: string, text: string): string {
  const file = join(folder, name)
  writeFileSync(file, text)
  return file
}

function options(file: string, changes: Partial<ReplayOptions> = {}): ReplayOptions {
  return {
    file,
    map: { timeColumn: 'timestamp', sensors: new Map([['value', 'office/temperature']]), zone: 'UTC' },
    broker: address,
    credential: { id: 'recorder', secret: 'secret of recorder' },
    speed: 'max',
    now: Date.now,
    ...changes,
  }
}

describe('replay', () => {
  test('what is in the file is what arrives, with its own times', async () => {
    const minutes = Array.from({ length: 1_000 }, (_, minute) => minute)
    const start = Date.UTC(2026, 0, 1)
    const lines = minutes.map((minute) => `${new Date(start + minute * 60_000).toISOString()},${20 + minute / 100}`)
    const before = messages.length
    const summary = await replay(options(fileOf('whole.csv', `timestamp,value\n${lines.join('\n')}\n`)))
    expect(summary).toMatchObject({ rows: 1_000, published: 1_000, acknowledged: 1_000, refused: 0, faultCount: 0 })
    const heard = readingsIn(messages.slice(before))
    expect(heard.map((reading) => reading.at)).toEqual(minutes.map((minute) => start + minute * 60_000))
    expect(heard.map((reading) => reading.value)).toEqual(minutes.map((minute) => 20 + minute / 100))
    expect(summary.firstAt).toBe(start)
    expect(summary.lastAt).toBe(start + 999 * 60_000)
  })

  test('several columns go to several sensors; gaps stay gaps', async () => {
    const text = 'when;office;cellar;damp\n2026-01-01 10:00:00;20,5;12;\n2026-01-01 11:00:00;NaN;13;0,7\n'
    const sensors = new Map([
      ['office', 'office/temperature'],
      ['cellar', 'cellar/temperature'],
      ['damp', 'cellar/humidity'],
    ])
    const before = messages.length
    await replay(
      options(fileOf('semicolons.csv', text), { map: { timeColumn: 'when', sensors, zone: 'Europe/Berlin' } }),
    )
    const heard = readingsIn(messages.slice(before)).map(({ sensor, at, value }) => [sensor, at, value])
    expect(heard).toHaveLength(4)
    expect(heard).toContainEqual(['office/temperature', Date.UTC(2026, 0, 1, 9), 20.5])
    expect(heard).toContainEqual(['cellar/humidity', Date.UTC(2026, 0, 1, 10), 0.7])
  })

  test('faults of the file are told with their lines, and the rest is played', async () => {
    const text =
      'timestamp,value\n2026-01-01T00:00:00Z,1\nyesterday,2\n2026-01-01T00:02:00Z,warm\n\n2026-01-01T00:04:00Z,5\n'
    const summary = await replay(options(fileOf('faulty.csv', text)))
    expect(summary.acknowledged).toBe(2)
    expect(summary.faults.map((fault) => [fault.line, fault.message])).toEqual([
      [3, 'time "yesterday": expected ISO 8601, YYYY-MM-DD HH:MM:SS, or Unix seconds or milliseconds'],
      [4, 'value "warm": expected a number'],
    ])
  })

  test('shifted to now, the last row is now', async () => {
    const now = Date.UTC(2030, 5, 1, 12)
    const text = 'timestamp,value\n1700000000,1\n1700000600,2\n'
    const before = messages.length
    await replay(options(fileOf('epoch.csv', text), { shiftToNow: true, now: () => now }))
    expect(readingsIn(messages.slice(before)).map((reading) => reading.at)).toEqual([now - 600_000, now])
  })

  test('at a speed, rows keep their distance', async () => {
    const text = 'timestamp,value\n1700000000,1\n1700000100,2\n1700000200,3\n'
    const before = messages.length
    const begun = performance.now()
    await replay(options(fileOf('paced.csv', text), { speed: 400 }))
    expect(performance.now() - begun).toBeGreaterThan(480)
    const received = messages.slice(before).map((message) => message.receivedAt)
    expect(received).toHaveLength(3)
    expect((received[2] ?? 0) - (received[0] ?? 0)).toBeGreaterThan(400)
  })

  test('hears what was refused', async () => {
    const playing = replay(
      options(fileOf('refused.csv', 'timestamp,value\n1700000000,1\n1700000001,2\n'), { speed: 2 }),
    )
    while (!broker.isConnected('recorder')) await new Promise((resolve) => setTimeout(resolve, 5))
    await new Promise((resolve) => setTimeout(resolve, 200))
    broker.publish('errors/recorder', '{"reason":"unknown-sensor"}')
    const summary = await playing
    expect(summary.refused).toBe(1)
    expect(summary.refusals).toEqual(['{"reason":"unknown-sensor"}'])
  })

  test.each([
    ['a file that is not there', { file: join(folder, 'nowhere.csv') }, 'REPLAY_FILE_UNREADABLE'],
    ['a wrong secret', { credential: { id: 'recorder', secret: 'guess' } }, 'REPLAY_LOGIN_REFUSED'],
    ['no broker', { broker: { host: '127.0.0.1', port: 1 } }, 'REPLAY_BROKER_UNREACHABLE'],
    [
      'a column that is not there',
      { map: { timeColumn: 'time', sensors: new Map(), zone: 'UTC' } },
      'REPLAY_COLUMN_UNKNOWN',
    ],
    [
      'a zone that is not there',
      { map: { timeColumn: 'timestamp', sensors: new Map(), zone: 'Mars' } },
      'REPLAY_ZONE_UNKNOWN',
    ],
  ])('%s is one clear refusal', async (_, changes, code) => {
    const file = fileOf('fine.csv', 'timestamp,value\n1700000000,1\n')
    await expect(replay(options(file, changes))).rejects.toMatchObject({ code })
  })
})

describe('TimeColumn', () => {
  const berlin = new TimeColumn('Europe/Berlin')
  test.each([
    ['2026-07-01T12:00:00Z', Date.UTC(2026, 6, 1, 12)],
    ['2026-07-01T12:00:00+02:00', Date.UTC(2026, 6, 1, 10)],
    ['2026-07-01 12:00:00', Date.UTC(2026, 6, 1, 10)],
    ['2026-01-01 12:00', Date.UTC(2026, 0, 1, 11)],
    ['2026-01-01 12:00:00.250', Date.UTC(2026, 0, 1, 11, 0, 0, 250)],
    ['1700000000', 1_700_000_000_000],
    ['1700000000.5', 1_700_000_000_500],
    ['1700000000123', 1_700_000_000_123],
  ])('reads %s', (text, at) => expect(berlin.read(text)).toBe(at))

  test.each(['', 'noon', '2026-02-31 10:00:00', '2026-01-01 25:00:00', '01.02.2026'])('does not read "%s"', (text) => {
    expect(berlin.read(text)).toBeUndefined()
  })
})
