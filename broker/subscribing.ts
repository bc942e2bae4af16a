/*
 * A SUBSCRIBE that Aedes' own parser would not do justice: one of MQTT 5, whose options 3.1.1 cannot carry, and one that
 * names a filter twice, to which Aedes would answer fewer return codes than there are filters [MQTT-3.8.4-5].
 */

import { isAnonymous } from './anonymous.ts'
import { hangUp } from './farewell.ts'
import type { Session } from './session.ts'
import { reason, type Subscribe, type Subscription5 } from './version5/index.ts'

const failure = 0x80

export function subscribe(session: Session, request: Subscribe): void {
  const { subscriptions } = request
  // The last of several with one filter stands, as after a sequence of SUBSCRIBEs [MQTT-3.8.4-4].
  const standing = [...new Map(subscriptions.map((wanted) => [wanted.topic, { ...wanted }])).values()]
  for (const { topic, rh } of standing) session.version5?.subscriptions.handleRetained(topic, rh)
  // Without a packet identifier Aedes leaves the SUBACK to us.
  session.client?.subscribe({ subscriptions: standing as never }, (error) => {
    if (error) {
      hangUp(session, reason.topicFilterInvalid, error.message)
      return
    }
    // What was granted is written into the subscriptions right after this call.
    queueMicrotask(() => {
      const denied = new Set(standing.filter(({ qos }) => (qos as number) === failure).map(({ topic }) => topic))
      acknowledge(session, request, denied)
    })
  })
}

function acknowledge(session: Session, request: Subscribe, denied: ReadonlySet<string>): void {
  const { conn, version5 } = session
  const { identifier, subscriptions } = request
  if (conn.destroyed || conn.writableEnded) return
  const codes = subscriptions.map(({ topic, qos }) => (denied.has(topic) ? codeOfDenial(session, topic) : qos))
  if (version5 !== undefined) {
    version5.send(version5.suback(request, codes))
    return
  }
  const length = codes.length + 2
  const header = length < 128 ? [0x90, length] : [0x90, (length & 0x7f) | 0x80, length >> 7]
  conn.write(Buffer.from([...header, identifier >> 8, identifier & 0xff, ...codes]))
}

function codeOfDenial({ version5, login }: Session, filter: string): number {
  if (version5 === undefined) return failure
  if (filter.startsWith('$share/')) return reason.sharedSubscriptionsNotSupported
  // Where nobody is authorized to anything, nobody can lack it.
  return login !== undefined && isAnonymous(login.device) ? reason.unspecified : reason.notAuthorized
}

/** The request in a SUBSCRIBE of MQTT 3.1.1 that names a filter twice; `undefined`: it does not. */
export function requestWithRepeats(bytes: Buffer, bodyAt: number, end: number): Subscribe | undefined {
  const subscriptions: Subscription5[] = []
  for (let at = bodyAt + 2; at < end; ) {
    const topicEnd = at + 2 + bytes.readUInt16BE(at)
    const qos = bytes[topicEnd] ?? 0
    // Aedes says what is wrong with it.
    if (qos > 2) return undefined
    const topic = bytes.toString('utf8', at + 2, topicEnd)
    subscriptions.push({ topic, qos: qos as 0 | 1 | 2, nl: false, rap: false, rh: 0 })
    at = topicEnd + 1
  }
  const isRepeated = new Set(subscriptions.map(({ topic }) => topic)).size < subscriptions.length
  return isRepeated ? { identifier: bytes.readUInt16BE(bodyAt), subscriptions, subscriptionIdentifier: 0 } : undefined
}
