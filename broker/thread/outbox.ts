import { type MessageReceiver, Packer, type Parcel, type ParcelKept, type WireFault } from '../../ingest/wire/index.ts'

// One on its way while the one before it is being committed: a third would only wait there instead of gathering here.
const onTheirWayMax = 2

type Waiting = { readonly promise: Promise<void>; resolve(): void; reject(reason: unknown): void }
type OnTheirWay = { readonly waiting: Waiting; readonly onRefused: ReadonlyMap<number, (fault: WireFault) => void> }

/**
 * Gathers messages into parcels and sends them, a turn of the event loop at a time. What comes while two parcels are on
 * their way forms the next; the broker's own limits bound how much that can be.
 */
export class Outbox {
  readonly #send: (id: number, parcel: Parcel) => void
  readonly #packer = new Packer()
  readonly #onTheirWay = new Map<number, OnTheirWay>()
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

  kept(id: number, { learnt, refused }: ParcelKept): void {
    for (const { sensor, number } of learnt) this.#packer.learn(sensor, number)
    const sent = this.#take(id)
    for (const { place, fault } of refused) sent?.onRefused.get(place)?.(fault)
    sent?.waiting.resolve()
  }

  notKept(id: number, reason: string): void {
    this.#take(id)?.waiting.reject(new Error(reason))
  }

  #take(id: number): OnTheirWay | undefined {
    const sent = this.#onTheirWay.get(id)
    this.#onTheirWay.delete(id)
    this.#schedule()
    return sent
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
    const { parcel, onRefused } = this.#packer.seal()
    this.#onTheirWay.set(this.#lastId, { waiting: gathered, onRefused })
    this.#send(this.#lastId, parcel)
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
