/*
 * One sensor's year out of many stored readings, and what a reading takes on disk.
 *
 *   node --import tsx tests/bench/stored-year.ts [READINGS] [FOLDER]
 *
 * Readings of 2,000 sensors at one a minute, with a simulated town's values, are written by SQL in the slabs that the
 * store's own settling and merging leave of such readings (128 million rows, sorted); what settling and merging cost,
 * and that they leave such slabs, is in compaction.ts. The store is then opened as the program opens it and asked through
 * `series`. 10⁸ readings by default; 10⁹ take some ten minutes and 3 GB. With a FOLDER the file is kept, and used again.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DOUBLE, DuckDBDataChunk, INTEGER, LIST, listValue } from '@duckdb/node-api'
import pino from 'pino'
import { sensorId } from '../../city/index.ts'
import { openDuckDbStore } from '../../ingest/index.ts'
import { openFile } from '../../ingest/store/duckdb/file.ts'
import { addSlab, readingColumns, slabTable, viewSql } from '../../ingest/store/duckdb/slabs.ts'
import { townValues } from '../support/town-values.ts'

const minuteMs = 60_000
const yearMinutes = 525_600
const sensors = 2_000
const slabMinutes = 64_000
const sensorsAtOnce = 50
const from = Date.UTC(2025, 0, 1)
const log = pino({ level: 'warn' })
const readings = Number(process.argv[2] ?? 1e8)
const minutes = Math.ceil(readings / sensors)
const nameOf = (sensor: number) => sensorId(`pump-${String(sensor).padStart(4, '0')}`, 'vibration')

async function build(path: string): Promise<void> {
  const sampleMinutes = 20 * 1_440
  const values = townValues(from, sampleMinutes)
  const { writing: connection, close } = await openFile({ path, memoryLimitMb: 2_000 })
  await connection.run('create temp table sample (series integer, shown double[])')
  const appender = await connection.createAppender('sample', 'main', 'temp')
  for (const [series, shown] of values.entries()) {
    const chunk = DuckDBDataChunk.create([INTEGER, LIST(DOUBLE)], 1)
    chunk.setColumnValues(0, [series])
    chunk.setColumnValues(1, [listValue(Array.from({ length: 5 }, () => [...shown]).flat())])
    appender.appendDataChunk(chunk)
  }
  appender.closeSync()
  await connection.run(
    `insert into settled.sensors select s, 'pump-' || lpad(s::varchar, 4, '0') || '/vibration' from range(${sensors}) as r(s)`,
  )
  const slabs = []
  for (let start = 0, id = 1; start < minutes; start += slabMinutes, id++) {
    const end = Math.min(minutes, start + slabMinutes)
    await connection.run(`create table ${slabTable(id)} ${readingColumns}`)
    await connection.run('begin')
    // Each sensor at its own second of the minute, received after 60 to 315 ms.
    for (let first = 0; first < sensors; first += sensorsAtOnce)
      await connection.run(`
      insert into ${slabTable(id)}
      select s, ${from} + minute * ${minuteMs} + s % 60 * 1000, 60 + hash(s * 104729 + minute) % 256, value, 0
      from (
        select s::integer as s,
          unnest(case when s % 2 = 0 then range(${start}, ${end}) else range(${end - 1}, ${start - 1}, -1) end) as minute,
          unnest(case when s % 2 = 0 then part else list_reverse(part) end) as value
        from (
          select s, list_slice(shown, skip + 1, skip + ${end - start}) as part
          from (select s, (${id} * 7919 + s * 37) % ${sampleMinutes} as skip from range(${first}, ${first + sensorsAtOnce}) as r(s))
          join sample on series = s % ${values.length}
        ) order by s
      )`)
    await connection.run('commit')
    const slab = await addSlab(connection, id, slabTable(id))
    if (slab !== undefined) slabs.push(slab)
    await connection.run('checkpoint settled')
    process.stdout.write(`\r${((end * sensors) / 1e6).toFixed(0)} million readings written `)
  }
  await connection.run(`insert into settled.settled_sensors
    select sensor, observed_at, observed_at + delay, value, quality, null, null
    from ${slabTable(slabs.length)} where observed_at >= ${from + (minutes - 1) * minuteMs}`)
  await connection.run(viewSql(slabs))
  await connection.run('checkpoint settled')
  close()
  process.stdout.write('\n')
}

/** Whether the system's file cache could be emptied, which takes the right to. */
function emptyFileCache(): boolean {
  try {
    execFileSync('sh', ['-c', 'sync; echo 3 > /proc/sys/vm/drop_caches'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

async function ask(path: string, name: string, { cold, days }: { cold: boolean; days: number }): Promise<void> {
  const waits: number[] = []
  const cpu = process.cpuUsage()
  const times = cold ? 5 : 21
  let store = await openDuckDbStore({ path, memoryLimitMb: 512, log })
  let found = 0
  for (let time = 0; time < times; time++) {
    if (cold) {
      await store.close()
      if (!emptyFileCache()) return console.log(`${name}: the file cache cannot be emptied here`)
      store = await openDuckDbStore({ path, memoryLimitMb: 512, log })
    }
    const to = from + Math.min(minutes, yearMinutes) * minuteMs
    const query = { sensor: nameOf((time * 397 + 11) % sensors), from: to - days * 1_440 * minuteMs, to, points: 1_500 }
    const since = performance.now()
    const series = await store.series(query)
    waits.push(performance.now() - since)
    found = series.kind === 'buckets' ? series.count.reduce((sum, count) => sum + count, 0) : series.at.length
  }
  const { user, system } = process.cpuUsage(cpu)
  await store.close()
  waits.sort((a, b) => a - b)
  const at = (part: number) => waits[Math.floor((waits.length - 1) * part)]?.toFixed(0)
  console.log(
    `${name.padEnd(34)} ${found} readings  median ${at(0.5)} ms  worst ${at(1)} ms  processor ${((user + system) / 1_000 / times).toFixed(0)} ms`,
  )
}

const keep = process.argv[3]
const folder = keep ?? mkdtempSync(join(tmpdir(), 'lengthsman-bench-'))
try {
  mkdirSync(folder, { recursive: true })
  const path = join(folder, 'readings.duckdb')
  const since = performance.now()
  if (!existsSync(path)) await build(path)
  console.log(`written in ${((performance.now() - since) / 1_000).toFixed(0)} s`)
  const { size } = statSync(path)
  console.log(`${(size / (minutes * sensors)).toFixed(2)} bytes a reading, ${(size / 1e9).toFixed(2)} GB`)
  const opening = performance.now()
  const store = await openDuckDbStore({ path, memoryLimitMb: 512, log })
  console.log(`opened in ${(performance.now() - opening).toFixed(0)} ms`)
  await store.close()
  await ask(path, 'a year, file cache warm', { cold: false, days: 365 })
  await ask(path, 'a day, file cache warm', { cold: false, days: 1 })
  await ask(path, 'a year, file cache empty', { cold: true, days: 365 })
} finally {
  if (keep === undefined) rmSync(folder, { recursive: true, force: true })
}
