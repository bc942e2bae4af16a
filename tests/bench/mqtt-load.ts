/*
 * A load generator that costs little: it writes raw QoS 1 PUBLISH packets and counts PUBACKs, several times faster than
 * a whole MQTT client would be. `runMqttLoad` runs it here, `startMqttLoad` in a process of its own, which is what a
 * measurement wants. A message is sent anew as soon as one is acknowledged (closed loop), or, with `perSecond`, at its
 * appointed time; the latency of a message that had to wait for its turn then counts from that time, or a stalled
 * broker would look fast.
 */
import { fork } from 'node:child_process'
import { connect, type Socket } from 'node:net'
import { LatencyHistogram, type LatencySummary } from './latency-histogram.ts'

export type LoadClient = {
  readonly id: string
  readonly secret: string
  /** Published on in turn. */
  readonly topics: readonly string[]
}

/**
 * `number`: a bare number. `timed`: value and observedAt. `packed`: an array of `readings` objects with observedAt and
 * one value, for topics `telemetry/{asset}`, under the quantity given.
 */
export type LoadPayload =
  | { readonly kind: 'number' }
  | { readonly kind: 'timed' }
  | { readonly kind: 'packed'; readonly readings: number; readonly quantity: string }

export type LoadOptions = {
  readonly host: string
  readonly port: number
  readonly clients: readonly LoadClient[]
  /** Messages of one client that wait for their PUBACK, at most 65,535. */
  readonly inFlight: number
  readonly payload: LoadPayload
  readonly warmUpMs: number
  readonly durationMs: number
  /** Messages a second over all clients; absent: as fast as they are acknowledged. */
  readonly perSecond?: number
}

export type LoadResult = {
  readonly clients: number
  /** Over the whole run, the warm-up included. */
  readonly sent: number
  readonly acknowledged: number
  /** Connections that ended before the run did. */
  readonly lostConnections: number
  /** From here on: without the warm-up. */
  readonly seconds: number
  readonly acknowledgedPerSecond: number
  readonly latencyMs: LatencySummary
}

const connectsAtOnce = 200

/** In a process of its own. */
export function startMqttLoad(options: LoadOptions): Promise<LoadResult> {
  return new Promise((resolve, reject) => {
    const child = fork(import.meta.filename, ['--load-generator'], { execArgv: ['--import', 'tsx'] })
    child.once('message', (result) => resolve(result as LoadResult))
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`the load generator ended with code ${code}`)))
    child.send(options)
  })
}

export async function runMqttLoad(options: LoadOptions): Promise<LoadResult> {
  const total: Total = { sent: 0, acknowledged: 0, lost: 0, latency: new LatencyHistogram() }
  const publishers: Publisher[] = []
  // Not all at once: bare Aedes has no room in its backlog for ten thousand.
  for (let from = 0; from < options.clients.length; from += connectsAtOnce) {
    const some = options.clients.slice(from, from + connectsAtOnce)
    publishers.push(...(await Promise.all(some.map((client) => Publisher.open(client, options, total)))))
  }
  const pacing = options.perSecond === undefined ? undefined : pace(publishers, options.perSecond)
  if (pacing === undefined) for (const publisher of publishers) publisher.fill()
  await elapse(options.warmUpMs)
  total.latency = new LatencyHistogram()
  const before = total.acknowledged
  const startedAt = performance.now()
  await elapse(options.durationMs)
  const seconds = (performance.now() - startedAt) / 1_000
  const acknowledged = total.acknowledged - before
  const lostConnections = total.lost
  pacing?.stop()
  for (const publisher of publishers) publisher.close()
  return {
    clients: publishers.length,
    sent: total.sent,
    acknowledged: total.acknowledged,
    lostConnections,
    seconds,
    acknowledgedPerSecond: Math.round(acknowledged / seconds),
    latencyMs: total.latency.summary(),
  }
}

type Total = { sent: number; acknowledged: number; lost: number; latency: LatencyHistogram }

/** One device: a socket, and what it has in flight. */
class Publisher {
  readonly #socket: Socket
  readonly #options: LoadOptions
  readonly #total: Total
  readonly #heads: readonly Buffer[]
  /** When the message with this packet identifier was due; 0: the identifier is free. */
  readonly #dueAt: Float64Array
  /** Per topic: when its last reading was observed. */
  readonly #observedAt: Float64Array
  readonly #owed: number[] = []
  #inFlight = 0
  #identifier = 0
  #turn = 0
  /** The last bytes of the answers, and how many of them belong to a PUBACK that is not whole yet. */
  #answer = 0
  #answerBytes = 0
  #closing = false

  private constructor(socket: Socket, client: LoadClient, options: LoadOptions, total: Total) {
    this.#socket = socket
    this.#options = options
    this.#total = total
    this.#heads = client.topics.map((topic) => text(topic))
    // Twice as many identifiers as are ever in use, not all of 65,535: ten thousand publishers have to fit into memory.
    this.#dueAt = new Float64Array(Math.min(65_536, 2 * options.inFlight + 2))
    this.#observedAt = new Float64Array(client.topics.length)
    socket.on('data', (chunk) => this.#acknowledge(chunk))
    socket.on('close', () => {
      if (!this.#closing) total.lost += 1
    })
  }

  static open(client: LoadClient, options: LoadOptions, total: Total): Promise<Publisher> {
    return new Promise((resolve, reject) => {
      const socket = connect({ host: options.host, port: options.port, noDelay: true })
      socket.once('error', reject)
      socket.once('connect', () => socket.write(connectPacket(client)))
      socket.once('data', (answer) => {
        if (answer[0] !== 0x20 || answer[3] !== 0) {
          reject(new Error(`${client.id}: CONNACK ${answer.toString('hex')}`))
          return
        }
        socket.removeAllListeners('error')
        socket.on('error', () => socket.destroy())
        resolve(new Publisher(socket, client, options, total))
      })
    })
  }

  /** As many as may be in flight. */
  fill(): void {
    const now = performance.now()
    this.#send(this.#options.inFlight - this.#inFlight, () => now)
  }

  /** One message, due at that time; it waits while too many are in flight. */
  owe(dueAt: number): void {
    this.#owed.push(dueAt)
  }

  /** Sends what is owed, as far as it may. */
  pay(): void {
    const count = Math.min(this.#owed.length, this.#options.inFlight - this.#inFlight)
    if (count <= 0) return
    const due = this.#owed.splice(0, count)
    this.#send(count, (index) => due[index] ?? 0)
  }

  close(): void {
    this.#closing = true
    this.#socket.destroy()
  }

  #send(count: number, dueAt: (index: number) => number): void {
    if (count <= 0 || this.#closing) return
    const packets: Buffer[] = []
    for (let index = 0; index < count; index += 1) {
      do this.#identifier = (this.#identifier % (this.#dueAt.length - 1)) + 1
      while (this.#dueAt[this.#identifier] !== 0)
      this.#dueAt[this.#identifier] = dueAt(index)
      packets.push(this.#packet())
    }
    this.#inFlight += count
    this.#total.sent += count
    this.#socket.write(packets.length === 1 ? (packets[0] ?? '') : Buffer.concat(packets))
  }

  #packet(): Buffer {
    const which = this.#turn % this.#heads.length
    const topic = this.#heads[which] ?? Buffer.alloc(0)
    const payload = this.#payload(which)
    this.#turn += 1
    const payloadBytes = Buffer.byteLength(payload)
    const body = topic.length + 2 + payloadBytes
    const length = remainingLength(body)
    const packet = Buffer.allocUnsafe(1 + length.length + body)
    packet[0] = 0x32
    packet.set(length, 1)
    packet.set(topic, 1 + length.length)
    packet.writeUInt16BE(this.#identifier, 1 + length.length + topic.length)
    packet.write(payload, packet.length - payloadBytes)
    return packet
  }

  #payload(which: number): string {
    const { payload } = this.#options
    const value = (20 + (this.#turn % 100) / 10).toFixed(1)
    switch (payload.kind) {
      case 'number':
        return value
      case 'timed':
        return `{"value":${value},"observedAt":${this.#observe(which)}}`
      case 'packed': {
        const one = () => `{"observedAt":${this.#observe(which)},"values":{"${payload.quantity}":${value}}}`
        return `[${Array.from({ length: payload.readings }, one).join(',')}]`
      }
    }
  }

  /** Now, in milliseconds; but no two readings of a topic are of the same time, or one would be the other's duplicate. */
  #observe(which: number): number {
    const at = Math.max(Date.now(), (this.#observedAt[which] ?? 0) + 1)
    this.#observedAt[which] = at
    return at
  }

  /** A broker answers nothing but PUBACKs, `40 02` and the identifier; one may come in pieces. */
  #acknowledge(chunk: Buffer): void {
    const now = performance.now()
    let count = 0
    for (const byte of chunk) {
      this.#answer = ((this.#answer << 8) | byte) >>> 0
      this.#answerBytes += 1
      if (this.#answerBytes < 4) continue
      this.#answerBytes = 0
      const identifier = this.#answer & 0xffff
      this.#total.latency.add(now - (this.#dueAt[identifier] ?? now))
      this.#dueAt[identifier] = 0
      count += 1
    }
    this.#inFlight -= count
    this.#total.acknowledged += count
    if (this.#options.perSecond === undefined) this.#send(count, () => now)
    else this.pay()
  }
}

/** Hands out messages evenly in time and over the publishers. */
function pace(publishers: readonly Publisher[], perSecond: number): { stop(): void } {
  const startedAt = performance.now()
  let handedOut = 0
  const timer = setInterval(() => {
    const due = Math.floor(((performance.now() - startedAt) / 1_000) * perSecond)
    for (; handedOut < due; handedOut += 1) {
      publishers[handedOut % publishers.length]?.owe(startedAt + (handedOut / perSecond) * 1_000)
    }
    for (const publisher of publishers) publisher.pay()
  }, 2)
  return { stop: () => clearInterval(timer) }
}

function connectPacket({ id, secret }: LoadClient): Buffer {
  const flags = Buffer.from([4, 0b1100_0010, 0, 60])
  const body = Buffer.concat([text('MQTT'), flags, text(id), text(id), text(secret)])
  return Buffer.concat([Buffer.from([0x10]), Buffer.from(remainingLength(body.length)), body])
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value)
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 0xff]), bytes])
}

function remainingLength(length: number): number[] {
  const bytes: number[] = []
  let rest = length
  do {
    const more = rest >= 128 ? 128 : 0
    bytes.push((rest % 128) | more)
    rest = Math.floor(rest / 128)
  } while (rest > 0)
  return bytes
}

function elapse(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

if (process.argv.includes('--load-generator') && process.send !== undefined) {
  process.once('message', (options) => {
    void runMqttLoad(options as LoadOptions).then((result) => process.send?.(result, () => process.exit(0)))
  })
}
