import type { QuantityDefinition } from '../asset-class.ts'
import type { Device } from '../device.ts'
import type { Sensor } from '../sensor.ts'

/** What a device needs to know to report, and what it would say first. */
export type Connection = {
  readonly device: string
  readonly secret: string
  readonly host: string
  readonly port: number
  /** The port speaks TLS. */
  readonly tls: boolean
  /** Its first sensor's topic, or its own status where it has no sensor of its own. */
  readonly topic: string
  /** As it is sent: a number, or a word of status. */
  readonly payload: string
  readonly sensor: Sensor | undefined
}

export type ConnectionOptions = {
  readonly device: Pick<Device, 'id' | 'assets'>
  /** Only known while the credential is being made; else a word stands in its place. */
  readonly secret?: string | undefined
  readonly host: string
  readonly port: number
  readonly tls: boolean
  readonly sensorsOf: (asset: string) => readonly Sensor[]
}

/** Stands where the secret goes once it is no longer known. */
export const secretStandIn = 'THE-DEVICE-SECRET'

export function connectionOf({ device, secret, host, port, tls, sensorsOf }: ConnectionOptions): Connection {
  const sensor = device.assets.flatMap((asset) => sensorsOf(asset).slice(0, 1))[0]
  return {
    device: device.id,
    secret: secret ?? secretStandIn,
    host: isHost(host) ? host : 'localhost',
    port,
    tls,
    topic: sensor === undefined ? `status/${device.id}` : `telemetry/${sensor.id}`,
    payload: sensor === undefined ? 'online' : String(firstValue(sensor.quantity)),
    sensor,
  }
}

/** A name or address; it may come from a request, and is going to be pasted into a shell. */
function isHost(text: string): boolean {
  return /^[A-Za-z0-9.:-]{1,253}$/.test(text)
}

/** Something small that is possible: a first reading must not raise an alarm by being wild. */
function firstValue({ range: { min, max } }: QuantityDefinition): number {
  return Math.min(Math.max(1, min), max)
}
