import type { Message } from './message.ts'
import { parseMessage } from './parse.ts'
import type { Parsed } from './parsed.ts'
import type { KnowsSensor } from './senml.ts'
import { Sparkplug } from './sparkplug/sparkplug.ts'
import { sparkplugPrefix } from './sparkplug/topic.ts'

/** Reads every dialect: the stateless ones by `parseMessage`, and Sparkplug, of which it remembers the birth certificates. */
export class WireReader {
  readonly #knows: KnowsSensor | undefined
  readonly #sparkplug = new Sparkplug()

  /** `knows` says whether there is a sensor `asset/quantity`; see `parseMessage`. */
  constructor(knows?: KnowsSensor) {
    this.#knows = knows
  }

  /** Never throws; its work and its memory are bounded. */
  read(message: Message): Parsed {
    return message.topic.startsWith(sparkplugPrefix)
      ? this.#sparkplug.read(message)
      : parseMessage(message, this.#knows)
  }

  /** The device's connection is closed, and no other of its connections is open. */
  forget(device: string): void {
    this.#sparkplug.forget(device)
  }
}
