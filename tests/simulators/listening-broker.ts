import { afterAll } from '@jest/globals'
import pino from 'pino'
import { startBroker } from '../../broker/index.ts'
import type { Device } from '../../city/index.ts'
import { type Message, parseMessage } from '../../ingest/wire/index.ts'

export const quiet = pino({ level: 'silent' })

export type Heard = { readonly device: string; readonly sensor: string; readonly at: number; readonly value: number }

/** The product's own broker, with a receiver that takes everything down. Closed when the test file is done. */
export async function listeningBroker(devices: readonly Pick<Device, 'id' | 'assets' | 'subscribes'>[]) {
  const known = new Map(
    devices.map((device) => [device.id, { publishes: [], ...device, title: device.id, createdAt: 0 }]),
  )
  const messages: Message[] = []
  const broker = await startBroker({
    host: '127.0.0.1',
    port: 0,
    authenticate: (id, secret) => {
      const device = known.get(id)
      if (device === undefined) return { kind: 'refused', reason: 'unknown device' }
      return secret === `secret of ${id}` ? { kind: 'accepted', device } : { kind: 'refused', reason: 'wrong secret' }
    },
    receive: async (message) => {
      messages.push(message)
    },
    now: Date.now,
    log: quiet,
  })
  afterAll(() => broker.close())
  return { broker, address: { host: '127.0.0.1', port: broker.port }, messages }
}

/** The readings in messages, as ingest would read them. */
export function readingsIn(messages: readonly Message[]): readonly Heard[] {
  return messages.flatMap((message) => {
    const parsed = parseMessage(message)
    if (parsed.kind === 'refused' || parsed.faults.length > 0) throw new Error(`not taken: ${message.payload}`)
    return parsed.items.map(({ sensor, observedAt, value }) => {
      return { device: message.device, sensor, at: observedAt, value }
    })
  })
}
