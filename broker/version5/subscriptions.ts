import { matches } from './matching.ts'
import { type Reason, reason } from './reason.ts'

/** What a client of MQTT 5 is subscribed to, as far as 3.1.1 has no words for it. */
export class Subscriptions {
  /** Each filter with its subscription identifier; 0: it has none. */
  readonly #identifierOf = new Map<string, number>()
  /** Those whose retained messages are not wanted. */
  readonly #unretained = new Set<string>()
  readonly #leaving = new Map<number, readonly string[]>()

  /** The one that stood for the filter before, and its identifier, are replaced [MQTT-3.8.4-3]. */
  add(filter: string, identifier: number): void {
    this.#identifierOf.set(filter, identifier)
  }

  /** Takes note of whether the client wants what is retained under a filter it is about to subscribe to. */
  handleRetained(filter: string, handling: number): void {
    const isWanted = handling === 0 || (handling === 1 && !this.#identifierOf.has(filter))
    if (isWanted) this.#unretained.delete(filter)
    else this.#unretained.add(filter)
  }

  /** Whether a retained message is not to be sent [MQTT-3.3.1-10], [MQTT-3.3.1-11]. */
  wantsNoRetained(topic: string): boolean {
    if (this.#unretained.size === 0) return false
    const matching = [...this.#identifierOf.keys()].filter((filter) => matches(filter, topic))
    return matching.length > 0 && matching.every((filter) => this.#unretained.has(filter))
  }

  /** Those of all subscriptions that a message is sent for, because it is sent once for all of them [MQTT-3.3.4-4]. */
  identifiersFor(topic: string): readonly number[] {
    const found: number[] = []
    for (const [filter, identifier] of this.#identifierOf) {
      if (identifier !== 0 && matches(filter, topic)) found.push(identifier)
    }
    return found
  }

  /** An UNSUBSCRIBE is on its way to the core. */
  leave(identifier: number, filters: readonly string[]): void {
    this.#leaving.set(identifier, filters)
  }

  /** The core has carried it out: a code for each filter. */
  left(identifier: number): readonly Reason[] {
    const filters = this.#leaving.get(identifier) ?? []
    this.#leaving.delete(identifier)
    return filters.map((filter) => (this.#identifierOf.delete(filter) ? reason.success : reason.noSubscriptionExisted))
  }
}
