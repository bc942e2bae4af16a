/*
 * The thread that talks to devices: sockets, TLS, the protocol, permissions, limits, and the reading of plain messages.
 * What it takes goes to the main thread in parcels, and a PUBACK leaves when that says the parcel is kept. Nothing that
 * the main thread is busy with (a large query, a commit, a page) keeps a device waiting for its CONNACK or PINGRESP.
 */
import { createServer } from 'node:http'
import { parentPort, workerData } from 'node:worker_threads'
import pino from 'pino'
import { type DeviceAuthentication, Refusal } from '../../city/index.ts'
import { buffersOf } from '../../ingest/wire/index.ts'
import { startBroker } from '../broker.ts'
import type { Broker } from '../options.ts'
import { type FromThread, peerHeader, type Start, type ToThread } from './messages.ts'
import { Outbox } from './outbox.ts'

// What the main thread answers questions about connections and counts from is at most this old, in milliseconds.
const reportEveryMs = 250

const start = workerData as Start
const post = (message: FromThread, transferred: ArrayBuffer[] = []) => parentPort?.postMessage(message, transferred)
const outbox = new Outbox((id, parcel) => post({ kind: 'parcel', id, parcel }, buffersOf(parcel)))
const asked = new Map<number, (answer: DeviceAuthentication) => void>()
let lastAsked = 0

function ask(device: string, secret: string | undefined): Promise<DeviceAuthentication> {
  lastAsked += 1
  const id = lastAsked
  post({ kind: 'authenticate', id, device, secret })
  return new Promise((answered) => asked.set(id, answered))
}

async function run(): Promise<void> {
  const { logLevel, upgradePath, certificates, ...options } = start
  const broker = await startBroker({
    ...options,
    authenticate: ask,
    ...(certificates ? { certified: (device: string) => ask(device, undefined) } : {}),
    onConnected: (device, isConnected) => post({ kind: 'connected', device, isConnected }),
    onRefused: (login) => post({ kind: 'refused', login }),
    receive: outbox.receive,
    onStatus: (device, payload) => post({ kind: 'status', device, payload }),
    now: Date.now,
    log: pino({ level: logLevel }, { write: (line) => post({ kind: 'log', line }) }),
  })
  const upgrades = createServer((_request, response) => response.writeHead(404).end())
  upgrades.on('upgrade', (request, socket, head) => {
    const peer = request.headers[peerHeader]
    Object.defineProperty(socket, 'remoteAddress', { value: typeof peer === 'string' ? peer : undefined })
    broker.handleUpgrade(request, socket, head)
  })
  await new Promise<void>((listening) => upgrades.listen(upgradePath, listening))
  const report = () => post({ kind: 'stats', stats: broker.stats(), failures: broker.loginFailures() })
  const reporting = setInterval(report, reportEveryMs)
  parentPort?.on('message', (message: ToThread) => {
    if (message.kind !== 'close') {
      follow(broker, message)
      return
    }
    void broker.close().then(() => {
      clearInterval(reporting)
      upgrades.close()
      upgrades.closeAllConnections()
      report()
      post({ kind: 'closed' })
      parentPort?.close()
    })
  })
  post({ kind: 'ready', port: broker.port, tlsPort: broker.tlsPort })
}

function follow(broker: Broker, message: Exclude<ToThread, { kind: 'close' }>): void {
  switch (message.kind) {
    case 'kept':
      outbox.kept(message.id, message.kept)
      return
    case 'notKept':
      outbox.notKept(message.id, message.reason)
      return
    case 'authenticated':
      asked.get(message.id)?.(message.answer)
      asked.delete(message.id)
      return
    case 'publish':
      broker.publish(message.topic, message.payload, { retain: message.retain })
      return
    case 'disconnect':
      broker.disconnect(message.device)
  }
}

run().catch((error: unknown) => {
  if (!(error instanceof Refusal)) throw error
  post({ kind: 'refusal', code: error.code, message: error.message })
  parentPort?.close()
})
