/*
 * Readings/s through `Ingest.receive` into DuckDB on this machine's disk: parse, resolve, quality, durable append. No broker
 * and no rules. Also per second of processor time, which says more than wall time on a machine that others use as well.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import pino from 'pino'
import { openDatabase, type Sensor, sensorId } from '../../city/index.ts'
import { Ingest, ingestMigrations, type Message, openDuckDbStore, Quarantine } from '../../ingest/index.ts'

const assets = 1_000
const quantitiesEach = 10
const log = pino({ level: 'warn' })

const sensors = new Map<string, Sensor>()
for (let at = 0; at < assets * quantitiesEach; at++) {
  const [asset, id] = [`pump-${at % assets}`, `q${Math.floor(at / assets)}`]
  const quantity = { id, title: id, unit: '1', range: { min: 0, max: 1e6 }, expectedIntervalMs: 60_000, decimals: 1 }
  sensors.set(`${asset}/${id}`, { id: sensorId(asset, id), asset, quantity })
}
const topics = [...sensors.keys()].map((id) => `telemetry/${id}`)
const registry = {
  sensor: (id: string) => sensors.get(id),
  asset: () => undefined,
  suggestSensor: () => undefined,
  source: () => undefined,
}

let clock = Date.UTC(2026, 0, 1)

/** A bare number for the next sensor. */
function single(index: number): Message {
  if (index % topics.length === 0) clock += 1_000
  const payload = Buffer.from((((index * 7) % 1_000) / 10).toFixed(1))
  return { device: 'd', topic: topics[index % topics.length] ?? '', payload, receivedAt: clock }
}

/** Two moments of the next asset's ten quantities. */
function packed(index: number): Message {
  if (index % assets === 0) clock += 2_000
  const values = (offset: number) =>
    Object.fromEntries(
      Array.from({ length: quantitiesEach }, (_, at) => [`q${at}`, ((index + at + offset) % 1_000) / 10]),
    )
  const records = [0, 1_000].map((later) => ({ observedAt: clock + later, values: values(later) }))
  const payload = Buffer.from(JSON.stringify(records))
  return { device: 'd', topic: `telemetry/pump-${index % assets}`, payload, receivedAt: clock + 1_000 }
}

async function measure(
  ingest: Ingest,
  name: string,
  messages: readonly Message[],
  readingsEach: number,
  inFlight: number,
) {
  const waits = new Float64Array(messages.length)
  let next = 0
  const lane = async () => {
    for (let at = next++; at < messages.length; at = next++) {
      const since = performance.now()
      await ingest.receive(messages[at] as Message)
      waits[at] = performance.now() - since
    }
  }
  const [cpu, since] = [process.cpuUsage(), performance.now()]
  await Promise.all(Array.from({ length: inFlight }, lane))
  const seconds = (performance.now() - since) / 1_000
  const { user, system } = process.cpuUsage(cpu)
  const cpuSeconds = (user + system) / 1e6
  waits.sort()
  const at = (part: number) => (waits[Math.floor((waits.length - 1) * part)] ?? 0).toFixed(1)
  const rate = (per: number) => Math.round((messages.length * readingsEach) / per).toLocaleString('en')
  console.log(
    `${name.padEnd(26)} ${String(inFlight).padStart(5)} in flight  ${rate(seconds).padStart(9)} readings/s  ${rate(cpuSeconds).padStart(9)} per processor second  p50 ${at(0.5)} p99 ${at(0.99)} max ${at(1)} ms`,
  )
}

const folder = mkdtempSync(join(tmpdir(), 'lengthsman-bench-'))
try {
  console.log(`${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}, Node ${process.version}`)
  const database = await openDatabase(':memory:', ingestMigrations)
  const store = await openDuckDbStore({ path: join(folder, 'readings.duckdb'), log })
  const ingest = new Ingest({ registry, store, quarantine: new Quarantine(database), now: Date.now, log })
  const make = (count: number, one: (index: number) => Message) =>
    Array.from({ length: count }, (_, index) => one(index))
  await measure(ingest, 'warm-up', make(100_000, single), 1, 1_000)
  await measure(ingest, 'one reading a message', make(300, single), 1, 1)
  await measure(ingest, 'one reading a message', make(20_000, single), 1, 100)
  await measure(ingest, 'one reading a message', make(500_000, single), 1, 1_000)
  await measure(ingest, 'one reading a message', make(500_000, single), 1, 5_000)
  await measure(ingest, 'twenty readings a message', make(20_000, packed), 20, 1_000)
  await measure(ingest, 'twenty readings a message', make(60_000, packed), 20, 1_000)
  await store.close()
  await database.close()
} finally {
  rmSync(folder, { recursive: true, force: true })
}
