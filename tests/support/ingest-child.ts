/*
 * A process of its own that keeps readings until it is killed. Loaded, it waits; then each line on standard input is a
 * piece of work `{"path","from","inFlight"}`: it opens the store at `path` (with `"influx"` the spool at `path` in front
 * of that server), feeds message after message into Ingest, counting up from `from`, and writes the number of each
 * acknowledged one to standard output. What is in the pipe when
 * it is killed is still read; an acknowledgement that was not written yet is one the test knows nothing of.
 */

import { createInterface } from 'node:readline'
import { openDatabase, type Sensor, sensorId } from '../../city/index.ts'
import {
  Ingest,
  ingestMigrations,
  openDuckDbStore,
  openSpooledInflux,
  Quarantine,
  type ReadingStore,
} from '../../ingest/index.ts'
import { sensorCount, slabRows, telemetryOf } from './numbered-telemetry.ts'
import { silentLog as log } from './silence.ts'

const sensors = new Map<string, Sensor>()
for (let number = 0; number < sensorCount; number++) {
  const { asset } = telemetryOf(number)
  const id = sensorId(asset, 'flow')
  const range = { min: 0, max: Number.MAX_SAFE_INTEGER }
  const quantity = { id: 'flow', title: 'Flow', unit: 'm3/h', range, expectedIntervalMs: 60_000, decimals: 0 }
  sensors.set(id, { id, asset, quantity })
}
const registry = {
  sensor: (id: string) => sensors.get(id),
  asset: () => undefined,
  suggestSensor: () => undefined,
  source: () => undefined,
}

type Work = {
  readonly path: string
  readonly from: number
  readonly inFlight: number
  readonly influx?: { readonly url: string; readonly database: string }
}

function open({ path, influx }: Work): Promise<ReadingStore> {
  if (influx === undefined) return openDuckDbStore({ path, slabRows, merging: { fanout: 2 }, log })
  const spool = { path, bytesMax: 1e9, slowAfterMs: 50, now: Date.now }
  return openSpooledInflux({ ...influx, answerWithinMs: 200, spool, log })
}

async function keep(work: Work): Promise<void> {
  const { from, inFlight } = work
  const quarantine = new Quarantine(await openDatabase(':memory:', ingestMigrations))
  const store = await open(work)
  const ingest = new Ingest({ registry, store, quarantine, now: Date.now, log })
  let next = from
  const lane = async () => {
    for (;;) {
      const number = next++
      const { topic, observedAt } = telemetryOf(number)
      const payload = Buffer.from(JSON.stringify({ value: number, observedAt }))
      await ingest.receive({ device: 'child', topic, payload, receivedAt: Date.now() })
      process.stdout.write(`${number}\n`)
      // What is acknowledged by the spool comes back without any waiting; others get their turn all the same.
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
  await Promise.all(Array.from({ length: inFlight }, lane))
}

process.stdout.write('ready\n')
for await (const line of createInterface({ input: process.stdin })) void keep(JSON.parse(line))
