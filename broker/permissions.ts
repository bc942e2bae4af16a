import type { Device } from '../city/index.ts'

export type PublishVerdict =
  | { readonly kind: 'telemetry' }
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
  if (topic.length > topicLengthMax) return denied(`the topic has more than ${topicLengthMax} characters`)
  const [head, name, quantity, ...rest] = topic.split('/')
  if (head === 'status' && quantity === undefined) {
    return name === device.id ? { kind: 'status' } : denied('it is the status of another device')
  }
  if (head !== 'telemetry' || name === undefined || rest.length > 0 || quantity === '') {
    return denied('no device publishes on such a topic')
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
  return [...topics, `status/${device.id}`]
}

/** Where we publish, and what devices say of themselves; telemetry goes to the store and to nobody else. */
const readableHeads = new Set(['tickets', 'alarms', 'errors', 'status'])

/**
 * Own `errors/{device}`, and the granted filters letter for letter. `$SYS`, `$share` (which Aedes would grant and never
 * serve) and a leading wildcard are denied even where somebody granted them.
 */
export function judgeSubscribe(device: Device, filter: string): SubscribeVerdict {
  if (isUnlawful(filter) || !isFilter(filter)) return 'malformed'
  if (filter === errorsTopic(device.id)) return 'granted'
  const head = filter.split('/', 1)[0] ?? ''
  return readableHeads.has(head) && device.subscribes.includes(filter) ? 'granted' : 'denied'
}

export function errorsTopic(device: string): string {
  return `errors/${device}`
}

export function statusTopic(device: string): string {
  return `status/${device}`
}

/** [MQTT-4.7.1-2], [MQTT-4.7.1-3]: a wildcard is a level of its own, and `#` the last. */
function isFilter(filter: string): boolean {
  if (filter === '') return false
  const levels = filter.split('/')
  return levels.every((level, index) => {
    if (level === '#') return index === levels.length - 1
    return level === '+' || !/[#+]/.test(level)
  })
}

/** U+0000 [MQTT-1.5.3-2], or U+FFFD: what decoding made of bytes that are not UTF-8. No name of ours holds either. */
function isUnlawful(text: string): boolean {
  return text.includes('\u0000') || text.includes('\uFFFD')
}

function denied(reason: string): PublishVerdict {
  return { kind: 'denied', reason }
}
