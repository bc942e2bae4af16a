import type { Logger } from 'pino'
import type { Database, Instant } from '../../city/index.ts'
import { DiscoveredRows } from './discovered-rows.ts'
import { Recent } from './recent.ts'

/** A name under which readings came that nobody knows yet, with the last of them. */
export type DiscoveredSensor = {
  /** As a source is named (city's `SourceDraft`), or `asset/quantity` where a native device named it so. */
  readonly name: string
  readonly device: string
  readonly topic: string
  /** As the device wrote it; often it says none. */
  readonly unit: string | undefined
  readonly value: number
  readonly observedAt: Instant
  readonly count: number
  readonly firstAt: Instant
  readonly lastAt: Instant
}

/** Somebody who tried to log in by a name that is no device's. */
export type DiscoveredDevice = {
  readonly device: string
  readonly address: string
  readonly count: number
  readonly firstAt: Instant
  readonly lastAt: Instant
}

export type Sighting = {
  readonly device: string
  readonly topic: string
  readonly name: string
  readonly value: number
  readonly observedAt: Instant
  readonly receivedAt: Instant
  readonly unit?: string | undefined
}

export type DiscoveredOptions = {
  readonly database: Database
  readonly log: Logger
  /** Calls the work now and then; returns how to stop. Every five seconds when absent. */
  readonly every?: (work: () => void) => () => void
}

// Some 500 bytes each. A city that takes over a network server with more finds the rest once the first are adopted.
export const discoveredMax = 10_000
export const discoveredDevicesMax = 1_000
// A name is cut before it is kept, so that a device that makes up names cannot fill more than its rows.
const textMax = 256
const flushEveryMs = 5_000
// Of one device until the next writing: some 30 ms of work, and half of the room, so that it pushes out nobody who is heard
// as often. What it sends beyond that is found after the writing.
export const notedOfOneDeviceMax = discoveredMax / 2

/**
 * What is out there and not in the registry: names that readings came under, and devices that tried to log in. Noted in
 * memory at once, written every few seconds; a crash may cost the counts of these seconds, never a reading.
 * Of more than `discoveredMax` names the one that was quiet longest is forgotten.
 */
export class Discovered {
  readonly #rows: DiscoveredRows
  readonly #log: Logger
  readonly #sensors = new Recent<DiscoveredSensor>(discoveredMax)
  readonly #devices = new Recent<DiscoveredDevice>(discoveredDevicesMax)
  readonly #stop: () => void
  /** By device: how often it was noted since the last writing. */
  readonly #noted = new Map<string, number>()
  #flushing: Promise<void> = Promise.resolve()

  static async open(options: DiscoveredOptions): Promise<Discovered> {
    const rows = new DiscoveredRows(options.database)
    return new Discovered(options, rows, await rows.sensors(), await rows.devices())
  }

  private constructor(
    { log, every = everyFewSeconds }: DiscoveredOptions,
    rows: DiscoveredRows,
    sensors: readonly DiscoveredSensor[],
    devices: readonly DiscoveredDevice[],
  ) {
    this.#log = log
    this.#rows = rows
    this.#sensors.load(sensors.map((each) => [each.name, each] as const))
    this.#devices.load(devices.map((each) => [each.device, each] as const))
    this.#stop = every(() => void this.flush().catch((error: unknown) => this.#log.warn({ err: error }, unwritten)))
  }

  /** Notes a reading under an unknown name. Cheap, as a misconfigured fleet sends nothing else; and bounded by device. */
  note({ device, topic, name, value, observedAt, receivedAt, unit }: Sighting): void {
    if (name.length > textMax) return
    const noted = this.#noted.get(device) ?? 0
    if (noted >= notedOfOneDeviceMax) return
    this.#noted.set(device, noted + 1)
    const known = this.#sensors.get(name)
    this.#sensors.put(name, {
      name,
      device: device.slice(0, textMax),
      topic: topic.slice(0, textMax),
      unit: unit?.slice(0, textMax) ?? known?.unit,
      value,
      observedAt,
      count: (known?.count ?? 0) + 1,
      firstAt: known?.firstAt ?? receivedAt,
      lastAt: receivedAt,
    })
  }

  /** Notes a log-in by a name that is no device's. */
  noteDevice({
    device,
    address,
    at,
  }: {
    readonly device: string
    readonly address: string
    readonly at: Instant
  }): void {
    if (device === '' || device.length > textMax) return
    const known = this.#devices.get(device)
    this.#devices.put(device, {
      device,
      address: address.slice(0, textMax),
      count: (known?.count ?? 0) + 1,
      firstAt: known?.firstAt ?? at,
      lastAt: at,
    })
  }

  /** Heard last comes first. */
  list(): DiscoveredSensor[] {
    return this.#sensors.newestFirst()
  }

  listDevices(): DiscoveredDevice[] {
    return this.#devices.newestFirst()
  }

  get(name: string): DiscoveredSensor | undefined {
    return this.#sensors.get(name)
  }

  /** Forgets the name until it is heard again; `false` when it was not there. */
  remove(name: string): boolean {
    return this.#sensors.remove(name)
  }

  removeDevice(device: string): boolean {
    return this.#devices.remove(device)
  }

  /** Writes what is new; resolves once that is committed. One after another. */
  flush(): Promise<void> {
    const turn = this.#flushing.then(() => this.#write())
    this.#flushing = turn.catch(() => undefined)
    return turn
  }

  async close(): Promise<void> {
    this.#stop()
    await this.flush()
  }

  async #write(): Promise<void> {
    this.#noted.clear()
    const sensors = this.#sensors.takeChanges()
    const devices = this.#devices.takeChanges()
    try {
      await this.#rows.write(sensors, devices)
    } catch (error) {
      sensors.putBack()
      devices.putBack()
      throw error
    }
  }
}

const unwritten = 'what was discovered could not be written; it is kept in memory and tried again'

function everyFewSeconds(work: () => void): () => void {
  const timer = setInterval(work, flushEveryMs)
  timer.unref()
  return () => clearInterval(timer)
}
