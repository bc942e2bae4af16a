/*
 * What DuckDB costs: how long an append waits for its commit while fresh readings are settled and slabs merged beside it,
 * and the processor time and the bytes of one reading at each step. No parsing, no broker, no rules.
 *
 *   node --import tsx tests/bench/compaction.ts [SECONDS]
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pino from 'pino'
import { sensorId } from '../../city/index.ts'
import { openDuckDbStore, type Reading } from '../../ingest/index.ts'
import { mergeRules } from '../../ingest/store/duckdb/merge-plan.ts'
import { openParts } from '../../ingest/store/duckdb/opened.ts'
import { townValues } from '../support/town-values.ts'

const perSecond = 100_000
const batchRows = 2_000
const minuteMs = 60_000
const from = Date.UTC(2026, 0, 1)
const log = pino({ level: 'warn' })
const seconds = Number(process.argv[2] ?? 30)
const sampleMinutes = 7 * 1_440
const values = townValues(from, sampleMinutes)

/** The next readings of so many sensors, each one a minute at its own second, received 60 to 315 ms later. */
function feed(sensors: number): () => Reading[] {
  const names = Array.from({ length: sensors }, (_, at) => sensorId(`pump-${at}`, 'flow'))
  let next = 0
  return () =>
    Array.from({ length: batchRows }, () => {
      const [sensor, minute] = [next % sensors, Math.floor(next / sensors)]
      next++
      const observedAt = from + minute * minuteMs + (sensor % 60) * 1_000
      const shown = values[sensor % values.length]?.[(minute + sensor * 37) % sampleMinutes] ?? 0
      const receivedAt = observedAt + 60 + ((Math.imul(next, 2_654_435_761) >>> 16) & 255)
      return { sensor: names[sensor] ?? '', observedAt, receivedAt, value: shown, quality: 'good' } as Reading
    })
}

async function waits(path: string): Promise<void> {
  // Small slabs, so that settling and merging never stop.
  const store = await openDuckDbStore({ path, slabRows: 250_000, merging: { fanout: 4 }, memoryLimitMb: 512, log })
  const nextBatch = feed(10_000)
  const took: number[] = []
  const cpu = process.cpuUsage()
  const begin = performance.now()
  const batches = (seconds * perSecond) / batchRows
  const pending: Promise<void>[] = []
  for (let batch = 0; batch < batches; batch++) {
    const due = begin + (batch * batchRows * 1_000) / perSecond
    while (performance.now() < due) await new Promise((resolve) => setTimeout(resolve, 1))
    const since = performance.now()
    pending.push(store.append(nextBatch()).then(() => void took.push(performance.now() - since)))
  }
  await Promise.all(pending)
  const { user, system } = process.cpuUsage(cpu)
  const rate = (batches * batchRows * 1_000) / (performance.now() - begin)
  await store.close()
  took.sort((a, b) => a - b)
  const at = (part: number) => `${(took[Math.floor((took.length - 1) * part)] ?? 0).toFixed(0)} ms`
  console.log(
    `${Math.round(rate).toLocaleString('en')} readings/s in batches of ${batchRows}: acknowledged after ${at(0.5)} (median), ${at(0.99)} (p99), ${at(1)} at most; ${Math.round(((user + system) * 1_000) / (batches * batchRows))} ns of processor a reading, making it included`,
  )
}

async function costs(path: string, name: string, sensors: number, slabs: number, slabRows: number): Promise<void> {
  const options = { path, memoryLimitMb: 512, log }
  const count = slabs * slabRows
  const nextBatch = feed(sensors)
  const spent = { making: 0, append: 0, settle: 0, merge: 0 }
  const measure = async (step: keyof typeof spent, work: () => Promise<unknown>) => {
    const cpu = process.cpuUsage()
    await work()
    const { user, system } = process.cpuUsage(cpu)
    spent[step] += ((user + system) * 1_000) / count
  }
  let settledBytes = 0
  for (let slab = 0; slab < slabs; slab++) {
    const parts = await openParts({ ...options, mergeRules: { ...mergeRules, fanout: Number.POSITIVE_INFINITY } })
    for (let rows = 0; rows < slabRows; rows += batchRows) {
      let batch: Reading[] = []
      await measure('making', async () => {
        batch = nextBatch()
      })
      await measure('append', () => parts.writer.write(batch))
    }
    parts.writer.closeAppenders()
    await measure('settle', () => parts.upkeep.settle('all').then(() => parts.upkeep.idle()))
    parts.file.close()
    settledBytes = statSync(path).size
  }
  const parts = await openParts({ ...options, mergeRules: { ...mergeRules, fanout: slabs } })
  await measure('merge', () => parts.upkeep.merged())
  const size = await parts.file.upkeep.runAndReadAll(
    "select (used_blocks * block_size)::double from pragma_database_size() where database_name = 'settled'",
  )
  parts.writer.closeAppenders()
  await parts.upkeep.settle('all')
  parts.file.close()
  const usedBytes = Number(size.getRows()[0]?.[0] ?? 0)
  const per = (bytes: number) => (bytes / count).toFixed(2)
  const ns = (step: keyof typeof spent) => `${step} ${Math.round(spent[step])}`
  console.log(
    `${name}: ${ns('append')}, ${ns('settle')}, ${ns('merge')} ns of processor a reading; ${per(settledBytes)} bytes settled, ${per(usedBytes)} merged`,
  )
}

const folder = mkdtempSync(join(tmpdir(), 'lengthsman-bench-'))
try {
  await waits(join(folder, 'waits.duckdb'))
  await costs(join(folder, 'few.duckdb'), '200 sensors, 30 days', 200, 4, 2_000_000)
  await costs(join(folder, 'many.duckdb'), '2,000 sensors, 3 days', 2_000, 4, 2_000_000)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
