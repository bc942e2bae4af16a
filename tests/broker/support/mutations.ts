import { secretOf } from './devices.ts'
import { connectPacket, packet, publishPacket, subscribePacket, text } from './packets.ts'

/** MQTT 5 by bytes: an empty block of properties, and one with something of each kind. */
const bare = [0]
const full = Buffer.concat([
  Buffer.from([30, 1, 1, 2, 0, 0, 0, 9, 35, 0, 3]),
  Buffer.from([38, 0, 1, 97, 0, 1, 98, 3, 0, 1, 99, 9, 0, 2, 1, 2, 8, 0, 1, 100]),
])

export const connect5 = (id: string, properties: number[] = bare) =>
  packet(0x10, text('MQTT'), [5, 0b1100_0010, 0, 60], properties, text(id), text(id), text(secretOf(id)))

export const samples5Of = (id: string) => [
  connect5(id, [13, 17, 0, 0, 0, 9, 33, 0, 3, 39, 0, 0, 16, 0]),
  packet(0x32, text('telemetry/pump-01/flow'), [0, 3], full, Buffer.from('21.5')),
  packet(0x32, text('telemetry/pump-01'), [0, 4], bare, Buffer.from('{"values":{"flow":3}}')),
  packet(0x32, text(''), [0, 5], [3, 35, 0, 3], Buffer.from('1')),
  packet(0x34, text('telemetry/pump-01/flow'), [0, 6], bare, Buffer.from('1')),
  packet(0x32, text('telemetry/other'), [0, 7], bare, Buffer.from('1')),
  packet(0x31, text(`status/${id}`), full, Buffer.from('online')),
  packet(0x82, [0, 8], bare, text(`errors/${id}`), [0x2d], text('#'), [0], text('$share/a/b'), [2]),
  packet(0xa2, [0, 9], bare, text(`errors/${id}`)),
  packet(0x40, [0, 1, 0x10, 0]),
  packet(0x50, [0, 1, 0x87, 4, 31, 0, 1, 97]),
  packet(0x62, [0, 6, 0x92]),
  packet(0x70, [0, 1]),
  packet(0xc0),
  packet(0xf0, [0x18, 0]),
  packet(0xe0, [4, 0]),
]

export const samplesOf = (id: string) => [
  connectPacket(id),
  connectPacket(id, { will: [`status/${id}`, 'offline'] }),
  publishPacket('telemetry/pump-01/flow', '21.5', 3),
  publishPacket('telemetry/pump-01', '{"values":{"flow":3}}', 4),
  packet(0x30, text('telemetry/pump-01/flow'), Buffer.from('1')),
  packet(0x34, text('telemetry/pump-01/flow'), [0, 5], Buffer.from('1')),
  publishPacket(`status/${id}`, 'online', 6),
  subscribePacket(`errors/${id}`),
  packet(0x82, [0, 8], text(`errors/${id}`), [1], text('#'), [0], text('$share/a/b'), [2]),
  packet(0xa2, [0, 9], text(`errors/${id}`)),
  packet(0x40, [0, 1]),
  packet(0x50, [0, 1]),
  packet(0x62, [0, 5]),
  packet(0x70, [0, 1]),
  packet(0xc0),
  packet(0xe0),
]

export type Random = () => number

export function mutated(sample: Buffer, random: Random): Buffer {
  const bytes = Buffer.from(sample)
  const at = Math.floor(random() * bytes.length)
  switch (Math.floor(random() * 9)) {
    case 0:
      bytes[at] = (bytes[at] ?? 0) ^ (1 << Math.floor(random() * 8))
      return bytes
    case 1:
      bytes[at] = Math.floor(random() * 256)
      return bytes
    case 2:
      return withLength(bytes.subarray(0, at + 1))
    case 3:
      return withLength(Buffer.concat([bytes, noise(random, 1 + random() * 40)]))
    case 4:
      return withLength(Buffer.concat([bytes.subarray(0, at), noise(random, 1 + random() * 8), bytes.subarray(at)]))
    case 5:
      bytes[0] = Math.floor(random() * 256)
      return bytes
    case 6:
      return Buffer.concat([bytes.subarray(0, 1), noise(random, 4), bytes.subarray(1)])
    case 7:
      return noise(random, 1 + random() * 64)
    default:
      return bytes
  }
}

function noise(random: Random, length: number): Buffer {
  return Buffer.from(Array.from({ length: Math.floor(length) }, () => Math.floor(random() * 256)))
}

/** With the remaining length made right again, so that the fault lies deeper than in the header. */
function withLength(bytes: Buffer): Buffer {
  return packet(bytes[0] ?? 0, bytes.subarray(Math.min(2, bytes.length)))
}
