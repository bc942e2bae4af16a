/*
 * `anonymous: 'full'`: a plain broker, for conformance suites and nothing else. Whoever can reach it may
 * publish and subscribe anywhere, so it may only be reached from this machine. Nothing of it reaches the city's readings:
 * telemetry is passed on to subscribers like any other message, and is not kept.
 */
import { randomUUID } from 'node:crypto'
import { isIPv4 } from 'node:net'
import { type Device, Refusal } from '../city/index.ts'
import type { SubscribeVerdict } from './permissions.ts'
import { isFilter } from './topic-filter.ts'

export type Anonymous = 'off' | 'full'

/** The one filter that is refused, because suites ask for a SUBSCRIBE that fails. */
const refusedFilter = 'test/nosubscribe'

/** @throws Refusal unless only this machine can reach the broker */
export function mustBeLoopback(host: string): void {
  if (host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'))) return
  throw new Refusal(
    'BROKER_ANONYMOUS_NOT_LOOPBACK',
    `LENGTHSMAN_MQTT_ANONYMOUS is "full" and LENGTHSMAN_HOST is "${host}": everybody who can reach it could read and write everything. ` +
      'Set LENGTHSMAN_HOST to 127.0.0.1, or LENGTHSMAN_MQTT_ANONYMOUS to off',
  )
}

const anonymousDevices = new WeakSet<Device>()

/** A client without a credential, in the form of a device that owns nothing. */
export function anonymousDevice(clientId: string): Device {
  const device = { id: clientId, title: clientId, assets: [], subscribes: [], publishes: [], createdAt: 0 }
  anonymousDevices.add(device)
  return device
}

export function isAnonymous(device: Device): boolean {
  return anonymousDevices.has(device)
}

/** [MQTT-3.1.3-6] */
export function anonymousClientId(): string {
  return `anonymous-${randomUUID()}`
}

/** `$SYS/` is where Aedes speaks to itself: a message there could close the connection of another client. */
export function mayPublishAnonymously(topic: string): boolean {
  return topic !== '$SYS' && !topic.startsWith('$SYS/')
}

export function judgeAnonymousSubscribe(filter: string): SubscribeVerdict {
  if (!isFilter(filter)) return 'malformed'
  return filter === refusedFilter || filter.startsWith('$share/') ? 'denied' : 'granted'
}
