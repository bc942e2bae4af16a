import type { Duplex } from 'node:stream'
import type { Conversation } from './conversation.ts'
import { Fields } from './fields.ts'

export type OutletParts = {
  /** What a payload brought with it when it was published, by the buffer it is in. */
  propertiesOf(payload: Buffer): Buffer | undefined
  /** The client does not acknowledge what it is sent. */
  onOverflow(): void
}

const nothing = Buffer.alloc(0)
const publishType = 3

/**
 * Wraps the one method by which Aedes writes, so that its packets of MQTT 3.1.1 leave as packets of MQTT 5. It writes a
 * packet in several pieces; they are gathered until the packet is whole. Packets that are of MQTT 5 already leave by
 * `conversation.send`.
 */
export function translateWrites(
  conn: Duplex,
  conversation: Conversation,
  { propertiesOf, onOverflow }: OutletParts,
): void {
  const write = conn.write.bind(conn) as (bytes: Buffer, done?: (error?: Error | null) => void) => boolean
  let gathered: Buffer = nothing
  let properties: Buffer | undefined
  const translated = (...[chunk, encoding, callback]: unknown[]): boolean => {
    const done = (typeof encoding === 'function' ? encoding : callback) as ((error?: Error | null) => void) | undefined
    const bytes = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk), 'utf8')
    properties = propertiesOf(bytes) ?? properties
    gathered = gathered.length === 0 ? bytes : Buffer.concat([gathered, bytes])
    const packets: Buffer[] = []
    for (let end = endOf(gathered); end !== undefined; end = endOf(gathered)) {
      // An empty payload is written as well, by itself, and it is what the properties hang on.
      if (bytes.length > 0 && isWithoutPayload(gathered, end)) break
      const packet = conversation.outbound(gathered.subarray(0, end), properties)
      gathered = gathered.subarray(end)
      properties = undefined
      if (packet === 'overflow') onOverflow()
      else if (packet !== undefined) packets.push(packet)
    }
    const [only = nothing] = packets
    if (packets.length === 0 || conn.writableEnded) {
      if (done !== undefined) process.nextTick(done)
      return conn.writableLength < conn.writableHighWaterMark
    }
    return write(packets.length === 1 ? only : Buffer.concat(packets), done)
  }
  conn.write = translated as Duplex['write']
  conversation.send = (packet) => {
    if (!conn.destroyed && !conn.writableEnded) write(packet)
  }
}

/** Whether the packet is a PUBLISH whose payload, the last piece of it, is empty or not written yet. */
function isWithoutPayload(bytes: Buffer, end: number): boolean {
  const first = bytes[0] ?? 0
  if (first >> 4 !== publishType) return false
  const fields = new Fields(bytes, 1, end)
  fields.variable()
  return fields.left === 2 + bytes.readUInt16BE(fields.at) + (first & 0x06 ? 2 : 0)
}

/** Where the first packet ends, if it is whole. */
function endOf(bytes: Buffer): number | undefined {
  if (bytes.length < 2) return undefined
  const fields = new Fields(bytes, 1, bytes.length)
  const length = fields.variable()
  return length === undefined || length > fields.left ? undefined : fields.at + length
}
