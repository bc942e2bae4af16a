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

/** Those that we set, for the topics that a client hears first; they are not given away again. */
export class OwnAliases {
  readonly #max: number
  readonly #numbers = new Map<string, number>()

  /** @param max how many the client takes [MQTT-3.1.2-26] */
  constructor(max: number) {
    this.#max = max
  }

  /** `isNew`: the packet that is sent now has to set it. */
  of(topic: string): { readonly number: number; readonly isNew: boolean } | undefined {
    if (this.#max === 0) return undefined
    const number = this.#numbers.get(topic)
    if (number !== undefined) return { number, isNew: false }
    return this.#numbers.size < this.#max ? { number: this.#numbers.size + 1, isNew: true } : undefined
  }

  set(topic: string, number: number): void {
    this.#numbers.set(topic, number)
  }
}
