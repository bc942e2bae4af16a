import type { Readable } from 'node:stream'
import type { AedesPublishPacket } from 'aedes'
import type { BrokerStats } from './stats.ts'

export type MemoryLimits = {
  readonly retainedMax: number
  readonly retainedBytesMax: number
  readonly queuedPerSessionMax: number
}

type Queued = { readonly clientId: string }

/** Of what Aedes keeps in memory, the part that clients make grow. */
export type Memory = {
  storeRetained(packet: AedesPublishPacket): Promise<void>
  outgoingEnqueue(subscription: Queued, packet: AedesPublishPacket): Promise<void>
  outgoingEnqueueCombi(subscriptions: readonly Queued[], packet: AedesPublishPacket): Promise<void>
  outgoingClearMessageId(client: { readonly id: string }, packet: unknown): Promise<unknown>
  outgoingStream(client: { readonly id: string }): Readable
}

/** A message in a session's queue; with a packet identifier once it has been sent. */
type Waiting = { readonly cmd: string; readonly messageId?: number; dup: boolean }

/** [MQTT-3.3.1-1] What has been sent before and is sent again says so; Aedes leaves that out. */
export function markRedelivery(memory: Memory): void {
  const stream = memory.outgoingStream.bind(memory)
  memory.outgoingStream = (client) =>
    stream(client).map((waiting: Waiting) => {
      if (waiting.cmd === 'publish' && waiting.messageId) waiting.dup = true
      return waiting
    })
}

/**
 * Bounds what Aedes keeps: of retained messages the one longest there goes, of a session's queue the newest is not
 * queued. Both are counted.
 */
export function boundMemory(memory: Memory, limits: MemoryLimits, stats: BrokerStats): void {
  boundRetained(memory, limits, stats)
  boundQueues(memory, limits, stats)
}

const nothing = Buffer.alloc(0)

function boundRetained(memory: Memory, { retainedMax, retainedBytesMax }: MemoryLimits, stats: BrokerStats): void {
  const store = memory.storeRetained.bind(memory)
  const bytesOf = new Map<string, number>()
  let bytes = 0
  const forget = (topic: string) => {
    bytes -= bytesOf.get(topic) ?? 0
    bytesOf.delete(topic)
  }
  memory.storeRetained = async (packet) => {
    forget(packet.topic)
    if (packet.payload.length > 0) {
      bytesOf.set(packet.topic, packet.topic.length + packet.payload.length)
      bytes += packet.topic.length + packet.payload.length
    }
    await store(packet)
    for (const topic of bytesOf.keys()) {
      if (bytesOf.size <= retainedMax && bytes <= retainedBytesMax) break
      forget(topic)
      stats.retainedDropped += 1
      // [MQTT-3.3.1-10] An empty message takes away the retained one.
      await store({ ...packet, topic, payload: nothing })
    }
  }
}

function boundQueues(memory: Memory, { queuedPerSessionMax }: MemoryLimits, stats: BrokerStats): void {
  const enqueue = memory.outgoingEnqueueCombi.bind(memory)
  const clear = memory.outgoingClearMessageId.bind(memory)
  const queued = new Map<string, number>()
  memory.outgoingEnqueueCombi = (subscriptions, packet) => {
    const admitted = subscriptions.filter(({ clientId }) => {
      const count = queued.get(clientId) ?? 0
      if (count >= queuedPerSessionMax) return false
      queued.set(clientId, count + 1)
      return true
    })
    stats.queueOverflows += subscriptions.length - admitted.length
    return enqueue(admitted, packet)
  }
  memory.outgoingEnqueue = (subscription, packet) => memory.outgoingEnqueueCombi([subscription], packet)
  memory.outgoingClearMessageId = async (client, packet) => {
    const cleared = await clear(client, packet)
    const count = queued.get(client.id)
    if (cleared === undefined || count === undefined) return cleared
    if (count > 1) queued.set(client.id, count - 1)
    else queued.delete(client.id)
    return cleared
  }
}
