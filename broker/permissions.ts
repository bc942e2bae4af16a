import type { Device } from '../city/index.ts'
import { covers, isFilter, isTopic } from './topic-filter.ts'

export type PublishVerdict =
  | { readonly kind: 'telemetry' }
  /** A dialect's topic that this credential was granted; what comes on it is taken as telemetry is. */
  | { readonly kind: 'foreign' }
  | { readonly kind: 'status' }
  | { readonly kind: 'denied'; readonly reason: string }
  | { readonly kind: 'malformed'; readonly reason: string }

export type SubscribeVerdict = 'granted' | 'denied' | 'malformed'

// Characters. `telemetry/`, an asset and a quantity of 64 each; longer is no topic of ours.
const topicLengthMax = 256

/** Devices that list many assets are told the first of them. */
const listedMax = 20

/** Whether the device may publish there. Everything not named here is denied. */
export function judgePublish(device: Device, topic: string): PublishVerdict {
  if (isUnlawful(topic)) return { kind: 'malformed', reason: 'the topic is not lawful UTF-8 [MQTT-1.5.3-1]' }
  if (/[#+]/.test(topic)) return { kind: 'malformed', reason: 'the topic holds a wildcard [MQTT-3.3.2-2]' }
  if (topic.length > topicLengthMax) return denied(`the topic has more than ${topicLengthMax} characters`)
  const [head, name, quantity, ...rest] = topic.split('/')
  if (head === 'status' && quantity === undefined) {
    return name === device.id ? { kind: 'status' } : denied('it is the status of another device')
  }
  if (head !== 'telemetry') {
    return isGranted(device, topic)
      ? { kind: 'foreign' }
      : denied('no device publishes on such a topic unless it is granted')
  }
  if (name === undefined || rest.length > 0 || quantity === '') {
    return denied('expected telemetry/{asset}/{quantity} or telemetry/{asset}')
  }
  if (device.assets.includes(name)) return { kind: 'telemetry' }
  return denied(`"${name}" is not an asset of device "${device.id}"`)
}

/** The topics a device may publish on, in words for the person who set it up. */
export function publishableTopics(device: Device): readonly string[] {
  const topics = device.assets
    .slice(0, listedMax)
    .flatMap((asset) => [`telemetry/${asset}`, `telemetry/${asset}/{quantity}`])
  if (device.assets.length > listedMax) topics.push(`… and ${device.assets.length - listedMax} further assets`)
  return [...topics, ...device.publishes.slice(0, listedMax), `status/${device.id}`]
}

/** The program's own topics, which no grant opens. */
const ownHeads = new Set(['telemetry', 'status', 'errors', 'alarms', 'tickets'])

function isGranted(device: Device, topic: string): boolean {
  const [head = ''] = topic.split('/', 1)
  if (!isTopic(topic) || topic.startsWith('$') || ownHeads.has(head)) return false
  return device.publishes.some((filter) => covers(filter, topic))
}

/** Where we publish, and what devices say of themselves; telemetry goes to the store and to nobody else. */
const readableHeads = new Set(['tickets', 'alarms', 'errors', 'status'])

/**
 * Own `errors/{device}`, the granted filters letter for letter, and where a dialect that the credential may speak wants
 * to be commanded. `$SYS`, `$share` (which Aedes would grant and never serve) and a leading wildcard are denied even where
 * somebody granted them.
 */
export function judgeSubscribe(device: Device, filter: string): SubscribeVerdict {
  if (isUnlawful(filter) || !isFilter(filter)) return 'malformed'
  if (filter === errorsTopic(device.id)) return 'granted'
  const head = filter.split('/', 1)[0] ?? ''
  if (readableHeads.has(head)) return device.subscribes.includes(filter) ? 'granted' : 'denied'
  return isCommandFilter(device, filter) ? 'granted' : 'denied'
}

/**
 * A Sparkplug edge node is told on `NCMD` to send its birth certificates again, and a client that cannot subscribe to its
 * command topics may not start at all: so those of the nodes it may report for are granted, and ChirpStack's, on which
 * nothing ever comes. `STATE` is where a host application would say that it is there.
 */
function isCommandFilter(device: Device, filter: string): boolean {
  const [head, group, type, node, ...rest] = filter.split('/')
  if (head === 'application')
    return rest[0] === 'command' && device.publishes.some((granted) => granted.startsWith('application/'))
  if (head !== 'spBv1.0') return false
  if (group === 'STATE') return device.publishes.some((granted) => granted.startsWith('spBv1.0/'))
  if (node === undefined || (type !== 'NCMD' && type !== 'DCMD') || (type === 'NCMD' && rest.length > 0)) return false
  return device.publishes.some((granted) => covers(granted, `spBv1.0/${group}/NDATA/${node}`))
}

export function errorsTopic(device: string): string {
  return `errors/${device}`
}

export function statusTopic(device: string): string {
  return `status/${device}`
}

/** U+0000 [MQTT-1.5.3-2], or U+FFFD: what decoding made of bytes that are not UTF-8. No name of ours holds either. */
function isUnlawful(text: string): boolean {
  return text.includes('\u0000') || text.includes('\uFFFD')
}

function denied(reason: string): PublishVerdict {
  return { kind: 'denied', reason }
}
