/*
 * The MQTT front door. Who is who:
 *
 * - a listener (TCP, TLS, WebSocket upgrade) brings a socket; `Connections` says whether one more may come from there;
 * - a `Session` is what is known of the connection; it lives as long as the socket, and nothing of it survives;
 * - the guard (`guard.ts`) stands before Aedes and lets only lawful, bounded packets through;
 * - `Door` is Aedes; its questions are answered by `Logins` (who are you), `Publishing` (may you say that) and
 *   `permissions.ts` (may you hear that);
 * - `Intake` hands telemetry to `receive` and sends the PUBACK when it is kept: at least once, through any restart.
 */
import type { Duplex } from 'node:stream'
import type { AedesPublishPacket, Client, Subscription } from 'aedes'
import type { Address } from './addresses.ts'
import { Connections } from './connections.ts'
import { Door } from './door.ts'
import { frameRules } from './frames.ts'
import { guard, wake } from './guard.ts'
import { Intake } from './intake.ts'
import { type BrokerLimits, defaultLimits } from './limits.ts'
import { type Listener, listenTcp, listenTls, type Reception } from './listeners.ts'
import { Logins } from './login.ts'
import type { Broker, BrokerOptions } from './options.ts'
import { errorsTopic, judgeSubscribe } from './permissions.ts'
import { Publishing } from './publishing.ts'
import { attachSession, HangUp, sessionOf } from './session.ts'
import { type BrokerStats, newStats } from './stats.ts'
import { webSocketDoor } from './web-socket.ts'

/** Opens the doors. A port that is taken, or a certificate that cannot be read, is a `Refusal`. */
export async function startBroker(options: BrokerOptions): Promise<Broker> {
  const house = await build(options)
  const reception: Reception = {
    enter: (socket) => house.connections.enter(socket, socket.remoteAddress),
    accept: house.accept,
  }
  const listeners: Listener[] = []
  try {
    const plain = await listenTcp(options.host, options.port, reception)
    listeners.push(plain)
    const tls =
      options.tls === undefined ? undefined : await listenTls(options.host, options.tls, reception, house.limits)
    if (tls !== undefined) listeners.push(tls)
    return face(options, house, listeners, plain.port, tls?.port)
  } catch (error) {
    await close(house, listeners)
    throw error
  }
}

type House = {
  readonly limits: BrokerLimits
  readonly stats: BrokerStats
  readonly connections: Connections
  readonly intake: Intake
  readonly door: Door
  accept(conn: Duplex, address: Address): void
}

async function build(options: BrokerOptions): Promise<House> {
  const { receive, now, log } = options
  const limits: BrokerLimits = { ...defaultLimits, ...options.limits }
  const stats = newStats()
  const elapsed = () => performance.now()
  const intake = new Intake({ receive, now, limits, stats, wake, onNotKept: warnNotKept(log) })
  const connections = new Connections({ limits, stats, elapsed, onClose: (session) => intake.forget(session) })
  const logins = new Logins({
    authenticate: options.authenticate,
    limits,
    stats,
    log,
    elapsed,
    onLogin: (session) => connections.loggedIn(session),
  })
  const publishing = new Publishing({
    intake,
    limits,
    stats,
    log,
    now,
    onStatus: (device, payload) => {
      // A will that comes because we hang up says nothing of the device.
      if (!connections.isShut) options.onStatus?.(device, payload)
    },
    publish: (topic, payload, sent) => door.publish(messageOf(topic, payload, false), sent),
  })
  const door: Door = await Door.open(limits, {
    preConnect: (client, packet, done) => done(null, logins.prepare(client, packet)),
    authenticate: (client, user, password, done) => logins.authenticate(client, user, password, done),
    authorizePublish: (client, packet, done) => publishing.authorize(client, packet, done),
    authorizeSubscribe: authorizeSubscribe(stats),
    authorizeForward: authorizeForward(limits, stats),
    published: (_packet, _client, done) => done(null),
  })
  watch(door, options, stats)
  const guardParts = { limits, rules: frameRules(limits), stats, intake, elapsed }
  const accept = (conn: Duplex, address: Address) => {
    const session = connections.open(conn, address)
    attachSession(session)
    guard(session, guardParts)
    session.client = door.handle(conn)
  }
  return { limits, stats, connections, intake, door, accept }
}

function face(
  options: BrokerOptions,
  house: House,
  listeners: readonly Listener[],
  port: number,
  tlsPort: number | undefined,
): Broker {
  const { connections, door, stats, limits } = house
  const webSockets = webSocketDoor({
    limits,
    stats,
    enter: (socket, remoteAddress) => connections.enter(socket, remoteAddress),
    accept: house.accept,
  })
  let closed: Promise<void> | undefined
  return {
    port,
    tlsPort,
    publish(topic, payload, { retain = false } = {}) {
      if (door.closed) return
      stats.published += 1
      door.publish(messageOf(topic, payload, retain), (error) => {
        if (error) options.log.warn({ topic, error: error.message }, 'could not publish')
      })
    },
    handleUpgrade: webSockets.handleUpgrade,
    isConnected: (device) => connections.ofDevice(device).length > 0,
    connectedCount: () => connections.deviceCount,
    disconnect(device) {
      for (const { client } of connections.ofDevice(device)) client?.close()
    },
    stats: () => ({ ...stats, connected: connections.deviceCount }),
    close() {
      closed ??= close(house, listeners)
      return closed
    },
  }
}

async function close({ connections, intake, door, limits }: House, listeners: readonly Listener[]): Promise<void> {
  connections.shut()
  const listening = listeners.map((listener) => listener.close())
  await orAfter(limits.closeTimeoutMs, intake.close())
  // One turn for the last acknowledgements to leave.
  await new Promise((resolve) => setImmediate(resolve))
  await new Promise<void>((resolve) => door.close(() => resolve()))
  connections.destroyAll()
  await Promise.all(listening)
}

/** What does not come to its end in time is left. */
async function orAfter(ms: number, wanted: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms)
  })
  await Promise.race([wanted, late])
  clearTimeout(timer)
}

function messageOf(topic: string, payload: string, retain: boolean) {
  return { cmd: 'publish', topic, payload: Buffer.from(payload), qos: 1, retain, dup: false } as const
}

function authorizeSubscribe(stats: BrokerStats) {
  return (
    client: Client,
    subscription: Subscription,
    done: (error: Error | null, granted?: Subscription | null) => void,
  ) => {
    const session = sessionOf(client)
    if (session?.login === undefined) {
      done(new HangUp('nobody is logged in on this connection'))
      return
    }
    const { device } = session.login
    const verdict = judgeSubscribe(device, subscription.topic)
    if (verdict === 'malformed') {
      stats.malformed += 1
      done(new HangUp(`"${subscription.topic}" is not a topic filter [MQTT-4.7.1-2]`))
      return
    }
    if (verdict === 'denied') {
      stats.subscribesDenied += 1
      // [MQTT-3.9.3-2] Aedes answers 0x80 for this one filter.
      done(null, null)
      return
    }
    if (subscription.topic === errorsTopic(device.id)) session.hearsErrors = true
    done(null, subscription)
  }
}

/** Before a message goes out: who has not read the last megabyte gets no more, but goes. */
function authorizeForward({ unsentBytesMax }: BrokerLimits, stats: BrokerStats) {
  return (client: Client, packet: AedesPublishPacket) => {
    if (client.conn.writableLength <= unsentBytesMax) return packet
    if (!client.conn.destroyed) {
      stats.slowReaders += 1
      client.conn.destroy(new HangUp('does not read what it is sent'))
    }
    return null
  }
}

function watch(door: Door, { log }: BrokerOptions, stats: BrokerStats): void {
  door.on('keepaliveTimeout', () => {
    stats.keepaliveTimeouts += 1
  })
  const closedFor = (client: Client, error: Error) => {
    if (error.message === 'drain timeout') stats.slowReaders += 1
    else if (isOfTheParser(error)) stats.malformed += 1
    log.debug({ clientId: client.id, reason: error.message }, 'closed a connection')
  }
  door.on('clientError', closedFor)
  door.on('connectionError', closedFor)
  // Aedes' types do not know it: without a listener, an error of its own would end the process.
  door.addListener('error', (error: Error) => log.error({ err: error }, 'trouble in the broker'))
}

function warnNotKept(log: BrokerOptions['log']) {
  return (session: { readonly clientId: string }, reason: unknown) => {
    log.warn(
      { device: session.clientId, err: reason },
      'could not keep a message; closed the connection without a PUBACK',
    )
  }
}

/** Aedes' own errors that say nothing against what the client sent. */
const unrelated = new Set(['connect did not arrive in time', 'keep alive timeout', 'connection closed'])

function isOfTheParser(error: Error): boolean {
  return !(error instanceof HangUp) && !('code' in error) && !unrelated.has(error.message)
}
