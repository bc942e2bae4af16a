import type { Duplex } from 'node:stream'
import { connackOf } from './answers.ts'
import { readConnect } from './connect.ts'
import { Conversation } from './conversation.ts'
import { type OutletParts, translateWrites } from './outlet.ts'
import { isFault } from './properties.ts'
import type { Fault } from './reason.ts'

export type ConverseLimits = {
  readonly inFlightPerDeviceMax: number
  readonly unreleasedPerDeviceMax: number
  readonly publishBytesMax: number
  readonly topicAliasesMax: number
  readonly unsentBytesMax: number
}

// The largest number that two bytes hold.
const receiveMaxMax = 65_535
// Bytes of a fixed header: the type and four of length.
const headerBytesMax = 5

/** Begins to translate a connection, from the body of its CONNECT on. */
export function converse(
  conn: Duplex,
  body: Buffer,
  limits: ConverseLimits,
  parts: OutletParts,
): { readonly conversation: Conversation; readonly legacy: Buffer } | Fault {
  const connect = readConnect(body)
  if (isFault(connect)) return connect
  const conversation = new Conversation(connect.terms, {
    // It counts messages of QoS 1 and 2 alike, so the smaller of the two bounds has to do for both.
    receiveMax: Math.min(limits.inFlightPerDeviceMax, limits.unreleasedPerDeviceMax, receiveMaxMax),
    packetBytesMax: limits.publishBytesMax + headerBytesMax,
    topicAliasesMax: limits.topicAliasesMax,
    waitingBytesMax: limits.unsentBytesMax,
  })
  translateWrites(conn, conversation, parts)
  return { conversation, legacy: connect.legacy }
}

/** The answer to a CONNECT that could not even be read. Nobody can be asked how large it may be. */
export function refusedConnack({ fault, detail }: Fault): Buffer {
  return connackOf(fault, {}, detail, Number.POSITIVE_INFINITY)
}
