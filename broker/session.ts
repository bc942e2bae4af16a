import type { Duplex } from 'node:stream'
import type { Client } from 'aedes'
import type { Device } from '../city/index.ts'
import type { Address } from './addresses.ts'
import { Granted } from './granted.ts'
import { OwnTopics } from './own-topics.ts'
import type { TokenBucket } from './token-bucket.ts'
import type { Conversation } from './version5/index.ts'

/** What a device may send per second, over all its connections. */
export type DeviceRates = { readonly messages: TokenBucket; readonly bytes: TokenBucket }

/** A device that is logged in, as of its log-in. */
export type Login = { readonly device: Device; readonly rates: DeviceRates }

export type Will = { readonly topic: string; readonly payload: Uint8Array }

/** What one connection has in one batch: messages taken and not yet kept. */
export type Taken = {
  readonly session: Session
  /** Of its messages of QoS 1, in the order in which they came in. */
  readonly identifiers: number[]
  messages: number
  bytes: number
}

/** What is known of one connection, from the socket's opening to its close. */
export class Session {
  readonly conn: Duplex
  readonly address: Address
  client: Client | undefined
  login: Login | undefined
  /** The names in the client certificate it showed, the common name first. */
  certified: readonly string[] = []
  /** Set when its CONNECT was one of MQTT 5. */
  version5: Conversation | undefined
  clientId = ''
  will: Will | undefined
  /** Telemetry topics found to be the device's own. */
  readonly ownTopics = new OwnTopics()
  /** With which QoS it is subscribed to what. */
  readonly granted = new Granted()
  /** It is subscribed to its `errors/{device}`. */
  hearsErrors = false
  /** It published where it may not and is about to be closed. */
  denied = false
  /** Messages taken and not yet kept, and their bytes. */
  inFlight = 0
  inFlightBytes = 0
  /** Its part of the batch that is being gathered. */
  taken: Taken | undefined
  /** Milliseconds without a packet after which it counts as gone; 0: never. */
  silenceMaxMs = 0
  /** When it was last read from, in monotonic milliseconds. */
  heardAt = 0
  /** We do not read from it just now. */
  held = false
  /** Reads past whatever stands before Aedes. */
  readBytes: () => Buffer | null = () => null

  constructor(conn: Duplex, address: Address) {
    this.conn = conn
    this.address = address
  }
}

/** Has Aedes try to read again. One call too many does no harm: the guard says no again. */
export function wake({ conn }: Session): void {
  if (!conn.destroyed) conn.emit('readable')
}

/** Why we close a connection; any other error that ends one came from the socket or from Aedes' parser. */
export class HangUp extends Error {}

const sessionKey = Symbol('session')
type WithSession = Duplex & { [sessionKey]?: Session }

export function attachSession(session: Session): void {
  const conn: WithSession = session.conn
  conn[sessionKey] = session
}

/** The session of one of Aedes' clients; a property, because the way of every message leads here. */
export function sessionOf(client: Client): Session | undefined {
  return (client.conn as WithSession)[sessionKey]
}
