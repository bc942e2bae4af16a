import type { Logger } from 'pino'
import { z } from 'zod'
import type { AssetId } from '../../city/index.ts'
import type { BrokerAddress, Credential } from './connection.ts'
import { announce, connectAs, hangUp } from './connection.ts'

const workOrder = z.object({ number: z.number(), asset: z.string(), failureMode: z.string(), state: z.string() })

// Once the crew says so, the thing is mended; a listener that missed the first word hears the second.
const mendedStates: ReadonlySet<string> = new Set(['work-done', 'verifying'])
const goodbyeMs = 1_000

export type CrewListener = { close(): Promise<void> }

/** Hears on `tickets/{crew}` which work the town's crews have finished, so that what they mended works again. */
export function listenToCrews(
  broker: BrokerAddress,
  credential: Credential,
  mended: (asset: AssetId, failureMode: string, ticket: number) => void,
  log: Logger,
): CrewListener {
  const client = connectAs(broker, credential)
  client.on('connect', () => {
    client.publish(`status/${credential.id}`, 'online', { qos: 1, retain: true })
    client.subscribe('tickets/+', { qos: 1 }, (error) => {
      if (error) log.warn({ device: credential.id }, 'the simulated crews may not listen to tickets')
    })
  })
  client.on('error', (error) => log.debug({ error: error.message }, 'the simulated crews have no connection'))
  client.on('message', (_, payload) => {
    const order = workOrder.safeParse(jsonOf(payload))
    if (order.success && mendedStates.has(order.data.state))
      mended(order.data.asset, order.data.failureMode, order.data.number)
  })
  return {
    close: async () => {
      if (client.connected) await announce(client, credential.id, 'offline')
      await hangUp(client, goodbyeMs)
    },
  }
}

function jsonOf(payload: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(payload).toString('utf8'))
  } catch {
    return undefined
  }
}
