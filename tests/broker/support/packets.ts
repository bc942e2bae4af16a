import { secretOf } from './devices.ts'

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
