import { once } from 'node:events'
import type { MqttClient } from 'mqtt'
import { Refusal } from '../../city/index.ts'
import type { BrokerAddress, Credential } from '../fleet/connection.ts'
import { announce, connectAs, hangUp } from '../fleet/connection.ts'

// Messages on their way at once: the broker commits them together, and a stop loses little.
const inFlightMax = 16
const goodbyeMs = 5_000
// Refusals are told after the acknowledgement; this long they are waited for at the end.
const lastWordMs = 300
export const refusalsKeptMax = 20

/** The device a recording is played as: sends within a window, counts what is acknowledged, hears what is refused. */
export class PlaybackConnection {
  readonly #client: MqttClient
  readonly #id: string
  readonly #freed: (() => void)[] = []
  readonly refusals: string[] = []
  refused = 0
  published = 0
  acknowledged = 0
  #inFlight = 0

  private constructor(client: MqttClient, id: string) {
    this.#client = client
    this.#id = id
    client.on('message', (_, payload) => {
      this.refused += 1
      if (this.refusals.length < refusalsKeptMax) this.refusals.push(payload.toString('utf8'))
    })
    client.on('error', () => {})
  }

  static async open(broker: BrokerAddress, credential: Credential): Promise<PlaybackConnection> {
    const client = connectAs(broker, credential)
    const where = `${broker.host}:${broker.port}`
    await new Promise<void>((resolve, reject) => {
      client.once('connect', () => resolve())
      client.once('error', (cause) => {
        client.end(true)
        const denied = 'code' in cause && typeof cause.code === 'number'
        const refusal = denied
          ? new Refusal(
              'REPLAY_LOGIN_REFUSED',
              `${where} does not accept device "${credential.id}" with this secret`,
              cause,
            )
          : new Refusal('REPLAY_BROKER_UNREACHABLE', `no MQTT broker answers at ${where}: is Lengthsman up?`, cause)
        reject(refusal)
      })
    })
    const connection = new PlaybackConnection(client, credential.id)
    await client.subscribeAsync(`errors/${credential.id}`, { qos: 1 }).catch(() => {})
    await announce(client, credential.id, 'online')
    return connection
  }

  /** Resolves when there is room for the next message. */
  async publish(topic: string, payload: string, readings: number): Promise<void> {
    while (this.#inFlight >= inFlightMax) await new Promise<void>((resolve) => this.#freed.push(resolve))
    this.#inFlight += 1
    this.published += readings
    this.#client.publish(topic, payload, { qos: 1 }, (error) => {
      this.#inFlight -= 1
      if (!error) this.acknowledged += readings
      this.#freed.shift()?.()
    })
  }

  /** Resolves when everything is acknowledged, or when the caller wants to stop. */
  async settled(signal: AbortSignal): Promise<void> {
    while (this.#inFlight > 0 && !signal.aborted) {
      const freed = new Promise<void>((resolve) => this.#freed.push(resolve))
      await Promise.race([freed, once(signal, 'abort')])
    }
    await new Promise((resolve) => setTimeout(resolve, lastWordMs))
  }

  async close(): Promise<void> {
    if (this.#client.connected) await announce(this.#client, this.#id, 'offline')
    await hangUp(this.#client, goodbyeMs)
  }
}
