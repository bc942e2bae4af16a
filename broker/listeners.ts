import { readFileSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer, type TLSSocket } from 'node:tls'
import { Refusal } from '../city/index.ts'
import type { Address } from './addresses.ts'
import type { BrokerLimits } from './limits.ts'
import type { TlsOptions } from './options.ts'

/** What a listener does with the connections it gets. */
export type Reception = {
  /** Counts a new socket in; `undefined`: it was refused and closed. It is counted out when it closes. */
  enter(socket: Socket): Address | undefined
  /** @param certified the names in the client certificate it showed, the common name first */
  accept(conn: Socket, address: Address, certified: readonly string[]): void
}

export type Listener = { readonly port: number; close(): Promise<void> }

export function listenTcp(host: string, port: number, reception: Reception): Promise<Listener> {
  // Without a delay, because a PUBACK is four bytes that somebody waits for.
  const server = createServer({ noDelay: true, keepAlive: true }, (socket) => {
    const address = reception.enter(socket)
    if (address !== undefined) reception.accept(socket, address, [])
  })
  return listen(server, host, port, 'LENGTHSMAN_MQTT_PORT')
}

export async function listenTls(
  host: string,
  { port, certFile, keyFile, caFile, clients = 'required' }: TlsOptions,
  reception: Reception,
  limits: BrokerLimits,
): Promise<Listener> {
  const cert = readPem(certFile, 'LENGTHSMAN_MQTT_TLS_CERT')
  const key = readPem(keyFile, 'LENGTHSMAN_MQTT_TLS_KEY')
  const ca = caFile === undefined ? {} : { ca: readPem(caFile, 'LENGTHSMAN_MQTT_TLS_CA') }
  const asked = caFile !== undefined
  const demands = { requestCert: asked, rejectUnauthorized: asked && clients === 'required' }
  const timing = { handshakeTimeout: limits.connectTimeoutMs, noDelay: true, keepAlive: true }
  const server = withRefusal(certFile, () => {
    return createTlsServer({ cert, key, ...ca, ...demands, ...timing, minVersion: 'TLSv1.2' })
  })
  // Counted at the socket and not after the handshake, because the handshake is what costs.
  const entered = new Map<string, Address>()
  server.on('connection', (socket: Socket) => {
    const address = reception.enter(socket)
    if (address === undefined) return
    const peer = peerOf(socket)
    entered.set(peer, address)
    socket.once('close', () => entered.delete(peer))
  })
  server.on('secureConnection', (socket) => {
    const address = entered.get(peerOf(socket))
    const certified = asked ? namesOf(socket) : []
    if (address === undefined || certified === undefined) socket.destroy()
    else reception.accept(socket, address, certified)
  })
  server.on('tlsClientError', (_error, socket) => socket.destroy())
  return listen(server, host, port, 'LENGTHSMAN_MQTT_TLS_PORT')
}

/** The names that a client's certificate vouches for; `undefined`: it showed one that our authority did not sign. */
function namesOf(socket: TLSSocket): readonly string[] | undefined {
  const { subject, subjectaltname = '' } = socket.getPeerCertificate()
  // No certificate at all, where that is allowed.
  if (subject === undefined) return []
  if (!socket.authorized) return undefined
  const common = [subject.CN ?? []].flat()
  const alternative = subjectaltname.split(', ').flatMap((name) => (name.startsWith('DNS:') ? [name.slice(4)] : []))
  return [...common, ...alternative]
}

/** One connection's far end; no two that are open have the same. */
function peerOf(socket: Socket): string {
  return `${socket.remoteAddress} ${socket.remotePort}`
}

function readPem(file: string, setting: string): Buffer {
  try {
    return readFileSync(file)
  } catch (error) {
    throw new Refusal(
      'BROKER_TLS_FILE',
      `cannot read "${file}": ${messageOf(error)}. Set ${setting} to a PEM file`,
      error,
    )
  }
}

function withRefusal(certFile: string, make: () => Server): Server {
  try {
    return make()
  } catch (error) {
    const what = `cannot use the TLS certificate "${certFile}" and its key: ${messageOf(error)}`
    throw new Refusal(
      'BROKER_TLS_FILE',
      `${what}. LENGTHSMAN_MQTT_TLS_CERT and LENGTHSMAN_MQTT_TLS_KEY must name a PEM certificate and the key it was made with`,
      error,
    )
  }
}

// Connections that wait to be taken: after a power cut a whole city connects within a second. Linux grants 4,096 of them.
const backlog = 4_096

function listen(server: Server, host: string, port: number, setting: string): Promise<Listener> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(refusalOf(error, host, port, setting)))
    server.listen({ port, host, backlog }, () => {
      server.removeAllListeners('error')
      const address = server.address()
      const taken = address !== null && typeof address === 'object' ? address.port : port
      resolve({ port: taken, close: () => new Promise((closed) => server.close(() => closed())) })
    })
  })
}

function refusalOf(error: NodeJS.ErrnoException, host: string, port: number, setting: string): Refusal {
  const place = `${host}:${port}`
  switch (error.code) {
    case 'EADDRINUSE':
      return new Refusal(
        'BROKER_PORT_TAKEN',
        `cannot listen for MQTT on ${place}: the port is in use. Stop what uses it, or set ${setting} to a free port`,
        error,
      )
    case 'EACCES':
      return new Refusal(
        'BROKER_PORT_NOT_ALLOWED',
        `cannot listen for MQTT on ${place}: ports below 1024 need privileges. Set ${setting} to 1024 or above`,
        error,
      )
    default:
      return new Refusal(
        'BROKER_ADDRESS_UNUSABLE',
        `cannot listen for MQTT on ${place}: ${error.message}. Set LENGTHSMAN_HOST to an address of this machine`,
        error,
      )
  }
}

function messageOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : String(error)
}
