import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { AssetId } from '../../city/index.ts'
import type { SimulatedTown } from '../town.ts'
import { deliveryOf, isCutOff } from '../trouble/delivery.ts'
import type { BrokerAddress } from './connection.ts'
import { DeviceClient } from './device-client.ts'
import type { Row } from './reporter.ts'

// Four hundred devices are there within three seconds, and no broker takes it for an attack.
const connectsPerSecond = 150
const connectEveryMs = 100
// A device that is not there by then is not waited for; its rows stay in its memory.
const absentAfterMs = 20_000
const settleCheckMs = 10
// The same trouble on four hundred devices fills no log.
const refusalsLoggedMax = 20
const closeBatch = 100

export type FleetCounts = { readonly published: number; readonly acknowledged: number; readonly refused: number }

/** All devices of the town, and the way their rows take to the broker. */
export class Fleet {
  readonly #devices = new Map<string, DeviceClient>()
  readonly #reporterOf = new Map<AssetId, DeviceClient>()
  readonly #late = new Map<DeviceClient, Row[]>()
  readonly #seed: number
  readonly #log: Logger
  #published = 0
  #acknowledged = 0
  #refused = 0

  constructor(
    town: SimulatedTown,
    options: {
      readonly broker: BrokerAddress
      readonly credentials: ReadonlyMap<string, string>
      readonly seed: number
      readonly log: Logger
    },
  ) {
    this.#seed = options.seed
    this.#log = options.log
    for (const described of town.devices) {
      const secret = options.credentials.get(described.id)
      if (secret === undefined || described.assets.length === 0) continue
      const client = new DeviceClient(options.broker, { id: described.id, secret }, this.#events())
      this.#devices.set(described.id, client)
      for (const asset of described.assets) this.#reporterOf.set(asset, client)
    }
  }

  get size(): number {
    return this.#devices.size
  }

  get connected(): number {
    let count = 0
    for (const device of this.#devices.values()) if (device.connected) count += 1
    return count
  }

  get counts(): FleetCounts {
    return { published: this.#published, acknowledged: this.#acknowledged, refused: this.#refused }
  }

  /** Nothing waits in any device that has a link. */
  get idle(): boolean {
    for (const device of this.#devices.values()) if (device.busy && !device.cutOff) return false
    return true
  }

  /** Connects all devices, a few at a time. */
  async connect(signal: AbortSignal): Promise<void> {
    const perStep = Math.max(1, Math.round((connectsPerSecond * connectEveryMs) / 1_000))
    let inStep = 0
    for (const device of this.#devices.values()) {
      if (signal.aborted) return
      device.connect()
      inStep += 1
      if (inStep % perStep === 0) await sleep(connectEveryMs, undefined, { signal }).catch(() => {})
    }
  }

  /** History: every row arrives, in order. */
  keep(rows: readonly Row[]): void {
    for (const row of rows) {
      const device = this.#reporterOf.get(row.asset)
      if (device === undefined) continue
      device.cutOff = false
      device.keep(row)
    }
  }

  sendAll(): void {
    for (const device of this.#devices.values()) device.send()
  }

  /** Live: a row takes its chance with the radio. */
  report(row: Row, everyMinute: boolean): void {
    const device = this.#reporterOf.get(row.asset)
    if (device === undefined) return
    device.cutOff = isCutOff(device.id, everyMinute, row.trueAt, this.#seed)
    const fate = deliveryOf(device.id, row.asset, row.trueAt, this.#seed)
    if (fate !== 'lost' && fate !== 'after the next') device.keep(row)
    this.#release(device)
    if (fate === 'sent twice' || fate === 'after the next') this.#late.set(device, [row])
    device.send()
  }

  /** Resolves when all that was kept is acknowledged, except by devices that are away. */
  async settled(signal: AbortSignal): Promise<void> {
    this.sendAll()
    while (!signal.aborted && this.#someoneBusy()) await sleep(settleCheckMs)
  }

  async close(): Promise<void> {
    const devices = [...this.#devices.values()]
    for (let from = 0; from < devices.length; from += closeBatch)
      await Promise.all(devices.slice(from, from + closeBatch).map((device) => device.close()))
  }

  #someoneBusy(): boolean {
    for (const device of this.#devices.values()) if (device.busy && !device.isAway(absentAfterMs)) return true
    return false
  }

  /** Rows that were overtaken, or are sent a second time, leave after the next one. */
  #release(device: DeviceClient): void {
    const rows = this.#late.get(device)
    if (rows === undefined) return
    this.#late.delete(device)
    for (const row of rows) device.keep(row)
  }

  #events() {
    return {
      published: (readings: number) => {
        this.#published += readings
      },
      acknowledged: (readings: number) => {
        this.#acknowledged += readings
      },
      refused: (device: string, why: string) => {
        this.#refused += 1
        if (this.#refused <= refusalsLoggedMax) this.#log.warn({ device, why }, 'a simulated device was refused')
      },
    }
  }
}
