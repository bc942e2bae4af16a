/** One server-sent event, written out once however many pages get it. */
export type RingEvent = { readonly id: number; readonly text: string }

/**
 * The newest events, so that a page that lost its connection is told what it missed. Ids only ever grow, over restarts
 * too (they start from the clock), so an id of an earlier run is recognised as gone instead of matching a wrong event.
 */
export class EventRing {
  readonly #capacity: number
  readonly #events: RingEvent[] = []
  readonly #firstId: number
  #nextId: number

  /** @param firstId larger than any id of an earlier run */
  constructor(capacity: number, firstId: number) {
    this.#capacity = capacity
    this.#firstId = firstId
    this.#nextId = firstId
  }

  /** The id of the newest event; before the first one, an id that no event has. */
  get newestId(): number {
    return this.#nextId - 1
  }

  push(name: string, data: unknown): void {
    const id = this.#nextId++
    this.#events[(id - this.#firstId) % this.#capacity] = { id, text: eventText(name, data, id) }
  }

  /** What came after this id, at most `count` of them; `gone` when some of it is no longer held, or the id was never given. */
  after(id: number, count: number): readonly RingEvent[] | 'gone' {
    const oldestHeld = Math.max(this.#firstId, this.#nextId - this.#capacity)
    if (id < oldestHeld - 1 || id > this.newestId) return 'gone'
    const found: RingEvent[] = []
    for (let next = id + 1; next < this.#nextId && found.length < count; next++) {
      const event = this.#events[(next - this.#firstId) % this.#capacity]
      if (event !== undefined) found.push(event)
    }
    return found
  }
}

/** JSON has no line breaks of its own, so one `data:` line always holds it. */
export function eventText(name: string, data: unknown, id?: number): string {
  return `${id === undefined ? '' : `id: ${id}\n`}event: ${name}\ndata: ${JSON.stringify(data)}\n\n`
}
