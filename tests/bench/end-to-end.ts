/*
 * `npm run bench`: the built program as a process of its own, 10,000 sensors with the shipped rules, DuckDB, everything
 * acknowledged only when it is on disk; load and viewers on the same machine. Prints figures, asserts nothing.
 * The baseline is bare Aedes with no store, no permissions and no rules under the same load in the same run.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { cpus, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import { Aedes } from 'aedes'
import mqtt from 'mqtt'
import { ApiClient } from '../support/api-client.ts'
import { freePort, type RunningProgram, runLengthsman, spawnProgram } from '../support/program-process.ts'
import { type LoadClient, type LoadPayload, startMqttLoad } from './mqtt-load.ts'

const assetCount = 2_000
const deviceCount = 50
const secondsEach = Number(process.env['BENCH_SECONDS'] ?? 15)
const quantities = ['vibration', 'bearing-temperature', 'flow', 'pressure', 'power']
const viewers = 50
const latencySamples = 200

const assets = Array.from({ length: assetCount }, (_, index) => `pump-${index + 1}`)
const devices = Array.from({ length: deviceCount }, (_, index) => `rtu-${index + 1}`)
const assetsOf = (device: number) => assets.filter((_, index) => index % deviceCount === device)

let secrets: readonly string[] = []
const folder = mkdtempSync(join(tmpdir(), 'lengthsman-bench-'))
const environment = { LENGTHSMAN_DATA: join(folder, 'data'), PWD: folder }
try {
  say(
    `${cpus().length} cores, ${cpus()[0]?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`,
  )
  await prepareCity()
  const program = await spawnProgram(environment, folder)
  try {
    say(`idle: ${megabytes(program)} MB resident, ${assetCount * quantities.length} sensors`)
    await addDevices(program)
    await measureLoad(program)
    if (process.env['BENCH_ONLY'] !== 'load') {
      await measurePageLatency(program)
      await measureTicketLatency(program)
    }
  } finally {
    await program.kill('SIGINT')
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}

async function prepareCity(): Promise<void> {
  const rows = assets.map((asset) => `${asset},${asset},drinking-water-pump,3,50.5,7.1`)
  writeFileSync(join(folder, 'pumps.csv'), ['id,name,class,criticality,latitude,longitude', ...rows].join('\n'))
  await runLengthsman(['import', join(folder, 'pumps.csv')], environment)
}

async function addDevices(program: RunningProgram): Promise<void> {
  const api = await ApiClient.login(program.url, 'admin', program.adminPassword)
  const made: string[] = []
  for (const [index, id] of devices.entries()) {
    const { secret } = await api.post<{ secret: string }>('/api/v1/devices', { id, assets: assetsOf(index) })
    made.push(secret)
  }
  secrets = made
}

function clients(topicsOf: (asset: string) => string[]): LoadClient[] {
  return devices.map((id, index) => ({ id, secret: secrets[index] ?? '', topics: assetsOf(index).flatMap(topicsOf) }))
}

async function measureLoad(program: RunningProgram): Promise<void> {
  const single = clients((asset) => quantities.map((quantity) => `telemetry/${asset}/${quantity}`))
  const packed = clients((asset) => [`telemetry/${asset}`])
  await measureOne('one reading a message', 1, single, { kind: 'timed' }, program)
  await measureOne('packed 20', 20, packed, { kind: 'packed', readings: 20, quantity: 'flow' }, program)
}

async function measureOne(
  name: string,
  perMessage: number,
  loadClients: LoadClient[],
  payload: LoadPayload,
  program: RunningProgram,
): Promise<void> {
  const load = {
    host: '127.0.0.1',
    clients: loadClients,
    inFlight: Number(process.env['BENCH_IN_FLIGHT'] ?? 20),
    payload,
    warmUpMs: 2_000,
    durationMs: secondsEach * 1_000,
  }
  const bare = await bareAedes()
  const ceiling = await startMqttLoad({ ...load, port: bare.port })
  bare.close()
  const ours = await startMqttLoad({ ...load, port: program.mqttPort })
  const { p50, p99 } = ours.latencyMs
  const rate = ours.acknowledgedPerSecond * perMessage
  const ceilingRate = ceiling.acknowledgedPerSecond * perMessage
  say(
    `${name}: ${count(rate)} readings/s durable, ack p50 ${p50.toFixed(1)} ms p99 ${p99.toFixed(1)} ms, ${ours.lostConnections} connections lost`,
  )
  say(
    `  bare Aedes, nothing kept: ${count(ceilingRate)} readings/s; ours/bare ${(rate / ceilingRate).toFixed(2)}; resident ${megabytes(program)} MB`,
  )
}

/** Aedes as it comes, in this process. */
async function bareAedes(): Promise<{ port: number; close: () => void }> {
  const broker = await Aedes.createBroker()
  const server = createServer((socket) => broker.handle(socket))
  const port = await freePort()
  await new Promise<void>((listening) => server.listen(port, '127.0.0.1', listening))
  return {
    port,
    close: () => {
      broker.close()
      server.close()
    },
  }
}

/** From publish to the frame on an open page, with fifty pages open on the same asset. */
async function measurePageLatency(program: RunningProgram): Promise<void> {
  const watched = 'pump-1'
  const api = await ApiClient.login(program.url, 'admin', program.adminPassword)
  const streams = await Promise.all(Array.from({ length: viewers }, () => openStream(api, watched)))
  const device = await connectedDevice(program, 0)
  const waits: number[] = []
  for (let sample = 0; sample < latencySamples; sample += 1) {
    const value = 30 + sample / 1_000
    const begun = performance.now()
    const seen = streams.map((stream) =>
      stream.until((event, data) => event === 'readings' && data.includes(`,${value},`)),
    )
    await device.publishAsync(`telemetry/${watched}/flow`, String(value), { qos: 1 })
    for (const at of await Promise.all(seen)) waits.push(at - begun)
    await new Promise((done) => setTimeout(done, 20 + Math.random() * 200))
  }
  for (const stream of streams) stream.close()
  await device.endAsync()
  say(`reading → page, ${viewers} viewers: ${percentiles(waits)}`)
}

/** From publish of the reading that completes the ten minutes above the limit to the ticket on the stream. */
async function measureTicketLatency(program: RunningProgram): Promise<void> {
  const api = await ApiClient.login(program.url, 'admin', program.adminPassword)
  const stream = await openStream(api, 'pump-1')
  const device = await connectedDevice(program, 0)
  const waits: number[] = []
  for (const asset of assetsOf(0).slice(0, 40)) {
    const now = Date.now() + 60_000
    const rows = Array.from({ length: 16 }, (_, minute) => ({
      observedAt: now - (15 - minute) * 60_000,
      values: { vibration: 9 },
    }))
    await device.publishAsync(`telemetry/${asset}`, JSON.stringify(rows.slice(0, 6)), { qos: 1 })
    const seen = stream.until((event, data) => event === 'ticket' && data.includes(`"${asset}"`))
    const begun = performance.now()
    await device.publishAsync(`telemetry/${asset}`, JSON.stringify(rows.slice(6)), { qos: 1 })
    waits.push((await seen) - begun)
  }
  stream.close()
  await device.endAsync()
  say(`reading → ticket raised and on the page: ${percentiles(waits)}`)
}

function connectedDevice(program: RunningProgram, index: number) {
  const id = devices[index] ?? ''
  const options = { clientId: id, username: id, password: secrets[index] ?? '' }
  return mqtt.connectAsync(`mqtt://127.0.0.1:${program.mqttPort}`, options)
}

type Watching = { readonly fits: (event: string, data: string) => boolean; readonly seen: (at: number) => void }

async function openStream(api: ApiClient, asset: string) {
  const stopping = new AbortController()
  const response = await api.open(`/api/v1/stream?assets=${asset}`, stopping.signal)
  const waiting = new Set<Watching>()
  const read = async () => {
    let text = ''
    for await (const chunk of response.body ?? []) {
      text += Buffer.from(chunk).toString()
      const events = text.split('\n\n')
      text = events.pop() ?? ''
      for (const lines of events) {
        const event = /^event: (.*)$/m.exec(lines)?.[1] ?? ''
        const data = /^data: (.*)$/m.exec(lines)?.[1] ?? ''
        for (const watching of waiting) {
          if (!watching.fits(event, data)) continue
          waiting.delete(watching)
          watching.seen(performance.now())
        }
      }
    }
  }
  read().catch(() => undefined)
  return {
    until: (fits: Watching['fits']) => new Promise<number>((seen) => waiting.add({ fits, seen })),
    close: () => stopping.abort(),
  }
}

function megabytes({ pid }: RunningProgram): number {
  const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return Math.round(Number(kilobytes) / 1024)
}

function percentiles(waits: readonly number[]): string {
  const sorted = waits.toSorted((a, b) => a - b)
  const at = (share: number) => (sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0).toFixed(1)
  return `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, max ${at(1)} ms (${sorted.length} samples)`
}

function count(value: number): string {
  return Math.round(value).toLocaleString('en')
}

function say(text: string): void {
  process.stdout.write(`${text}\n`)
}
