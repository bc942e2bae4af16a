import { connect, type Socket } from 'node:net'
import type { Broker } from '../../../broker/index.ts'
import { type ConnectFields, connectPacket } from './packets.ts'
import { afterwards, host, waitMsMax } from './test-broker.ts'

export * from './packets.ts'

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
