import type { AedesPublishPacket } from 'aedes'
import type { Session } from './session.ts'
import { matches } from './version5/index.ts'

type Deliver = (packet: AedesPublishPacket, done: () => void) => void

/**
 * The QoS with which a client gets a message: the least of the message's and the most that its matching subscriptions
 * were granted [MQTT-3.3.5-1], [MQTT-3.8.4-6]. Aedes takes the subscription that happens to come first, and looks at
 * what was granted only where its filter is the topic letter by letter.
 */
export class Granted {
  readonly #qosOf = new Map<string, number>()

  add(filter: string, qos: number): void {
    this.#qosOf.set(filter, qos)
  }

  remove(filter: string): void {
    this.#qosOf.delete(filter)
  }

  qosFor(topic: string): number {
    let most = 0
    for (const [filter, qos] of this.#qosOf) if (qos > most && matches(filter, topic)) most = qos
    return most
  }
}

/** Has Aedes deliver to this client with the QoS that is due. All its subscriptions are of QoS 2 to Aedes. */
export function deliverAsGranted(session: Session): void {
  const client = session.client as unknown as { deliverQoS: Deliver } | undefined
  if (client === undefined) return
  const deliver = client.deliverQoS
  // The packet is one of its own for each subscription.
  client.deliverQoS = (packet, done) => {
    lowerQos(session, packet)
    deliver(packet, done)
  }
}

export function lowerQos({ granted }: Session, packet: AedesPublishPacket): void {
  if (packet.qos > 0) packet.qos = Math.min(packet.qos, granted.qosFor(packet.topic)) as 0 | 1 | 2
}
