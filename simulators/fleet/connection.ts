import type { IClientOptions, MqttClient } from 'mqtt'
import { connect } from 'mqtt'
import { chance, streamOf } from '../world/chance.ts'

export type BrokerAddress = { readonly host: string; readonly port: number }
export type Credential = { readonly id: string; readonly secret: string }

// Seconds. A dead connection is noticed by the broker after one and a half times this.
const keepaliveSeconds = 60
const connectTimeoutMs = 10_000
// After the broker was away, its devices come back spread over this span and not all in the same moment.
const reconnectMs = { min: 1_500, max: 5_000 }

/** Opens an MQTT connection as one device, with its birth left to the caller and its will set. */
export function connectAs(broker: BrokerAddress, credential: Credential, more: IClientOptions = {}): MqttClient {
  const spread = chance(0, streamOf(credential.id), 0)
  return connect({
    protocol: 'mqtt',
    host: broker.host,
    port: broker.port,
    protocolVersion: 4,
    clientId: credential.id,
    username: credential.id,
    password: credential.secret,
    clean: true,
    keepalive: keepaliveSeconds,
    connectTimeout: connectTimeoutMs,
    reconnectPeriod: Math.round(reconnectMs.min + spread * (reconnectMs.max - reconnectMs.min)),
    // A wrong or revoked credential does not become right by asking again.
    reconnectOnConnackError: false,
    resubscribe: true,
    queueQoSZero: false,
    will: { topic: `status/${credential.id}`, payload: Buffer.from('offline'), qos: 1, retain: true },
    ...more,
  })
}

/** Says that the device is there, for whoever asks later. */
export function announce(client: MqttClient, id: string, word: 'online' | 'offline'): Promise<void> {
  return new Promise((resolve) => client.publish(`status/${id}`, word, { qos: 1, retain: true }, () => resolve()))
}

/** Ends a connection; what hangs is cut after a while. */
export function hangUp(client: MqttClient, withinMs: number): Promise<void> {
  return new Promise((resolve) => {
    const impatience = setTimeout(() => client.end(true, {}, () => resolve()), withinMs)
    client.end(false, {}, () => {
      clearTimeout(impatience)
      resolve()
    })
  })
}
