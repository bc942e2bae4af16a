import { isIPv6 } from 'node:net'
import { type Rate, TokenBucket } from './token-bucket.ts'

export type AddressLimits = {
  readonly connectionsPerAddressMax: number
  readonly connectsPerAddress: Rate
  readonly loginFailuresPerAddress: Rate
  readonly messagesPerAddress: Rate
  readonly bytesPerAddress: Rate
}

// Addresses remembered with nothing open: a sweep of the whole of a small network, and 10 MB at the most.
const addressesMax = 50_000

/** One peer address: how much it has open, how fast it connects and sends, how often it failed to log in. */
export class Address {
  /** The address in words; of IPv6 the /64. */
  readonly name: string
  open = 0
  readonly connects: TokenBucket
  readonly #failures: TokenBucket
  readonly #messages: TokenBucket
  readonly #bytes: TokenBucket

  constructor(name: string, limits: AddressLimits, at: number) {
    this.name = name
    this.connects = new TokenBucket(limits.connectsPerAddress, at)
    this.#failures = new TokenBucket(limits.loginFailuresPerAddress, at)
    this.#messages = new TokenBucket(limits.messagesPerAddress, at)
    this.#bytes = new TokenBucket(limits.bytesPerAddress, at)
  }

  /** What has been read from one of its connections; once per chunk, not per packet. */
  charge(packets: number, bytes: number, at: number): void {
    this.#messages.take(packets, at)
    this.#bytes.take(bytes, at)
  }

  /** Milliseconds until its connections may be read again; 0: now. */
  waitMs(at: number): number {
    return Math.max(this.#messages.waitMs(at), this.#bytes.waitMs(at))
  }

  /** Counts a log-in that failed; `false`: there are too many to write down each. */
  mayFail(at: number): boolean {
    return this.#failures.tryTake(at)
  }

  isForgettable(at: number): boolean {
    if (this.open > 0) return false
    return [this.connects, this.#failures, this.#messages, this.#bytes].every((bucket) => bucket.isFull(at))
  }
}

/** Who is connecting from where, and whether one more may. Times are monotonic milliseconds. */
export class Addresses {
  readonly #limits: AddressLimits
  readonly #known = new Map<string, Address>()
  /** Stands for all further addresses while too many are remembered: they share one allowance. */
  readonly #others: Address

  constructor(limits: AddressLimits, at: number) {
    this.#limits = limits
    this.#others = new Address('others', limits, at)
  }

  /** Counts one more connection in; `undefined`: not now. Whoever gets the address closes it with `leave`. */
  enter(remoteAddress: string | undefined, at: number): Address | undefined {
    const address = this.#of(keyOf(remoteAddress), at)
    if (address.open >= this.#limits.connectionsPerAddressMax || !address.connects.tryTake(at)) return undefined
    address.open += 1
    return address
  }

  leave(address: Address): void {
    address.open -= 1
  }

  #of(key: string, at: number): Address {
    const known = this.#known.get(key)
    if (known !== undefined) return known
    if (this.#known.size >= addressesMax) this.#forget(at)
    if (this.#known.size >= addressesMax) return this.#others
    const address = new Address(key, this.#limits, at)
    this.#known.set(key, address)
    return address
  }

  #forget(at: number): void {
    for (const [key, address] of this.#known) if (address.isForgettable(at)) this.#known.delete(key)
  }
}

/** IPv4 as it is; of IPv6 the /64, which is what one subscriber holds and may pick from at will. */
function keyOf(remoteAddress: string | undefined): string {
  if (remoteAddress === undefined) return ''
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(remoteAddress)
  if (mapped?.[1] !== undefined) return mapped[1]
  if (!isIPv6(remoteAddress)) return remoteAddress
  const [head = '', tail] = remoteAddress.split('%', 1)[0]?.split('::') ?? []
  const groups = head === '' ? [] : head.split(':')
  const after = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - groups.length - after.length)
  return [...groups, ...new Array<string>(zeros).fill('0'), ...after].slice(0, 4).join(':')
}
