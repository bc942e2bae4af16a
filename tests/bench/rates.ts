/*
 * `npm run bench:ingest`: durable readings a second through the built program (broker, ingest, DuckDB, the shipped rules;
 * each acknowledged only when it is on disk), with the load generator on the same machine. Beside each figure stand two
 * ceilings of the same run: bare Aedes, which keeps nothing, and the store by itself, which talks to nobody.
 *
 *   BENCH_SECONDS=300 npm run bench:ingest     each case for five minutes instead of fifteen seconds
 *   BENCH_CONNECTIONS=50 npm run bench:ingest  only the cases with so many
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pino from 'pino'
import { sensorId } from '../../city/index.ts'
import { openDuckDbStore, type Reading } from '../../ingest/index.ts'
import { type RunningProgram, spawnProgram } from '../support/program-process.ts'
import { bareAedes } from './bare-aedes.ts'
import { machine } from './machine.ts'
import { type LoadPayload, startMqttLoad } from './mqtt-load.ts'
import { PumpCity, quantities } from './pump-city.ts'

const secondsEach = Number(process.env['BENCH_SECONDS'] ?? 15)
const assets = 2_000
const collector = join(import.meta.dirname, 'collect-garbage.mjs')

type Case = {
  readonly name: string
  readonly connections: number
  /** Messages of one connection that wait for their PUBACK. */
  readonly inFlight: number
  readonly readings: number
}

// In flight in all: what keeps the disk's round trip from being the limit, and short of what makes an answer late.
const cases: readonly Case[] = [
  { name: 'one a message', connections: 50, inFlight: 100, readings: 1 },
  { name: 'one a message', connections: 10_000, inFlight: 1, readings: 1 },
  { name: 'one a message', connections: 10_000, inFlight: 8, readings: 1 },
  { name: 'packed 20', connections: 50, inFlight: 60, readings: 20 },
]

say(`${machine()}; ${secondsEach} s a case`)
say(`the store alone, batches of 10,000: ${rate(await storeAlone())} readings/s`)
const wanted = process.env['BENCH_CONNECTIONS']
for (const connections of new Set(cases.map((one) => one.connections)))
  if (wanted === undefined || Number(wanted) === connections) await measureWith(connections)

/** One program for all cases with so many connections; each device has a connection of its own. */
async function measureWith(connections: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'lengthsman-bench-'))
  const environment = { LENGTHSMAN_DATA: join(folder, 'data'), PWD: folder }
  const city = new PumpCity({ assets: Math.max(assets, connections), devices: connections })
  try {
    await city.import(folder, environment)
    const program = await spawnProgram(environment, folder, { by: ['env', `NODE_OPTIONS=--import=${collector}`] })
    try {
      await city.addDevices(program)
      const before = megabytes(program)
      if (connections >= 1_000) await weighIdle(city, program)
      for (const one of cases) if (one.connections === connections) await measure(one, city, program, before)
    } finally {
      await program.kill('SIGINT')
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/**
 * What connections weigh that say nothing. A connection's own weight is what the second half of them adds, garbage
 * collected on both sides; V8's room for what is young is there by then. Beside it, the most that was resident while all
 * of them came, with the garbage of that and with that room, which is the same for ten connections and for ten thousand.
 */
async function weighIdle(city: PumpCity, program: RunningProgram): Promise<void> {
  const ofNone = await weight(program, 0)
  let most = ofNone
  const sampling = setInterval(() => {
    most = Math.max(most, megabytes(program))
  }, 250)
  const clients = city.clients((asset) => [`telemetry/${asset}`])
  const half = clients.length / 2
  const idle = {
    host: '127.0.0.1',
    port: program.mqttPort,
    inFlight: 1,
    payload: { kind: 'number' },
    perSecond: 0,
  } as const
  const first = startMqttLoad({ ...idle, clients: clients.slice(0, half), warmUpMs: 0, durationMs: 45_000 })
  const ofHalf = await weight(program, half)
  const second = startMqttLoad({ ...idle, clients: clients.slice(half), warmUpMs: 0, durationMs: 25_000 })
  const ofAll = await weight(program, clients.length)
  clearInterval(sampling)
  await Promise.all([first, second])
  const each = (weighed: number, count: number) => `${((weighed * 1024) / count).toFixed(1)} KB each`
  say(`${rate(clients.length)} idle connections: ${each(ofAll - ofHalf, half)} once they are there`)
  say(
    `  ${each(most - ofNone, clients.length)} at the most while they came, garbage and room for young objects included`,
  )
}

/** Megabytes resident with so many connections and no garbage. */
async function weight(program: RunningProgram, connections: number): Promise<number> {
  const isThere = async () =>
    (await (await fetch(`${program.url}/metrics`)).text()).includes(`broker_connected ${connections}\n`)
  while (!(await isThere())) await elapse(250)
  // Twice: what the first collection frees lets go of more.
  for (let times = 0; times < 2; times += 1) {
    await elapse(2_000)
    process.kill(program.pid, 'SIGUSR2')
  }
  await elapse(2_000)
  return megabytes(program)
}

function elapse(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

async function measure(one: Case, city: PumpCity, program: RunningProgram, before: number): Promise<void> {
  const payload: LoadPayload =
    one.readings === 1 ? { kind: 'timed' } : { kind: 'packed', readings: one.readings, quantity: 'flow' }
  const topicsOf = (asset: string) =>
    one.readings === 1 ? quantities.map((quantity) => `telemetry/${asset}/${quantity}`) : [`telemetry/${asset}`]
  const load = {
    host: '127.0.0.1',
    clients: city.clients(topicsOf),
    inFlight: one.inFlight,
    payload,
    warmUpMs: 3_000,
    durationMs: secondsEach * 1_000,
  }
  const bare = await bareAedes()
  const ceiling = await startMqttLoad({ ...load, port: bare.port })
  bare.close()
  const ours = await startMqttLoad({ ...load, port: program.mqttPort })
  const { p50, p99, max } = ours.latencyMs
  const kept = ours.acknowledgedPerSecond * one.readings
  const carried = ceiling.acknowledgedPerSecond * one.readings
  say(`${one.name}, ${one.connections} connections x ${one.inFlight} in flight: ${rate(kept)} readings/s durable`)
  say(`  ack p50 ${ms(p50)}, p99 ${ms(p99)}, max ${ms(max)}; ${ours.lostConnections} connections lost`)
  say(`  bare Aedes, nothing kept: ${rate(carried)}; ours/bare ${(kept / carried).toFixed(2)}`)
  say(`  resident ${megabytes(program)} MB (${before} MB before any device had connected)`)
}

/** Readings a second into DuckDB, committed and synced, with nothing around it. */
async function storeAlone(): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'lengthsman-bench-'))
  const store = await openDuckDbStore({ path: join(folder, 'readings.duckdb'), log: pino({ level: 'warn' }) })
  const sensors = Array.from({ length: assets * quantities.length }, (_, at) => sensorId(`pump-${at}`, 'flow'))
  let clock = Date.UTC(2026, 0, 1)
  let kept = 0
  const until = performance.now() + 5_000
  try {
    while (performance.now() < until) {
      clock += 1_000
      for (let from = 0; from < sensors.length; from += 10_000) {
        const batch = sensors.slice(from, from + 10_000).map(
          (sensor, at): Reading => ({
            sensor,
            observedAt: clock,
            receivedAt: clock,
            value: at / 10,
            quality: 'good',
          }),
        )
        await store.append(batch)
        kept += batch.length
      }
    }
    return kept / 5
  } finally {
    await store.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

function megabytes({ pid }: RunningProgram): number {
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024)
}

function rate(value: number): string {
  return Math.round(value).toLocaleString('en')
}

function ms(value: number): string {
  return `${value.toFixed(1)} ms`
}

function say(text: string): void {
  process.stdout.write(`${text}\n`)
}
