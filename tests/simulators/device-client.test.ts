import { describe, expect, test } from '@jest/globals'
import { startBroker } from '../../broker/index.ts'
import type { Message } from '../../ingest/wire/index.ts'
import { DeviceClient } from '../../simulators/fleet/device-client.ts'
import { nextMessage } from '../../simulators/fleet/messages.ts'
import { freePort } from '../support/program-process.ts'
import { listeningBroker, quiet, readingsIn } from './listening-broker.ts'

const { address } = await listeningBroker([{ id: 'rtu', assets: ['pump-01'], subscribes: [] }])
const silent = { published: () => {}, acknowledged: () => {}, refused: () => {} }

function row(minute: number, asset = 'pump-01') {
  const at = Date.UTC(2026, 0, 1) + minute * 60_000
  return { asset, observedAt: at, trueAt: at, values: { flow: minute }, count: 1 }
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 10))
}

describe('nextMessage', () => {
  test('one row is an object, several are an array, and none are nothing', () => {
    expect(nextMessage('pump-01', [])).toBeUndefined()
    expect(JSON.parse(nextMessage('pump-01', [row(1)])?.payload ?? '')).toMatchObject({ values: { flow: 1 } })
    expect(JSON.parse(nextMessage('pump-01', [row(1), row(2)])?.payload ?? '')).toHaveLength(2)
  })

  test('holds no more than 200 rows and 64 KB', () => {
    const many = Array.from({ length: 500 }, (_, minute) => row(minute))
    expect(nextMessage('pump-01', many)).toMatchObject({ rows: 200, readings: 200 })
    const wide = many.map((one) => ({ ...one, values: { ['x'.repeat(1_000)]: 1 } }))
    const message = nextMessage('pump-01', wide)
    expect(message?.payload.length).toBeLessThanOrEqual(65_536)
    expect(message?.rows).toBeGreaterThan(50)
  })
})

describe('DeviceClient', () => {
  test('keeps its rows while the broker is away and sends them in order when it is back', async () => {
    const port = await freePort()
    const messages: Message[] = []
    const device = { id: 'rtu', title: 'rtu', assets: ['pump-01'], subscribes: [], publishes: [], createdAt: 0 }
    const start = () =>
      startBroker({
        host: '127.0.0.1',
        port,
        authenticate: () => ({ kind: 'accepted', device }),
        receive: async (message) => {
          messages.push(message)
        },
        now: Date.now,
        log: quiet,
      })
    const first = await start()
    const client = new DeviceClient({ host: '127.0.0.1', port }, { id: 'rtu', secret: 'any' }, silent)
    client.connect()
    await until(() => client.connected)
    client.keep(row(0))
    client.send()
    await until(() => messages.length === 1 && !client.busy)
    await first.close()
    await until(() => !client.connected)
    for (const minute of [1, 2, 3]) {
      client.keep(row(minute))
      client.send()
    }
    expect(client.busy).toBe(true)
    const second = await start()
    await until(() => !client.busy)
    expect(readingsIn(messages).map((reading) => reading.value)).toEqual([0, 1, 2, 3])
    expect(messages).toHaveLength(2)
    await client.close()
    await second.close()
  })

  test('a full memory loses the oldest rows and counts them', () => {
    const client = new DeviceClient({ host: '127.0.0.1', port: 1 }, { id: 'rtu', secret: 'any' }, silent)
    for (let minute = 0; minute < 3_000; minute += 1) client.keep(row(minute))
    expect(client.dropped).toBe(120)
  })

  test('says it is there, says it is gone, and is given up when it is refused', async () => {
    const reasons: string[] = []
    const events = { ...silent, refused: (_: string, why: string) => reasons.push(why) }
    const wrong = new DeviceClient(address, { id: 'rtu', secret: 'guess' }, events)
    wrong.connect()
    await until(() => reasons.length > 0)
    expect(wrong.isAway(60_000)).toBe(true)
    await wrong.close()
    const right = new DeviceClient(address, { id: 'rtu', secret: 'secret of rtu' }, events)
    right.connect()
    await until(() => right.connected)
    expect(right.isAway(0)).toBe(false)
    await right.close()
    expect(right.connected).toBe(false)
  })
})
