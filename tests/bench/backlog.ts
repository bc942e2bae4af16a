/*
 * A day of back-log from one logger (250,000 readings, packed 100 a message) while a live stream goes on: how long it takes
 * to be kept and judged by the rules that ship, and what it does to the live stream's time to an acknowledgement. Ingest,
 * DuckDB and rules in one process, without the network.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import pino from 'pino'
import { cityMigrations, libraryClasses, mergeMigrations, openDatabase, Registry } from '../../city/index.ts'
import { Ingest, ingestMigrations, openDuckDbStore, Quarantine } from '../../ingest/index.ts'
import { AlarmBook, libraryRuleFiles, RuleEngine, readRuleFiles, ruleMigrations } from '../../rules/index.ts'

const readings = 250_000
const perMessage = 100
const inFlight = 20
const log = pino({ level: 'warn' })
const folder = mkdtempSync(join(tmpdir(), 'lengthsman-backlog-'))
const database = await openDatabase(':memory:', mergeMigrations(cityMigrations, ingestMigrations, ruleMigrations))
const registry = await Registry.open(database, Date.now)
const asset = (id: string) => ({
  ...{ id, name: id, class: 'drinking-water-pump', criticality: 3 as const, relations: [] },
  place: { latitude: 48, longitude: 16 },
})
const live = Array.from({ length: 100 }, (_, at) => `pump-${at}`)
await registry.importCity({
  ...{ name: 'Bench', timeZone: 'UTC', classes: [], crews: [], mapLayers: [] },
  assets: [asset('logged'), ...live.map(asset)],
})
const store = await openDuckDbStore({ path: join(folder, 'readings.duckdb'), log })
const ingest = new Ingest({ registry, store, quarantine: new Quarantine(database), now: Date.now, log })
const rules = readRuleFiles(libraryRuleFiles(), libraryClasses())
const engine = new RuleEngine({ registry, rules, states: new AlarmBook(database), log })
await engine.restore(Date.now())
let judged = 0
let events = 0
ingest.onKept((kept) => {
  events += engine.judge(kept, Date.now()).length
  judged += kept.length
})
const send = (device: string, of: string, payload: unknown) =>
  ingest.receive({
    ...{ device, topic: `telemetry/${of}`, receivedAt: Date.now() },
    payload: Buffer.from(JSON.stringify(payload)),
  })

/** 2,000 readings/s, one a message; how long each waited, in ms. */
async function stream(while_: () => boolean): Promise<number[]> {
  const waits: number[] = []
  for (let at = 0; while_(); at++) {
    for (let of = 0; of < 20; of++) {
      const since = performance.now()
      const observedAt = Date.now()
      void send('live', live[(at * 20 + of) % live.length] ?? '', { observedAt, values: { vibration: 2 } }).then(() =>
        waits.push(performance.now() - since),
      )
    }
    await wait(10)
  }
  await ingest.drain()
  return waits
}

const show = (name: string, waits: number[]) => {
  waits.sort((one, other) => one - other)
  const at = (part: number) => (waits[Math.floor((waits.length - 1) * part)] ?? 0).toFixed(1)
  console.log(`${name.padEnd(28)} ${waits.length} messages  p50 ${at(0.5)}  p99 ${at(0.99)}  max ${at(1)} ms`)
}

try {
  console.log(`${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}, Node ${process.version}`)
  const quietUntil = performance.now() + 3_000
  show('live stream alone', await stream(() => performance.now() < quietUntil))
  const from = Date.now() - 24 * 3_600_000
  const stepMs = (24 * 3_600_000) / readings
  const messages = Array.from({ length: readings / perMessage }, (_, message) =>
    Array.from({ length: perMessage }, (_, of) => {
      const number = message * perMessage + of
      const shaking = number > readings / 2 && number < readings * 0.6
      return { observedAt: Math.round(from + number * stepMs), values: { vibration: shaking ? 9 : 2 } }
    }),
  )
  let taking = true
  const beside = stream(() => taking)
  const [judgedBefore, since] = [judged, performance.now()]
  let next = 0
  const lane = async () => {
    for (let at = next++; at < messages.length; at = next++) await send('logger', 'logged', messages[at])
  }
  await Promise.all(Array.from({ length: inFlight }, lane))
  const seconds = (performance.now() - since) / 1_000
  taking = false
  show('live stream beside back-log', await beside)
  console.log(
    `back-log of ${readings.toLocaleString('en')} readings kept and judged in ${seconds.toFixed(2)} s (${Math.round((judged - judgedBefore) / seconds).toLocaleString('en')} readings/s with the live ones), ${events} changes of alarms`,
  )
} finally {
  await ingest.drain()
  await store.close()
  await database.close()
  rmSync(folder, { recursive: true, force: true })
}
