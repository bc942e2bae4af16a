import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { describe, expect, test } from '@jest/globals'
import { sensorId } from '../../city/index.ts'
import { openDuckDbStore, type Reading, type ReadingStore } from '../../ingest/index.ts'
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

async function collect(store: ReadingStore): Promise<Reading[]> {
  const all: Reading[] = []
  for await (const readings of store.receivedSince(0, 0)) all.push(...readings)
  return all
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

/** What is listed in the main file, and how many readings there are in all, by the view. */
async function slabsIn(path: string): Promise<{ slabs: number[]; all: number; unsorted: number }> {
  const slabs = await lookInto(path, 'select id, row_count from slabs order by id')
  const tables = await lookInto(
    path,
    "select table_name from duckdb_tables() where table_name like 'slab_%' order by 1",
  )
  expect(tables.flat().filter((name) => name !== 'slabs')).toHaveLength(slabs.length)
  let unsorted = 0
  for (const [id] of slabs) {
    const [[found] = []] = await lookInto(
      path,
      `select count(*) from (select sensor, lag(sensor) over (order by rowid) as before from slab_${id}) where sensor < before`,
    )
    unsorted += Number(found)
  }
  const [[all] = []] = await lookInto(path, 'select count(*) from readings')
  return { slabs: slabs.map(([, rows]) => Number(rows)), all: Number(all), unsorted }
}

describe('settling', () => {
  test('sorts fresh readings into slabs by sensor and time, merges them, and loses and doubles none', async () => {
    const path = join(folder, 'slabs.duckdb')
    const sensors = [newSensor(), newSensor(), newSensor()]
    const store = await openDuckDbStore({ path, slabRows: 300, merging: { fanout: 4 }, log })
    for (let at = 0; at < 1_000; at++)
      await store.append(sensors.map((sensor) => readingOf(sensor, noon + at * minute, at)))
    for (const sensor of sensors) {
      const series = await store.series({ sensor, from: noon, to: noon + 1_000 * minute, points: 1_000 })
      expect(series.kind === 'raw' && series.value.every((value, at) => value === at)).toBe(true)
    }
    await store.close()
    // Merging is broken off at close and goes on at the next start.
    const again = await openDuckDbStore({ path, slabRows: 300, merging: { fanout: 4 }, log })
    await again.append([readingOf(sensors[0] as (typeof sensors)[number], noon + 1_000 * minute, 1_000)])
    await again.close()
    const { slabs, all, unsorted } = await slabsIn(path)
    expect([all, unsorted, slabs.reduce((sum, rows) => sum + rows, 0)]).toEqual([3_001, 0, 3_001])
    expect(slabs.some((rows) => rows > 600)).toBe(true)
  })

  test('the file alone is the whole store once it is closed', async () => {
    const path = join(folder, 'alone.duckdb')
    const sensor = newSensor()
    const store = await openDuckDbStore({ path, log })
    await store.append([readingOf(sensor, noon, 1), readingOf(sensor, noon + minute, 2)])
    expect(readdirSync(folder).filter((name) => name.startsWith('alone.duckdb.fresh-')).length).toBeGreaterThan(0)
    await store.close()
    expect(readdirSync(folder).filter((name) => name.startsWith('alone.duckdb'))).toEqual(['alone.duckdb'])
  })

  test('a fresh file that was settled and not removed, for the program was killed, does not count twice', async () => {
    const path = join(folder, 'left.duckdb')
    const sensor = newSensor()
    const store = await openDuckDbStore({ path, log })
    await store.append([readingOf(sensor, noon, 1), readingOf(sensor, noon + minute, 2)])
    const left = readdirSync(folder).filter((name) => name.startsWith('left.duckdb.fresh-'))
    for (const name of left) copyFileSync(join(folder, name), join(folder, `copy-of-${name}`))
    await store.close()
    for (const name of left) renameSync(join(folder, `copy-of-${name}`), join(folder, name))
    const again = await openDuckDbStore({ path, log })
    expect(await collect(again)).toHaveLength(2)
    await again.append([readingOf(sensor, noon + 2 * minute, 3)])
    expect((await collect(again)).map(({ value }) => value)).toEqual([1, 2, 3])
    await again.close()
  })

  test('a fresh file and a slab that were never finished are removed', async () => {
    const path = join(folder, 'unfinished.duckdb')
    const sensor = newSensor()
    const store = await openDuckDbStore({ path, log })
    await store.append([readingOf(sensor, noon, 1)])
    await store.close()
    for (const name of ['fresh-7.preparing', 'fresh-7.preparing.wal', 'fresh-3.wal'])
      writeFileSync(`${path}.${name}`, 'half')
    await lookInto(path, 'create table slab_99 as from slab_1')
    const again = await openDuckDbStore({ path, log })
    expect((await collect(again)).map(({ value }) => value)).toEqual([1])
    await again.close()
    expect(readdirSync(folder).filter((name) => name.startsWith('unfinished.duckdb'))).toEqual(['unfinished.duckdb'])
    expect((await slabsIn(path)).all).toBe(1)
  })

  test('few readings are settled once a day', async () => {
    const path = join(folder, 'daily.duckdb')
    const sensor = newSensor()
    const store = await openDuckDbStore({ path, log })
    for (const hours of [0, 23, 24, 25]) await store.append([readingOf(sensor, noon + hours * 60 * minute, hours)])
    await store.close()
    expect((await slabsIn(path)).slabs).toEqual([3, 1])
  })

  test('what replaces a settled reading takes its place at once, when it is settled, and for good', async () => {
    const path = join(folder, 'replaced.duckdb')
    const sensor = newSensor()
    const query = { sensor, from: noon, to: noon + 100 * minute, points: 100 }
    const first = await openDuckDbStore({ path, slabRows: 1_000, log })
    await first.append([0, 1, 2].map((at) => readingOf(sensor, noon + at * minute, at)))
    await first.close()
    const second = await openDuckDbStore({ path, slabRows: 1_000, log })
    for (const value of [10, 11, 12]) await second.append([readingOf(sensor, noon + minute, value)])
    expect(await second.series(query)).toMatchObject({ value: [0, 12, 2] })
    expect((await collect(second)).map(({ value }) => value).sort()).toEqual([0, 12, 2])
    await second.close()
    expect((await slabsIn(path)).all).toBe(3)
    const third = await openDuckDbStore({ path, slabRows: 1_000, log })
    expect(await third.series(query)).toMatchObject({ value: [0, 12, 2] })
    await third.close()
  })

  test('readings are seen once while they move from fresh files to slabs and on', async () => {
    const path = join(folder, 'moving.duckdb')
    const sensor = newSensor()
    const store = await openDuckDbStore({ path, slabRows: 200, merging: { fanout: 2 }, log })
    const query = { sensor, from: noon, to: noon + 10_000 * minute, points: 10_000 }
    for (let at = 0; at < 60; at++) {
      const batch = Array.from({ length: 50 }, (_, n) => readingOf(sensor, noon + (at * 50 + n) * minute, n))
      const [, during, received] = await Promise.all([store.append(batch), store.series(query), collect(store)])
      for (const count of [during.at.length, received.length]) expect([at * 50, at * 50 + 50]).toContain(count)
    }
    await store.close()
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
  test('breaks off queries and streams, which say so', async () => {
    const path = join(folder, 'busy.duckdb')
    const sensors = Array.from({ length: 100 }, newSensor)
    const store = await openDuckDbStore({ path, slabRows: 30_000, log })
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

describe('a file of format 1', () => {
  /** As the program made it that kept fresh readings in the same file. */
  async function makeFormat1(path: string): Promise<void> {
    const columns = `(sensor integer not null, observed_at bigint not null, delay bigint not null, value double not null,
      quality utinyint not null)`
    const sql = [
      'create table format (version integer not null)',
      `create table readings_settled ${columns}`,
      `create table readings_fresh_0 ${columns}`,
      `create table readings_fresh_1 ${columns}`,
      'create table sensors (id integer not null, name varchar not null)',
      `create table settled_sensors (sensor integer not null, observed_at bigint, received_at bigint, value double,
        quality utinyint, skew_from bigint, skew_to bigint)`,
      `create view readings as select sensors.name as sensor from (
        from readings_settled union all from readings_fresh_0 union all from readings_fresh_1) as kept
        join sensors on sensors.id = kept.sensor`,
      'insert into format values (1)',
      "insert into sensors values (0, 'pump-a/flow'), (1, 'pump-b/flow')",
      `insert into readings_settled values (0, ${noon}, 200, 1, 0), (0, ${noon + minute}, 200, 2, 0), (1, ${noon}, 200, 3, 0)`,
      `insert into settled_sensors values (0, ${noon + minute}, ${noon + minute + 200}, 2, 0, null, null),
        (1, ${noon}, ${noon + 200}, 3, 0, null, null)`,
      `insert into readings_fresh_1 values (1, ${noon + minute}, 200, 4, 6)`,
    ]
    await lookInto(path, sql.join(';'))
  }

  test('is taken over with all its readings and their newest', async () => {
    const path = join(folder, 'format-1.duckdb')
    await makeFormat1(path)
    const [one, other] = [sensorId('pump-a', 'flow'), sensorId('pump-b', 'flow')]
    const range = { from: noon, to: noon + 100 * minute, points: 100 }
    for (let start = 0; start < 2; start++) {
      const store = await openDuckDbStore({ path, log })
      expect([...(await store.latest([one, other])).values()]).toEqual([
        readingOf(one, noon + minute, 2),
        readingOf(other, noon + minute, 4, { quality: 'late' }),
      ])
      expect(await store.series({ sensor: other, ...range })).toMatchObject({ value: [3, 4] })
      await store.append([readingOf(one, noon, 1), readingOf(other, noon, 3)])
      expect(await collect(store)).toHaveLength(4)
      await store.close()
    }
    expect(await lookInto(path, 'select max(version) from format')).toEqual([[2]])
    expect((await slabsIn(path)).all).toBe(4)
  })

  test('is merged with what comes later', async () => {
    const path = join(folder, 'format-1-merged.duckdb')
    await makeFormat1(path)
    const sensor = sensorId('pump-a', 'flow')
    for (let at = 2; at < 6; at++) {
      const store = await openDuckDbStore({ path, slabRows: 1, merging: { fanout: 2 }, log })
      await store.append([readingOf(sensor, noon + at * minute, at)])
      await store.close()
    }
    expect(await slabsIn(path)).toMatchObject({ all: 8, unsorted: 0 })
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
