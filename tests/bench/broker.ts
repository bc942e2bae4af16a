/*
 * What the broker costs: QoS 1 publishes a second and the latency of their PUBACKs, with a `receive` that resolves at
 * once, against Aedes alone. Run apart: `node --import tsx tests/bench/broker.ts`. The generator takes the second core.
 */

import { createServer } from 'node:net'
import { hostname } from 'node:os'
import { Aedes } from 'aedes'
import pino from 'pino'
import { startBroker } from '../../broker/index.ts'
import { type LoadClient, type LoadResult, startMqttLoad } from './mqtt-load.ts'

const host = '127.0.0.1'
const shapes = [
  { connections: 1, inFlight: 1 },
  { connections: 100, inFlight: 1 },
  { connections: 1, inFlight: 1_000 },
  { connections: 50, inFlight: 20 },
  { connections: 500, inFlight: 10 },
]

function clientsOf(count: number): LoadClient[] {
  return Array.from({ length: count }, (_, index) => ({
    id: `device-${index}`,
    secret: 'secret',
    topics: Array.from({ length: 20 }, (_unused, sensor) => `telemetry/asset-${index}/quantity-${sensor}`),
  }))
}

async function measure(port: number, { connections, inFlight }: (typeof shapes)[number]): Promise<LoadResult> {
  return await startMqttLoad({
    host,
    port,
    clients: clientsOf(connections),
    inFlight,
    payload: { kind: 'timed' },
    warmUpMs: 1_500,
    durationMs: 4_000,
  })
}

async function withAedes(work: (port: number) => Promise<LoadResult>): Promise<LoadResult> {
  const aedes = await Aedes.createBroker({ concurrency: 0 })
  const server = createServer({ noDelay: true }, aedes.handle)
  await new Promise<void>((resolve) => server.listen(0, host, resolve))
  const address = server.address()
  const result = await work(typeof address === 'object' && address !== null ? address.port : 0)
  await new Promise<void>((resolve) => aedes.close(resolve))
  await new Promise((resolve) => server.close(resolve))
  return result
}

async function withOurs(work: (port: number) => Promise<LoadResult>): Promise<LoadResult> {
  const kept = { promise: Promise.resolve() }
  const unlimited = { perSecond: 1e9, burst: 1e9 }
  const broker = await startBroker({
    host,
    port: 0,
    authenticate: (id) => ({
      kind: 'accepted',
      device: { id, title: id, assets: [id.replace('device', 'asset')], subscribes: [], publishes: [], createdAt: 0 },
    }),
    receive: () => kept.promise,
    now: Date.now,
    log: pino({ level: 'silent' }),
    limits: { messagesPerDevice: unlimited, bytesPerDevice: unlimited },
  })
  const result = await work(broker.port)
  await broker.close()
  return result
}

function line(name: string, { acknowledgedPerSecond, latencyMs }: LoadResult): string {
  const rate = acknowledgedPerSecond.toLocaleString('en').padStart(9)
  return `  ${name.padEnd(12)} ${rate} acked/s   p50 ${latencyMs.p50} ms   p99 ${latencyMs.p99} ms   max ${latencyMs.max} ms`
}

console.log(`broker, QoS 1, on ${hostname()}`)
for (const shape of shapes) {
  console.log(`${shape.connections} connections x ${shape.inFlight} in flight`)
  console.log(line('Aedes alone', await withAedes((port) => measure(port, shape))))
  console.log(line('Lengthsman', await withOurs((port) => measure(port, shape))))
}
