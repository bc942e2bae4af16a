import { type MessageReceiver, Packer, type Parcel, type ParcelKept } from '../../ingest/wire/index.ts'

// One on its way while the one before it is being committed: a third would only wait there instead of gathering here.
const onTheirWayMax = 2

type Waiting = { readonly promise: Promise<void>; resolve(): void; reject(reason: unknown): void }

/**
 * Gathers messages into parcels and sends them, a turn of the event loop at a time. What comes while two parcels are on
 * their way forms the next; the broker's own limits bound how much that can be.
 */
export class Outbox {
  readonly #send: (id: number, parcel: Parcel) => void
  readonly #packer = new Packer()
  readonly #onTheirWay = new Map<number, Waiting>()
  #gathering: Waiting | undefined
  #isScheduled = false
  #lastId = 0

  constructor(send: (id: number, parcel: Parcel) => void) {
    this.#send = send
  }

  readonly receive: MessageReceiver = (message) => {
    this.#packer.add(message)
    this.#gathering ??= newWaiting()
    this.#schedule()
    return this.#gathering.promise
  }

  kept(id: number, { learnt }: ParcelKept): void {
    for (const { sensor, number } of learnt) this.#packer.learn(sensor, number)
    this.#take(id)?.resolve()
  }

  notKept(id: number, reason: string): void {
    this.#take(id)?.reject(new Error(reason))
  }

  #take(id: number): Waiting | undefined {
    const waiting = this.#onTheirWay.get(id)
    this.#onTheirWay.delete(id)
    this.#schedule()
    return waiting
  }

  #schedule(): void {
    if (this.#isScheduled || this.#gathering === undefined || this.#onTheirWay.size >= onTheirWayMax) return
    this.#isScheduled = true
    // What else this turn reads from the sockets goes along.
    setImmediate(() => {
      this.#isScheduled = false
      this.#sendOff()
    })
  }

  #sendOff(): void {
    const gathered = this.#gathering
    if (gathered === undefined) return
    this.#gathering = undefined
    this.#lastId += 1
    this.#onTheirWay.set(this.#lastId, gathered)
    this.#send(this.#lastId, this.#packer.seal())
  }
}

function newWaiting(): Waiting {
  let resolve = () => {}
  let reject = (_reason: unknown) => {}
  const promise = new Promise<void>((kept, failed) => {
    resolve = kept
    reject = failed
  })
  // Whoever handed a message in hears of a failure by its own wait.
  promise.catch(() => {})
  return { promise, resolve, reject }
}
