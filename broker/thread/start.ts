import { Worker, type WorkerOptions } from 'node:worker_threads'
import type { Logger } from 'pino'
import { type DeviceAuthentication, Refusal } from '../../city/index.ts'
import type { ParcelReceiver } from '../../ingest/wire/index.ts'
import type { LoginFailures } from '../login-failures.ts'
import type { Broker, BrokerOptions } from '../options.ts'
import { type BrokerStats, newStats } from '../stats.ts'
import type { FromThread, Report, Start, ToThread } from './messages.ts'
import { Upgrades } from './upgrades.ts'

export type BrokerThreadOptions = Omit<BrokerOptions, 'receive' | 'now'> & {
  /** As `receive` of a broker without a thread, for many messages at once. */
  readonly receiveParcel: ParcelReceiver
}

// Megabytes of the young generation of the thread's heap: what is made for a message is dead a moment later, and a
// larger nursery lets it die there.
const youngMegabytes = 64

/**
 * Starts a broker in a thread of its own; otherwise as `startBroker`. What `isConnected`, `stats` and `loginFailures`
 * say may be a quarter of a second old. Should the thread fail, the process ends: what was acknowledged is on disk.
 */
export async function startBrokerThread(options: BrokerThreadOptions): Promise<Broker> {
  const upgrades = new Upgrades()
  const { host, port, tls, anonymous, limits, log } = options
  const start: Start = {
    host,
    port,
    ...(tls === undefined ? {} : { tls }),
    ...(anonymous === undefined ? {} : { anonymous }),
    ...(limits === undefined ? {} : { limits }),
    certificates: options.certified !== undefined,
    logLevel: log.level,
    upgradePath: upgrades.path,
  }
  const worker = startThread({
    name: 'broker',
    workerData: start,
    resourceLimits: { maxYoungGenerationSizeMb: youngMegabytes },
  })
  try {
    return await ready(worker, options, upgrades)
  } catch (error) {
    upgrades.close()
    throw error
  }
}

function startThread(options: WorkerOptions): Worker {
  if (!import.meta.filename.endsWith('.ts')) return new Worker(new URL('./entry.js', import.meta.url), options)
  // From the sources, as in development and tests, the thread has to install its own loader first.
  const entry = JSON.stringify(new URL('./entry.ts', import.meta.url).href)
  const code = `import('tsx/esm/api').then(({ register }) => { register(); return import(${entry}) })`
  return new Worker(code, { ...options, eval: true })
}

function ready(worker: Worker, options: BrokerThreadOptions, upgrades: Upgrades): Promise<Broker> {
  return new Promise((resolve, reject) => {
    worker.once('error', reject)
    const begin = (first: FromThread) => {
      if (first.kind === 'log') {
        writeDown(options.log, first.line)
        return
      }
      worker.off('error', reject)
      worker.off('message', begin)
      if (first.kind === 'ready') resolve(faceOf(worker, options, upgrades, first))
      else if (first.kind === 'refusal') reject(new Refusal(first.code, first.message))
      else reject(new Error(`the broker's thread began with "${first.kind}"`))
    }
    worker.on('message', begin)
  })
}

function faceOf(
  worker: Worker,
  options: BrokerThreadOptions,
  upgrades: Upgrades,
  { port, tlsPort }: { readonly port: number; readonly tlsPort: number | undefined },
): Broker {
  const post = (message: ToThread) => worker.postMessage(message)
  const connected = new Set<string>()
  let stats: BrokerStats = newStats()
  let failures: readonly LoginFailures[] = []
  let whenClosed = () => {}
  const hear = (message: FromThread) => {
    switch (message.kind) {
      case 'connected':
        if (message.isConnected) connected.add(message.device)
        else connected.delete(message.device)
        options.onConnected?.(message.device, message.isConnected)
        return
      case 'stats':
        stats = message.stats
        failures = message.failures
        return
      case 'closed':
        whenClosed()
        return
      case 'ready':
      case 'refusal':
        return
      default:
        attend(message, options, post)
    }
  }
  worker.on('message', hear)
  worker.on('error', (error) => {
    throw error
  })
  let closed: Promise<void> | undefined
  return {
    port,
    tlsPort,
    publish: (topic, payload, { retain = false } = {}) => post({ kind: 'publish', topic, payload, retain }),
    handleUpgrade: (request, socket, head) => upgrades.pass(request, socket, head),
    isConnected: (device) => connected.has(device),
    connectedCount: () => connected.size,
    disconnect: (device) => post({ kind: 'disconnect', device }),
    stats: () => ({ ...stats, connected: connected.size }),
    loginFailures: () => failures,
    close() {
      closed ??= new Promise<void>((resolve) => {
        whenClosed = resolve
        post({ kind: 'close' })
      }).then(async () => {
        await worker.terminate()
        upgrades.close()
      })
      return closed
    },
  }
}

function attend(message: Report, options: BrokerThreadOptions, post: (message: ToThread) => void): void {
  switch (message.kind) {
    case 'parcel': {
      const { id, parcel } = message
      options.receiveParcel(parcel).then(
        (kept) => post({ kind: 'kept', id, kept }),
        (error: unknown) =>
          post({ kind: 'notKept', id, reason: error instanceof Error ? error.message : String(error) }),
      )
      return
    }
    case 'authenticate': {
      const { id, device, secret } = message
      void authenticate(options, device, secret).then((said) => post({ kind: 'authenticated', id, answer: said }))
      return
    }
    case 'status':
      options.onStatus?.(message.device, message.payload)
      return
    case 'refused':
      options.onRefused?.(message.login)
      return
    case 'log':
      writeDown(options.log, message.line)
  }
}

async function authenticate(
  options: BrokerThreadOptions,
  device: string,
  secret: string | undefined,
): Promise<DeviceAuthentication> {
  if (secret !== undefined) return await options.authenticate(device, secret)
  return (await options.certified?.(device)) ?? { kind: 'refused', reason: 'unknown device' }
}

/** A line of the thread's log, into ours. */
function writeDown(log: Logger, line: string): void {
  const { level, time, pid, hostname, msg, ...rest } = JSON.parse(line)
  const name = log.levels.labels[level]
  if (
    name === 'trace' ||
    name === 'debug' ||
    name === 'info' ||
    name === 'warn' ||
    name === 'error' ||
    name === 'fatal'
  )
    log[name](rest, msg)
}
