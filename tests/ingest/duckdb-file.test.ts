import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { describe, expect, test } from '@jest/globals'
import { openDuckDbStore } from '../../ingest/index.ts'
import { temporaryFolder } from '../support/files.ts'
import { newSensor, noon, readingOf } from '../support/readings.ts'
import { silentLog as log } from '../support/silence.ts'

const folder = temporaryFolder()
const minute = 60_000

/** What a person sees who opens the file with DuckDB's own tools. */
async function lookInto(path: string, sql: string): Promise<unknown[][]> {
  const instance = await DuckDBInstance.create(path)
  const connection = await instance.connect()
  try {
    return (await connection.runAndReadAll(sql)).getRowsJson()
  } finally {
    connection.disconnectSync()
    instance.closeSync()
  }
}

describe('opening a file', () => {
  test('makes the folders that are missing', async () => {
    const store = await openDuckDbStore({ path: join(folder, 'a', 'b', 'readings.duckdb'), log })
    await store.close()
  })

  test('that another process has open is a Refusal with its number', async () => {
    const path = join(folder, 'locked.duckdb')
    const program = `const { DuckDBInstance } = await import('@duckdb/node-api')
      await DuckDBInstance.create(process.argv[1])
      process.stdout.write('open')
      setInterval(() => {}, 1000)`
    const other = spawn(process.execPath, ['--input-type=module', '-e', program, path], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    await once(other.stdout, 'data')
    await expect(openDuckDbStore({ path, log })).rejects.toMatchObject({
      code: 'STORE_LOCKED',
      message: expect.stringContaining(`(process ${other.pid})`),
    })
    other.kill('SIGKILL')
    await once(other, 'exit')
    await (await openDuckDbStore({ path, log })).close()
  })

  test('that is a folder, or below a file, is a Refusal', async () => {
    mkdirSync(join(folder, 'folder.duckdb'))
    writeFileSync(join(folder, 'plain'), '')
    for (const path of ['folder.duckdb', join('plain', 'readings.duckdb'), join('plain', 'deeper', 'readings.duckdb')])
      await expect(openDuckDbStore({ path: join(folder, path), log })).rejects.toMatchObject({
        code: 'STORE_UNWRITABLE',
        message: expect.stringContaining(path),
      })
  })

  test('that is no DuckDB file is a Refusal, and is left as it is', async () => {
    const path = join(folder, 'letter.duckdb')
    writeFileSync(path, 'Dear Sir or Madam, '.repeat(1_000))
    await expect(openDuckDbStore({ path, log })).rejects.toMatchObject({ code: 'STORE_CORRUPT' })
  })

  test('of a newer program is a Refusal', async () => {
    const path = join(folder, 'newer.duckdb')
    await (await openDuckDbStore({ path, log })).close()
    await lookInto(path, 'insert into format values (99)')
    await expect(openDuckDbStore({ path, log })).rejects.toMatchObject({ code: 'STORE_NEWER' })
  })
})

describe('settling', () => {
  test('sorts fresh readings into slabs by sensor and time, and loses and doubles none', async () => {
    const path = join(folder, 'slabs.duckdb')
    const sensors = [newSensor(), newSensor(), newSensor()]
    const store = await openDuckDbStore({ path, slabRows: 300, log })
    for (let at = 0; at < 1_000; at++)
      await store.append(sensors.map((sensor) => readingOf(sensor, noon + at * minute, at)))
    for (const sensor of sensors) {
      const series = await store.series({ sensor, from: noon, to: noon + 1_000 * minute, points: 1_000 })
      expect(series.kind === 'raw' && series.value.every((value, at) => value === at)).toBe(true)
    }
    await store.close()
    const [[settled, all] = []] = await lookInto(
      path,
      'select (select count(*) from readings_settled), (select count(*) from readings)',
    )
    expect(Number(all)).toBe(3_000)
    expect(Number(settled)).toBeGreaterThanOrEqual(1_000)
    const unsorted = `select count(*) from (
      select sensor, lag(sensor) over (order by rowid) as before from readings_settled) where sensor < before`
    // Only where one slab ends and the next begins may a lower sensor follow a higher one.
    expect(Number((await lookInto(path, unsorted))[0]?.[0])).toBeLessThanOrEqual(Number(settled) / 300)
  })

  test('a file left with two fresh tables is settled when it is opened, and the newest is still known', async () => {
    const path = join(folder, 'left.duckdb')
    const sensor = newSensor()
    const store = await openDuckDbStore({ path, log })
    await store.append([readingOf(sensor, noon, 1), readingOf(sensor, noon + minute, 2)])
    await store.close()
    // As a program leaves it that was killed after it turned to the other table and before the first was settled.
    const later = noon + 2 * minute
    await lookInto(path, `insert into readings_fresh_1 values (0, ${later}, 200, 3, 0)`)
    const opened = await openDuckDbStore({ path, log })
    expect((await opened.latest([sensor])).get(sensor)).toEqual(readingOf(sensor, later, 3))
    await opened.append([readingOf(sensor, noon, 10), readingOf(sensor, later, 3)])
    await opened.close()
    const [[settled, fresh] = []] = await lookInto(
      path,
      'select (select count(*) from readings_settled), (select count(*) from readings_fresh_1)',
    )
    expect([Number(settled), Number(fresh)]).toEqual([1, 2])
    const again = await openDuckDbStore({ path, log })
    expect((await again.latest([sensor])).get(sensor)).toEqual(readingOf(sensor, later, 3))
    const series = await again.series({ sensor, from: noon, to: later + 1, points: 10 })
    expect(series).toMatchObject({ value: [10, 2, 3] })
    await again.close()
  })

  test('an endless device clock ahead of time does not slow its sensor down or hide its readings', async () => {
    const store = await openDuckDbStore({ path: ':memory:', log })
    const sensor = newSensor()
    const skewed = readingOf(sensor, noon + 100 * minute, 99, { receivedAt: noon, quality: 'clock-skew' })
    await store.append([skewed, readingOf(sensor, noon, 1)])
    // The clock is set right; what was ahead then is an ordinary moment now, with a value of its own.
    for (const at of [99, 100, 101]) await store.append([readingOf(sensor, noon + at * minute, at)])
    const series = await store.series({ sensor, from: noon, to: noon + 200 * minute, points: 10 })
    expect(series).toMatchObject({ kind: 'raw', value: [1, 99, 100, 101] })
    await store.close()
  })
})

describe('closing', () => {
  test('breaks off queries and streams, which say so, and sorting, which is done at the next start', async () => {
    const path = join(folder, 'busy.duckdb')
    const sensors = Array.from({ length: 100 }, newSensor)
    const store = await openDuckDbStore({ path, slabRows: 100_000, log })
    for (let at = 0; at < 10; at++)
      await store.append(
        sensors.flatMap((sensor) =>
          Array.from({ length: 100 }, (_, n) => readingOf(sensor, noon + (at * 100 + n) * minute, n)),
        ),
      )
    const stream = store.receivedSince(0, 0)[Symbol.asyncIterator]()
    await stream.next()
    const query = { sensor: sensors[0] as (typeof sensors)[number], from: noon, to: noon + 1_000 * minute, points: 10 }
    const answers = Promise.allSettled(Array.from({ length: 20 }, () => store.series(query)))
    await store.close()
    await expect(stream.next()).rejects.toMatchObject({ code: 'INGEST_STORE_UNAVAILABLE' })
    for (const answer of await answers)
      if (answer.status === 'rejected') expect(answer.reason).toMatchObject({ code: 'INGEST_STORE_UNAVAILABLE' })
    const again = await openDuckDbStore({ path, log })
    const series = await again.series(query)
    expect(series.kind === 'buckets' && series.count.reduce((sum, count) => sum + count, 0)).toBe(1_000)
    await again.close()
  })
})

test('the view shows sensors, times and qualities in words', async () => {
  const path = join(folder, 'view.duckdb')
  const sensor = newSensor()
  const store = await openDuckDbStore({ path, log })
  await store.append([readingOf(sensor, noon, 1.5, { quality: 'out-of-range' })])
  await store.close()
  expect(await lookInto(path, 'from readings')).toEqual([
    [sensor, '2026-05-04 12:00:00', '2026-05-04 12:00:00.2', 1.5, 'out-of-range'],
  ])
})
