// Telemetry topics of one connection that are remembered: a gateway with a thousand assets of four quantities.
const topicsMax = 4_096

type Known = { readonly bytes: Uint8Array; readonly topic: string }

/**
 * The topics a connection has been found to own, by their bytes: judged once and then looked up without being decoded,
 * because that is done for every message. Beyond the bound a topic is judged each time.
 */
export class OwnTopics {
  readonly #known = new Map<number, Known>()

  /** The topic that these bytes spell, when it is known. */
  find(bytes: Uint8Array, from: number, to: number): string | undefined {
    const known = this.#known.get(hash(bytes, from, to))
    return known !== undefined && isSame(known.bytes, bytes, from, to) ? known.topic : undefined
  }

  /** Of two topics with the same hash the later one is remembered. */
  add(topic: string, bytes: Uint8Array, from: number, to: number): void {
    if (this.#known.size < topicsMax) this.#known.set(hash(bytes, from, to), { bytes: bytes.slice(from, to), topic })
  }
}

/** FNV-1a. */
function hash(bytes: Uint8Array, from: number, to: number): number {
  let value = 0x811c9dc5
  for (let at = from; at < to; at += 1) value = Math.imul(value ^ (bytes[at] as number), 0x01000193)
  return value
}

function isSame(known: Uint8Array, bytes: Uint8Array, from: number, to: number): boolean {
  if (known.length !== to - from) return false
  for (let at = 0; at < known.length; at += 1) if (known[at] !== bytes[from + at]) return false
  return true
}
