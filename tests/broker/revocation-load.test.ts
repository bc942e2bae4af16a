import { join } from 'node:path'
import { expect, jest, test } from '@jest/globals'
import pino from 'pino'
import { type Broker, startBrokerThread } from '../../broker/index.ts'
import type { Registry } from '../../city/index.ts'
import type { Parcel } from '../../ingest/wire/index.ts'
import { openRegistry, smallCity } from '../city/small-city.ts'
import { temporaryFolder } from '../support/files.ts'
import { packet, publishPacket, RawClient, text } from './support/raw.ts'
import { afterwards, until } from './support/test-broker.ts'

/*
 * Devices that publish as fast as they are let, while the command line revokes one and gives another a new secret. The
 * registry is the program's own, the broker runs in its thread, and the parcels are kept only after a while, so that
 * there are always messages that are taken and not yet acknowledged.
 */
jest.setTimeout(60_000)
const folder = temporaryFolder()
const topic = 'telemetry/pump-01/flow'
// Publishes to a write; a device has at most two writes unacknowledged.
const burst = 200

/** A device at full speed: numbered messages, and how many of them were acknowledged, in their order. */
class Flooder {
  readonly id: string
  readonly #client: RawClient
  readonly #version: 4 | 5
  #sent = 0
  #stopped = false

  private constructor(id: string, client: RawClient, version: 4 | 5) {
    this.id = id
    this.#client = client
    this.#version = version
  }

  static async start(broker: Broker, id: string, secret: string, version: 4 | 5): Promise<Flooder> {
    const client = await RawClient.open(broker)
    const properties = version === 5 ? [0] : []
    client.send(packet(0x10, text('MQTT'), [version, 0b1100_0010, 0, 60], properties, text(id), text(id), text(secret)))
    const connack = await client.answers(version === 5 ? 5 : 4)
    if (connack[3] !== 0) throw new Error(`${id}: CONNACK ${connack.toString('hex')}`)
    const length = version === 5 ? 2 + (connack[1] ?? 0) : 4
    client.answer = client.answer.subarray(length)
    return new Flooder(id, client, version)
  }

  async flood(): Promise<void> {
    while (!this.#stopped && !this.#client.closed) {
      // A packet identifier has two bytes.
      const isRoom = this.#sent - this.acknowledged.length < 2 * burst && this.#sent < 60_000
      if (isRoom) this.#client.send(this.#nextBurst())
      await new Promise((resolve) => setImmediate(resolve))
    }
  }

  /** Stops, and waits for what is not acknowledged yet. */
  async stop(): Promise<void> {
    this.#stopped = true
    await until(() => this.acknowledged.length === this.#sent || this.#client.closed)
  }

  get isClosed(): boolean {
    return this.#client.closed
  }

  get sent(): number {
    return this.#sent
  }

  /** The packet identifiers of all PUBACKs so far. */
  get acknowledged(): readonly number[] {
    const { answer } = this.#client
    const found: number[] = []
    for (let at = 0; at + 4 <= answer.length && answer[at] === 0x40; at += 4) found.push(answer.readUInt16BE(at + 2))
    return found
  }

  #nextBurst(): Buffer {
    const packets: Buffer[] = []
    for (let count = 0; count < burst; count += 1) {
      this.#sent += 1
      const payload = `{"value":${this.#sent}}`
      const plain = publishPacket(topic, payload, this.#sent)
      packets.push(
        this.#version === 4
          ? plain
          : packet(
              0x32,
              text(topic),
              plain.subarray(2 + 2 + topic.length, 2 + 4 + topic.length),
              [0],
              Buffer.from(payload),
            ),
      )
    }
    return Buffer.concat(packets)
  }
}

/** Of one device: the numbers of its messages, and when the broker took the last of them from its socket. */
type Received = { readonly numbers: number[]; lastAt: number }

function readInto(received: Map<string, Received>, parcel: Parcel): void {
  for (const { device, payload, receivedAt } of parcel.others) {
    const one = received.get(device) ?? { numbers: [], lastAt: 0 }
    one.numbers.push(JSON.parse(Buffer.from(payload).toString()).value)
    one.lastAt = receivedAt
    received.set(device, one)
  }
}

async function running(name: string) {
  const path = join(folder, name)
  const program = await openRegistry(path)
  await program.registry.importCity(smallCity)
  const received = new Map<string, Received>()
  const broker = await startBrokerThread({
    host: '127.0.0.1',
    port: 0,
    authenticate: (device, secret) => program.registry.authenticate(device, secret),
    receiveParcel: async (parcel) => {
      readInto(received, parcel)
      await new Promise((resolve) => setTimeout(resolve, 5))
      // Nothing is learnt, so every message comes as it was sent.
      return { learnt: [], refused: [] }
    },
    log: pino({ level: 'silent' }),
  })
  program.registry.onCredentialChange((device) => broker.disconnect(device))
  const commandLine = await openRegistry(path)
  afterwards(async () => {
    await broker.close()
    await commandLine.close()
    await program.close()
  })
  return { program: program.registry, commandLine: commandLine.registry, broker, received }
}

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1)
const ids = ['revoked', 'rotated', 'neighbour-1', 'neighbour-2'] as const

async function added(commandLine: Registry, program: Registry): Promise<Map<string, string>> {
  const secrets = new Map<string, string>()
  for (const id of ids) {
    const { secret } = await commandLine.addDevice({ id, title: '', assets: ['pump-01'], subscribes: [] })
    secrets.set(id, secret)
  }
  await program.reloadIfChanged()
  return secrets
}

test.each([4, 5] as const)(
  'MQTT %i: who is revoked at full speed is out at once, and nobody else notices',
  async (version) => {
    const { program, commandLine, broker, received } = await running(`load-${version}.db`)
    const secrets = await added(commandLine, program)
    const start = (id: string) => Flooder.start(broker, id, secrets.get(id) ?? '', version)
    const [revoked, rotated, ...neighbours] = await Promise.all(ids.map(start))
    if (revoked === undefined || rotated === undefined) throw new Error('not all are there')
    const floods = [revoked, rotated, ...neighbours].map((one) => one.flood())
    await until(() => [revoked, rotated, ...neighbours].every(({ acknowledged }) => acknowledged.length > 2_000))

    await commandLine.revokeDevice('revoked')
    const { secret } = (await commandLine.rotateDevice('rotated')) ?? { secret: '' }
    await program.reloadIfChanged()
    await until(() => !broker.isConnected('revoked') && !broker.isConnected('rotated'))
    const cutAt = Date.now()
    await until(() => revoked.isClosed && rotated.isClosed)

    // Neither comes in again by what it knew, nor does anything that it still sent.
    await expect(start('revoked')).rejects.toThrow('CONNACK')
    await expect(start('rotated')).rejects.toThrow('CONNACK')
    const before = neighbours.map(({ acknowledged }) => acknowledged.length)
    await until(() => neighbours.every(({ acknowledged }, at) => acknowledged.length > (before[at] ?? 0) + 2_000))
    // What was acknowledged to them was kept, in its order, and of the rest nothing was left out in between.
    for (const one of [revoked, rotated]) {
      const kept = received.get(one.id)?.numbers ?? []
      expect(kept).toEqual(upTo(kept.length))
      expect(one.acknowledged).toEqual(upTo(one.acknowledged.length))
      expect(one.acknowledged.length).toBeLessThanOrEqual(kept.length)
      expect(kept.length).toBeLessThanOrEqual(one.sent)
      // What was taken before may still be on its way to be kept; nothing is taken after.
      expect(received.get(one.id)?.lastAt).toBeLessThanOrEqual(cutAt)
    }
    // The new secret lets the rotated one in.
    secrets.set('rotated', secret)
    const again = await start('rotated')
    await Promise.all(neighbours.map((one) => one.stop()))
    for (const one of neighbours) {
      expect(one.isClosed).toBe(false)
      expect(one.acknowledged).toEqual(upTo(one.sent))
      expect(received.get(one.id)?.numbers).toEqual(upTo(one.sent))
    }
    await Promise.all(floods)
    expect(again.isClosed).toBe(false)
  },
)
