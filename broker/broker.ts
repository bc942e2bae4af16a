/*
 * The MQTT front door. Who is who:
 *
 * - a listener (TCP, TLS, WebSocket upgrade) brings a socket; `Connections` says whether one more may come from there;
 * - a `Session` is what is known of the connection; it lives as long as the socket, and nothing of it survives;
 * - the guard (`guard.ts`) stands before Aedes and lets only lawful, bounded packets through;
 * - `Door` is Aedes; its questions are answered by `Logins` (who are you), `Publishing` (may you say that) and
 *   `Hearing` (may you hear that);
 * - `Intake` hands telemetry to `receive` and sends the PUBACK when it is kept: at least once, through any restart.
 */
import type { Duplex } from 'node:stream'
import type { Client } from 'aedes'
import type { Address } from './addresses.ts'
import { type Anonymous, mustBeLoopback } from './anonymous.ts'
import { Connections } from './connections.ts'
import { Door, type Hooks } from './door.ts'
import { hangUp } from './farewell.ts'
import { frameRules, frameRules5 } from './frames.ts'
import { deliverAsGranted } from './granted.ts'
import { guard } from './guard.ts'
import { Hearing } from './hearing.ts'
import { Intake } from './intake.ts'
import { type BrokerLimits, defaultLimits } from './limits.ts'
import { type Listener, listenTcp, listenTls, type Reception } from './listeners.ts'
import { Logins } from './login.ts'
import { FailureBook } from './login-failures.ts'
import { boundMemory, markRedelivery } from './memory.ts'
import type { Broker, BrokerOptions } from './options.ts'
import { Publishing } from './publishing.ts'
import { attachSession, HangUp, type Session, sessionOf, wake } from './session.ts'
import { type BrokerStats, newStats } from './stats.ts'
import { Carried, reason } from './version5/index.ts'
import { webSocketDoor } from './web-socket.ts'

/** Opens the doors. A port that is taken, or a certificate that cannot be read, is a `Refusal`. */
export async function startBroker(options: BrokerOptions): Promise<Broker> {
  if (options.anonymous === 'full') mustBeLoopback(options.host)
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
  readonly failures: FailureBook
  accept(conn: Duplex, address: Address, certified?: readonly string[]): void
}

async function build(options: BrokerOptions): Promise<House> {
  const { receive, now, log, anonymous = 'off' } = options
  const limits = limitsFor(anonymous, options.limits)
  const stats = newStats()
  const elapsed = () => performance.now()
  const intake = new Intake({ receive, now, limits, stats, wake, onNotKept: warnNotKept(log) })
  const connections = new Connections({
    limits,
    stats,
    elapsed,
    onClose: (session) => intake.forget(session),
    onConnected: (device, isConnected) => options.onConnected?.(device, isConnected),
  })
  const failures = new FailureBook()
  const carried = new Carried()
  const logins = new Logins({
    authenticate: options.authenticate,
    ...(options.certified === undefined ? {} : { certified: options.certified }),
    anonymous,
    onRefused: (refused) => {
      failures.note(refused)
      options.onRefused?.(refused)
    },
    now,
    limits,
    stats,
    log,
    elapsed,
    onLogin: (session) => {
      for (const other of connections.ofDevice(session.clientId)) takeOver(other)
      connections.loggedIn(session)
    },
  })
  const publishing = new Publishing({
    anonymous,
    carried,
    elapsed,
    endHere: (packet) => door.endHere(packet),
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
  const hearing = new Hearing({ anonymous, limits, stats, carried, elapsed })
  const hooks = {
    preConnect: (client, packet, done) => done(null, logins.prepare(client, packet)),
    authenticate: (client, user, password, done) => logins.authenticate(client, user, password, done),
    authorizePublish: (client, packet, done) => publishing.authorize(client, packet, done),
    authorizeSubscribe: (client, subscription, done) => hearing.authorizeSubscribe(client, subscription, done),
    authorizeForward: (client, packet) => hearing.authorizeForward(client, packet),
    published: (_packet, _client, done) => done(null),
  } satisfies Hooks
  const door: Door = await Door.open(limits, hooks, (memory) => {
    boundMemory(memory, limits, stats)
    markRedelivery(memory)
  })
  watch(door, options, stats)
  const rules = { rules: frameRules(limits), rules5: frameRules5(limits) }
  const guardParts = { limits, ...rules, carried, stats, intake, elapsed, now }
  const accept: House['accept'] = (conn, address, certified = []) => {
    const session = connections.open(conn, address)
    session.certified = certified
    attachSession(session)
    guard(session, guardParts)
    session.client = door.handle(conn)
    deliverAsGranted(session)
  }
  return { limits, stats, connections, intake, door, failures, accept }
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
    accept: (conn, address) => house.accept(conn, address),
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
      for (const session of connections.ofDevice(device)) {
        if (session.version5 === undefined) session.client?.close()
        else hangUp(session, reason.administrativeAction, 'the device was revoked, or what it may do was changed')
      }
    },
    stats: () => ({ ...stats, connected: connections.deviceCount }),
    loginFailures: () => house.failures.list(),
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
  connections.farewell(reason.shuttingDown, 'the broker is shutting down')
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

/** A public conformance suite uses longer topics and more at once than a device does. */
function limitsFor(anonymous: Anonymous, own: BrokerOptions['limits']): BrokerLimits {
  const wider = anonymous === 'full' ? { topicLevelsMax: 100 } : {}
  return { ...defaultLimits, ...wider, ...own }
}

/** [MQTT-3.1.4-2] Aedes closes the older connection right after this. */
function takeOver({ conn, version5 }: Session): void {
  version5?.send(version5.farewell(reason.sessionTakenOver, 'another connection logged in with this client id'))
  if (version5 !== undefined) conn.end()
}

function messageOf(topic: string, payload: string | Uint8Array, retain: boolean) {
  return { cmd: 'publish', topic, payload: Buffer.from(payload), qos: 1, retain, dup: false } as const
}

function watch(door: Door, { log }: BrokerOptions, stats: BrokerStats): void {
  const closedFor = (client: Client, error: Error) => {
    if (error.message === 'drain timeout') stats.slowReaders += 1
    else if (isOfTheParser(error)) stats.malformed += 1
    log.debug({ clientId: client.id, reason: error.message }, 'closed a connection')
  }
  door.on('unsubscribe', (filters, client) => {
    for (const filter of filters) sessionOf(client)?.granted.remove(filter)
  })
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
const unrelated = new Set(['connect did not arrive in time', 'connection closed'])

function isOfTheParser(error: Error): boolean {
  return !(error instanceof HangUp) && !('code' in error) && !unrelated.has(error.message)
}
