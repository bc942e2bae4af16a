import { afterEach } from '@jest/globals'
import { connectAsync, type IClientOptions, type MqttClient } from 'mqtt'
import pino from 'pino'
import { type Broker, type BrokerOptions, startBroker } from '../../../broker/index.ts'
import type { Device } from '../../../city/index.ts'
import type { Message } from '../../../ingest/wire/index.ts'
import { authenticator, host, receivedAt, secretOf } from './devices.ts'

export * from './devices.ts'

const cleanups: (() => Promise<unknown> | unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

/** Runs after the test, the last first. */
export function afterwards(cleanup: () => Promise<unknown> | unknown): void {
  cleanups.push(cleanup)
}

export type TestBroker = Broker & { readonly received: Message[] }

/** A broker on a free port that keeps every message at once, or as `receive` says; closed after the test. */
export async function testBroker(
  devices: readonly Device[],
  options: Partial<Omit<BrokerOptions, 'receive'>> & { receive?: (message: Message) => Promise<void> } = {},
): Promise<TestBroker> {
  const received: Message[] = []
  const { receive = async () => {}, ...rest } = options
  const broker = await startBroker({
    host,
    port: 0,
    authenticate: authenticator(devices),
    now: () => receivedAt,
    log: pino({ level: 'silent' }),
    ...rest,
    receive: (message) => {
      received.push(message)
      return receive(message)
    },
  })
  afterwards(() => broker.close())
  return { ...broker, received }
}

/** A real client, logged in; closed after the test. */
export async function connected(broker: Broker, id: string, options: IClientOptions = {}): Promise<MqttClient> {
  const client = await connectAsync({
    host,
    port: broker.port,
    clientId: id,
    username: id,
    password: secretOf(id),
    reconnectPeriod: 0,
    ...options,
  })
  client.on('error', () => {})
  afterwards(() => client.endAsync(true))
  return client
}

/** The next messages of a client, in the order in which they came. */
export function heard(client: MqttClient): { topic: string; payload: string; retain: boolean }[] {
  const messages: { topic: string; payload: string; retain: boolean }[] = []
  client.on('message', (topic, payload, packet) => {
    messages.push({ topic, payload: payload.toString(), retain: packet.retain })
  })
  return messages
}

export function closing(client: MqttClient): Promise<void> {
  return new Promise((resolve) => client.once('close', resolve))
}

// Milliseconds; a wait for nothing ends with an error here, before the test's own time limit.
export const waitMsMax = 10_000

/** Waits until it is so. */
export async function until(isSo: () => boolean): Promise<void> {
  const startedAt = performance.now()
  while (!isSo()) {
    if (performance.now() - startedAt > waitMsMax) throw new Error(`waited ${waitMsMax} ms for ${isSo}`)
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
}

/** One turn and back over a live connection: whatever was sent before has been dealt with. */
export async function turn(client: MqttClient, id: string): Promise<void> {
  await client.publishAsync(`status/${id}`, 'online', { qos: 1 })
}
