import { Fields } from './fields.ts'
import { isFault, readProperties } from './properties.ts'
import { type Fault, malformed, protocolError } from './reason.ts'

export type Subscription5 = {
  readonly topic: string
  readonly qos: 0 | 1 | 2
  /** Not to be sent what the client itself published. */
  readonly nl: boolean
  /** To be sent with the retain flag it was published with. */
  readonly rap: boolean
  /** 0: send what is retained; 1: only if the subscription is new; 2: not at all. */
  readonly rh: number
}

export type Subscribe = {
  readonly identifier: number
  readonly subscriptions: readonly Subscription5[]
  /** What its messages are to be marked with; 0: with nothing. */
  readonly subscriptionIdentifier: number
}
export type Unsubscribe = { readonly identifier: number; readonly filters: readonly Buffer[] }

export function readSubscribe(bytes: Buffer, bodyAt: number, end: number): Subscribe | Fault {
  const fields = new Fields(bytes, bodyAt, end)
  const identifier = fields.twoBytes() ?? 0
  const properties = readProperties(fields, bytes, 'subscribe')
  if (isFault(properties)) return properties
  const subscriptions: Subscription5[] = []
  while (fields.left > 0) {
    const filter = fields.text()
    const options = fields.byte()
    if (filter === undefined || options === undefined) {
      return malformed('a topic filter is cut short or not UTF-8', 'MQTT-3.8.3-1')
    }
    const subscription = subscriptionOf(filter.toString('utf8'), options)
    if (isFault(subscription)) return subscription
    subscriptions.push(subscription)
  }
  if (subscriptions.length === 0) return protocolError('SUBSCRIBE without a filter', 'MQTT-3.8.3-2')
  return { identifier, subscriptions, subscriptionIdentifier: properties.subscriptionIdentifier ?? 0 }
}

function subscriptionOf(topic: string, options: number): Subscription5 | Fault {
  const qos = options & 3
  const rh = (options >> 4) & 3
  if (options & 0xc0) return malformed('reserved bits of a subscription are set', 'MQTT-3.8.3-5')
  if (qos === 3) return protocolError('a subscription with QoS 3')
  if (rh === 3) return protocolError('retain handling 3')
  const nl = (options & 4) !== 0
  if (nl && topic.startsWith('$share/')) return protocolError('no local on a shared subscription', 'MQTT-3.8.3-4')
  return { topic, qos: qos as 0 | 1 | 2, nl, rap: (options & 8) !== 0, rh }
}

export function readUnsubscribe(bytes: Buffer, bodyAt: number, end: number): Unsubscribe | Fault {
  const fields = new Fields(bytes, bodyAt, end)
  const identifier = fields.twoBytes() ?? 0
  const properties = readProperties(fields, bytes, 'unsubscribe')
  if (isFault(properties)) return properties
  const filters: Buffer[] = []
  while (fields.left > 0) {
    const filter = fields.text()
    if (filter === undefined) return malformed('a topic filter is cut short or not UTF-8', 'MQTT-3.10.3-1')
    filters.push(filter)
  }
  if (filters.length === 0) return protocolError('UNSUBSCRIBE without a filter', 'MQTT-3.10.3-2')
  return { identifier, filters }
}
