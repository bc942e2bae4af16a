import type { Publish } from './publish.ts'
import { type Fault, faultOf, protocolError, reason } from './reason.ts'

/** The topic aliases that a client has set, for the length of its connection (section 3.3.2.3.4). */
export class Aliases {
  readonly #max: number
  readonly #topics = new Map<number, Buffer>()

  constructor(max: number) {
    this.#max = max
  }

  topicOf({ topic, properties: { topicAlias } }: Publish): Buffer | Fault {
    if (topicAlias === undefined) return topic
    if (topicAlias === 0 || topicAlias > this.#max) {
      const detail = `topic alias ${topicAlias}; 1 to ${this.#max} are taken, as the CONNACK said`
      return faultOf(reason.topicAliasInvalid, detail, 'MQTT-3.3.2-8')
    }
    if (topic.length === 0) {
      return this.#topics.get(topicAlias) ?? protocolError(`topic alias ${topicAlias} was never set`)
    }
    // A copy, or the buffer of the socket would be kept as long as the alias.
    this.#topics.set(topicAlias, Buffer.from(topic))
    return topic
  }
}
