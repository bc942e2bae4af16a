// Of one size class each. Small, so that those of a class that is no longer asked for soon stand empty, and go.
const chunkBytes = 256 * 1024
const sizeLeast = 64
/** Sizes step by eighths of a power of two: an eighth of the room is lost at most, a sixteenth mostly. */
const steps = 8

/** Where some bytes are kept: a chunk's number and the place in it are one number. */
export type BytePlace = number

const placesMax = chunkBytes / sizeLeast

/** A stretch of memory for runs of bytes of one size. */
class Chunk {
  readonly number: number
  readonly size: number
  readonly bytes: Uint8Array
  readonly #places: number
  readonly #free: number[] = []
  /** The first place that was never taken. */
  #next = 0

  constructor(number: number, size: number) {
    this.number = number
    this.size = size
    this.#places = Math.max(1, Math.floor(chunkBytes / size))
    this.bytes = new Uint8Array(this.#places * size)
  }

  get isFull(): boolean {
    return this.#next === this.#places && this.#free.length === 0
  }

  get isEmpty(): boolean {
    return this.#next === this.#free.length
  }

  take(): number {
    return this.#free.pop() ?? this.#next++
  }

  letGo(place: number): void {
    this.#free.push(place)
  }
}

/**
 * Keeps very many small runs of bytes. A `Uint8Array` of its own would weigh two hundred bytes beside each. What is let go is
 * used again for another of about the same size; a chunk of which nothing is used goes back to the machine.
 */
export class ByteRoom {
  readonly #chunks: (Chunk | undefined)[] = []
  readonly #freeNumbers: number[] = []
  /** By size: chunks with room, and some that are gone. */
  readonly #open = new Map<number, Chunk[]>()
  /** Bytes taken from the machine. */
  size = 0

  put(bytes: Uint8Array): BytePlace {
    const chunk = this.#openChunk(sizeFor(bytes.length))
    const place = chunk.take()
    if (chunk.isFull) this.#open.get(chunk.size)?.pop()
    chunk.bytes.set(bytes, place * chunk.size)
    return chunk.number * placesMax + place
  }

  /** In place, and with what room was left behind them: copy or read them before anything else is put. */
  get(at: BytePlace): Uint8Array {
    const { bytes, size } = this.#chunks[Math.floor(at / placesMax)] as Chunk
    const from = (at % placesMax) * size
    return bytes.subarray(from, from + size)
  }

  letGo(at: BytePlace): void {
    const chunk = this.#chunks[Math.floor(at / placesMax)] as Chunk
    if (chunk.isFull) this.#open.get(chunk.size)?.push(chunk)
    chunk.letGo(at % placesMax)
    if (!chunk.isEmpty) return
    this.#chunks[chunk.number] = undefined
    this.#freeNumbers.push(chunk.number)
    this.size -= chunk.bytes.length
  }

  /** The last of its size that is still there, or a new one. */
  #openChunk(size: number): Chunk {
    let open = this.#open.get(size)
    if (open === undefined) {
      open = []
      this.#open.set(size, open)
    }
    for (;;) {
      const chunk = open[open.length - 1]
      if (chunk === undefined) break
      if (this.#chunks[chunk.number] === chunk) return chunk
      open.pop()
    }
    const chunk = new Chunk(this.#freeNumbers.pop() ?? this.#chunks.length, size)
    this.#chunks[chunk.number] = chunk
    this.size += chunk.bytes.length
    open.push(chunk)
    return chunk
  }
}

function sizeFor(length: number): number {
  const least = Math.max(sizeLeast, length)
  const step = 2 ** Math.max(0, Math.ceil(Math.log2(least)) - 1) / steps
  return Math.ceil(least / step) * step
}
