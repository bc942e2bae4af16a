import { connect, type Socket } from 'node:net'
import type { Broker } from '../../../broker/index.ts'
import { afterwards, host, secretOf, waitMsMax } from './test-broker.ts'

/** Packets byte by byte, also those that no client library would send. */
export function text(value: string | Buffer): Buffer {
  const bytes = Buffer.from(value)
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 0xff]), bytes])
}

export function packet(firstByte: number, ...parts: (Buffer | number[])[]): Buffer {
  const body = Buffer.concat(parts.map((part) => Buffer.from(part)))
  return Buffer.concat([Buffer.from([firstByte, ...lengthBytes(body.length)]), body])
}

export function lengthBytes(length: number): number[] {
  const bytes: number[] = []
  let rest = length
  do {
    bytes.push((rest % 128) | (rest >= 128 ? 128 : 0))
    rest = Math.floor(rest / 128)
  } while (rest > 0)
  return bytes
}

export type ConnectFields = {
  readonly protocol?: string
  readonly level?: number
  readonly flags?: number
  readonly keepalive?: number
  readonly clientId?: string | Buffer
  readonly will?: readonly [topic: string | Buffer, payload: string]
  readonly user?: string | Buffer
  readonly password?: string | undefined
  readonly tail?: number[]
}

/** A good CONNECT of the device, but for what is given. */
export function connectPacket(id: string, fields: ConnectFields = {}): Buffer {
  const { protocol = 'MQTT', level = 4, keepalive = 60, clientId = id, user = id, will, tail = [] } = fields
  const flags = fields.flags ?? (will === undefined ? 0b1100_0010 : 0b1100_0110)
  const parts = [text(protocol), Buffer.from([level, flags, keepalive >> 8, keepalive & 0xff]), text(clientId)]
  if (will !== undefined) parts.push(text(will[0]), text(will[1]))
  if (flags & 0x80) parts.push(text(user))
  if (flags & 0x40) parts.push(text(fields.password ?? secretOf(id)))
  return packet(0x10, ...parts, tail)
}

export function publishPacket(topic: string | Buffer, payload: string | Buffer, identifier = 1): Buffer {
  return packet(0x32, text(topic), [identifier >> 8, identifier & 0xff], Buffer.from(payload))
}

export function subscribePacket(filter: string | Buffer, qos = 1, identifier = 7): Buffer {
  return packet(0x82, [identifier >> 8, identifier & 0xff], text(filter), [qos])
}

/** A socket, and all it has answered. */
export class RawClient {
  readonly socket: Socket
  answer = Buffer.alloc(0)
  closed = false

  private constructor(socket: Socket) {
    this.socket = socket
    socket.on('data', (chunk) => {
      this.answer = Buffer.concat([this.answer, chunk])
    })
    socket.on('error', () => {})
    socket.on('close', () => {
      this.closed = true
    })
  }

  static open(broker: Broker): Promise<RawClient> {
    return new Promise((resolve, reject) => {
      const socket = connect({ host, port: broker.port, noDelay: true })
      socket.once('error', reject)
      socket.once('connect', () => resolve(new RawClient(socket)))
      afterwards(() => socket.destroy())
    })
  }

  /** Logged in, with the CONNACK taken away. */
  static async loggedIn(broker: Broker, id: string, fields: ConnectFields = {}): Promise<RawClient> {
    const client = await RawClient.open(broker)
    client.send(connectPacket(id, fields))
    await client.answers(4)
    if (client.answer[3] !== 0) throw new Error(`CONNACK ${client.answer[3]}`)
    client.answer = Buffer.alloc(0)
    return client
  }

  send(bytes: Buffer): void {
    if (!this.closed) this.socket.write(bytes)
  }

  /** What was answered, once that is so many bytes or the connection is closed. */
  answers(bytes: number): Promise<Buffer> {
    return this.#when(() => this.answer.length >= bytes || this.closed)
  }

  closes(): Promise<Buffer> {
    return this.#when(() => this.closed)
  }

  #when(isSo: () => boolean): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`no answer after ${this.answer.toString('hex')}`)), waitMsMax)
      const look = () => {
        if (!isSo()) return
        clearTimeout(timer)
        this.socket.off('data', look).off('close', look)
        resolve(this.answer)
      }
      this.socket.on('data', look).on('close', look)
      look()
    })
  }
}
