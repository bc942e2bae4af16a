import type { MqttClient } from 'mqtt'
import type { AssetId } from '../../city/index.ts'
import type { BrokerAddress, Credential } from './connection.ts'
import { announce, connectAs, hangUp } from './connection.ts'
import { nextMessage } from './messages.ts'
import type { Row } from './reporter.ts'

/** What a device tells whoever runs it. */
export type DeviceEvents = {
  published(readings: number): void
  acknowledged(readings: number): void
  /** The broker would not have it, or said on `errors/{device}` why a message was refused. */
  refused(device: string, why: string): void
}

// Messages on their way at once: enough to keep a connection busy, few enough to lose nothing by order.
const inFlightMax = 4
// Rows a logger's memory holds for each asset: two days at one a minute. The oldest make room, as on a real logger.
const rowsKeptMax = 2_880
const goodbyeMs = 1_500
// A refusal is a short JSON; a longer one is cut for the log.
const refusalLengthMax = 300

/**
 * One simulated device: a real MQTT client with its own credential. Rows wait in its memory until the broker has
 * acknowledged them; while there is no link they pile up, and leave as arrays when it is back.
 */
export class DeviceClient {
  readonly id: string
  dropped = 0
  /** No radio for the moment: rows are kept, nothing is sent. */
  cutOff = false
  readonly #broker: BrokerAddress
  readonly #credential: Credential
  readonly #events: DeviceEvents
  readonly #waiting = new Map<AssetId, Row[]>()
  #client: MqttClient | undefined
  #inFlight = 0
  #refused = false
  #offlineSince: number

  constructor(broker: BrokerAddress, credential: Credential, events: DeviceEvents) {
    this.id = credential.id
    this.#broker = broker
    this.#credential = credential
    this.#events = events
    this.#offlineSince = performance.now()
  }

  get connected(): boolean {
    return this.#client?.connected ?? false
  }

  /** Whether rows wait or travel. */
  get busy(): boolean {
    return this.#inFlight > 0 || this.#waiting.size > 0
  }

  /** Whether it is not worth waiting for: refused, or without a connection for so long. */
  isAway(afterMs: number): boolean {
    return this.#refused || (!this.connected && performance.now() - this.#offlineSince > afterMs)
  }

  connect(): void {
    const client = connectAs(this.#broker, this.#credential)
    this.#client = client
    client.on('connect', () => {
      client.publish(`status/${this.id}`, 'online', { qos: 1, retain: true })
      client.subscribe(`errors/${this.id}`, { qos: 0 })
      this.send()
    })
    client.on('close', () => {
      this.#offlineSince = performance.now()
    })
    client.on('message', (_, payload) => {
      this.#events.refused(this.id, payload.toString('utf8').slice(0, refusalLengthMax))
    })
    client.on('error', (error) => {
      // A broker that is away is waited for; a CONNACK that says no is final (its code is a number).
      if (!('code' in error) || typeof error.code !== 'number') return
      this.#refused = true
      this.#events.refused(this.id, error.message)
    })
  }

  /** Puts a row into the device's memory. */
  keep(row: Row): void {
    const rows = this.#waiting.get(row.asset)
    if (rows === undefined) this.#waiting.set(row.asset, [row])
    else rows.push(row)
    if (rows === undefined || rows.length <= rowsKeptMax) return
    rows.shift()
    this.dropped += 1
  }

  /** Sends what waits, as far as the connection and the window allow. */
  send(): void {
    const client = this.#client
    while (client?.connected && !this.cutOff && this.#inFlight < inFlightMax) {
      const [asset, rows] = this.#waiting.entries().next().value ?? []
      if (asset === undefined || rows === undefined) return
      const message = nextMessage(asset, rows)
      if (message === undefined) {
        this.#waiting.delete(asset)
        continue
      }
      const travelling = rows.splice(0, message.rows)
      // Assets take turns, so that none waits for another's back-log.
      this.#waiting.delete(asset)
      if (rows.length > 0) this.#waiting.set(asset, rows)
      this.#publish(client, asset, message.topic, message.payload, travelling, message.readings)
    }
  }

  async close(): Promise<void> {
    const client = this.#client
    if (client === undefined) return
    if (client.connected) await Promise.race([announce(client, this.id, 'offline'), after(goodbyeMs)])
    await hangUp(client, goodbyeMs)
  }

  #publish(client: MqttClient, asset: AssetId, topic: string, payload: string, rows: Row[], readings: number): void {
    this.#inFlight += 1
    this.#events.published(readings)
    client.publish(topic, payload, { qos: 1 }, (error) => {
      this.#inFlight -= 1
      if (error) this.#waiting.set(asset, [...rows, ...(this.#waiting.get(asset) ?? [])])
      else this.#events.acknowledged(readings)
      this.send()
    })
  }
}

function after(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref())
}
