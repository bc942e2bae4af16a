import { createServer } from 'node:http'
import { expect, jest, test } from '@jest/globals'
import { connectAsync } from 'mqtt'
import pino from 'pino'
import { type Broker, type BrokerThreadOptions, startBrokerThread } from '../../broker/index.ts'
import type { Parcel } from '../../ingest/wire/index.ts'
import { afterwards, authenticator, device, host, secretOf } from './support/test-broker.ts'

// The thread compiles its sources first.
jest.setTimeout(60_000)

const pump = device('rtu-1', ['pump-1'])
const topic = 'telemetry/pump-1/flow'
const login = { clientId: 'rtu-1', username: 'rtu-1', password: secretOf('rtu-1'), reconnectPeriod: 0 }

async function threadBroker(options: Partial<BrokerThreadOptions> = {}): Promise<Broker> {
  const broker = await startBrokerThread({
    host,
    port: 0,
    authenticate: authenticator([pump]),
    receiveParcel: async () => ({ learnt: [], refused: [] }),
    log: pino({ level: 'silent' }),
    ...options,
  })
  afterwards(() => broker.close())
  return broker
}

test('a publish is acknowledged when its parcel is kept, and not before', async () => {
  const parcels: Parcel[] = []
  const keep: (() => void)[] = []
  const broker = await threadBroker({
    receiveParcel: (parcel) => {
      parcels.push(parcel)
      const learnt = [{ sensor: 'pump-1/flow', number: 7 }]
      return new Promise((resolve) => keep.push(() => resolve({ learnt, refused: [] })))
    },
  })
  const client = await connectAsync(`mqtt://${host}:${broker.port}`, login)
  afterwards(() => client.endAsync(true))
  let acknowledged = false
  const first = client.publishAsync(topic, '1.5', { qos: 1 }).then(() => {
    acknowledged = true
  })
  await until(() => keep.length === 1)
  expect(acknowledged).toBe(false)
  // Not learnt yet, so it comes as it was sent.
  expect(parcels[0]?.others.map((other) => Buffer.from(other.payload).toString())).toEqual(['1.5'])
  keep[0]?.()
  await first
  const second = client.publishAsync(topic, '2.5', { qos: 1 })
  await until(() => keep.length === 2)
  expect(parcels[1]).toMatchObject({ readings: 1, messages: 1, deviceNames: ['rtu-1'], others: [] })
  expect([parcels[1]?.sensors[0], parcels[1]?.values[0]]).toEqual([7, 2.5])
  keep[1]?.()
  await second
})

test('a client of MQTT 5 is told which of its messages went into quarantine only, one of 3.1.1 is not', async () => {
  const asked: boolean[] = []
  const broker = await threadBroker({
    receiveParcel: async (parcel) => {
      asked.push(parcel.asksForRefused)
      const bad = parcel.others.findIndex(({ payload }) => Buffer.from(payload).toString() === 'bad')
      const fault = { reason: 'not-json', detail: 'that is no reading' } as const
      const place = parcel.otherPlaces[bad]
      return { learnt: [], refused: place === undefined ? [] : [{ place, fault }] }
    },
  })
  const publishes = async (protocolVersion: 4 | 5) => {
    const client = await connectAsync(`mqtt://${host}:${broker.port}`, { ...login, protocolVersion })
    const sent = ['1', 'bad', '2'].map((payload) => client.publishAsync(topic, payload, { qos: 1 }))
    const said = (await Promise.allSettled(sent)).map((end) => (end.status === 'rejected' ? end.reason.code : 0))
    await client.endAsync(true)
    return said
  }
  expect(await publishes(5)).toEqual([0, 0x83, 0])
  expect(asked).toContain(true)
  asked.length = 0
  expect(await publishes(4)).toEqual([0, 0, 0])
  expect(asked).not.toContain(true)
})

test('what could not be kept is not acknowledged: the connection closes', async () => {
  const broker = await threadBroker({ receiveParcel: () => Promise.reject(new Error('disk full')) })
  const client = await connectAsync(`mqtt://${host}:${broker.port}`, login)
  const closed = new Promise<void>((resolve) => client.once('close', () => resolve()))
  let acknowledged = false
  client.publish(topic, '1', { qos: 1 }, (error) => {
    acknowledged = error === undefined || error === null
  })
  await closed
  await client.endAsync(true)
  expect(acknowledged).toBe(false)
})

test('it hears who is connected, publishes, disconnects, counts and closes like a broker without a thread', async () => {
  const heard: [string, boolean][] = []
  const refused: string[] = []
  const statuses: string[] = []
  const broker = await threadBroker({
    onConnected: (id, isConnected) => heard.push([id, isConnected]),
    onRefused: ({ reason }) => refused.push(reason),
    onStatus: (id, payload) => statuses.push(`${id} ${payload}`),
  })
  await expect(connectAsync(`mqtt://${host}:${broker.port}`, { ...login, password: 'guess' })).rejects.toThrow()
  const client = await connectAsync(`mqtt://${host}:${broker.port}`, login)
  expect(refused).toEqual(['wrong secret'])
  expect([broker.isConnected('rtu-1'), broker.connectedCount()]).toEqual([true, 1])
  await client.subscribeAsync('errors/rtu-1')
  const received = new Promise<string>((resolve) => client.once('message', (_topic, payload) => resolve(`${payload}`)))
  broker.publish('errors/rtu-1', 'mind the unit')
  expect(await received).toBe('mind the unit')
  await client.publishAsync('status/rtu-1', 'online', { qos: 1 })
  await until(() => statuses.includes('rtu-1 online'))
  await until(() => broker.stats().refusedConnects === 1)
  const closed = new Promise<void>((resolve) => client.once('close', () => resolve()))
  broker.disconnect('rtu-1')
  await closed
  await until(() => heard.length === 2)
  expect(heard).toEqual([
    ['rtu-1', true],
    ['rtu-1', false],
  ])
  await client.endAsync(true)
})

test('MQTT over WebSocket reaches it through the HTTP server', async () => {
  const broker = await threadBroker()
  const server = createServer().on('upgrade', (request, socket, head) => broker.handleUpgrade(request, socket, head))
  await new Promise<void>((listening) => server.listen(0, host, listening))
  afterwards(() => server.close())
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  const client = await connectAsync(`ws://${host}:${port}/mqtt`, login)
  await client.publishAsync(topic, '1', { qos: 1 })
  expect(broker.isConnected('rtu-1')).toBe(true)
  await client.endAsync()
  await until(() => !broker.isConnected('rtu-1'))
})

test('a port that is taken is refused as without a thread', async () => {
  const first = await threadBroker()
  await expect(threadBroker({ port: first.port })).rejects.toMatchObject({ code: 'BROKER_PORT_TAKEN' })
})

async function until(isSo: () => boolean): Promise<void> {
  const giveUpAt = Date.now() + 10_000
  while (!isSo()) {
    if (Date.now() > giveUpAt) throw new Error('it did not come to that')
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
