import type { Duplex } from 'node:stream'

const nothing = Buffer.alloc(0)

/** What was read from a stream and is not dealt with yet. A packet in many pieces is put together once, not at each. */
export class Arrivals {
  /** What was read, and how far it is dealt with. */
  bytes: Buffer = nothing
  at = 0
  /** Of a packet that is not whole: what came after `bytes`, and how many bytes that is. */
  readonly #pieces: Buffer[] = []
  #gathered = 0

  /** `true` when there is enough for another look at the packet, which needs so many bytes for it. */
  add(chunk: Buffer, needed: number): boolean {
    const rest = this.bytes.length - this.at
    if (rest === 0 && this.#pieces.length === 0) {
      this.#begin(chunk)
      return true
    }
    this.#pieces.push(chunk)
    this.#gathered += chunk.length
    if (rest + this.#gathered < needed) return false
    this.#begin(this.#all())
    return true
  }

  /** Back into the stream, so that it does not end before they are dealt with. */
  putBack(conn: Duplex): void {
    const rest = this.#all()
    this.#begin(nothing)
    if (rest.length > 0) conn.unshift(rest)
  }

  #all(): Buffer {
    const rest = this.bytes.subarray(this.at)
    return this.#pieces.length === 0 ? rest : Buffer.concat([rest, ...this.#pieces])
  }

  #begin(bytes: Buffer): void {
    this.bytes = bytes
    this.at = 0
    this.#pieces.length = 0
    this.#gathered = 0
  }
}
