/*
 * The spool in front of a real InfluxDB that is stopped, killed, frozen (it answers nothing and keeps its connections) or
 * does not take what it is given, and the spool's own disk bound. Another process, killed with readings in its spool, is
 * in tests/acceptance.
 */
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import {
  openInfluxStore,
  openSpool,
  openSpooledInflux,
  type Reading,
  type ReadingStore,
  type SpoolOptions,
  StoreUnavailable,
} from '../../ingest/index.ts'
import { eventually } from '../support/api-client.ts'
import { temporaryFolder } from '../support/files.ts'
import { findInfluxd, type Influxd, startInfluxd } from '../support/influxd.ts'
import { newSensor, noon, readingOf } from '../support/readings.ts'
import { silentLog as log } from '../support/silence.ts'
import { testReadingStore } from './store.contract.ts'

const folder = temporaryFolder()
const binary = findInfluxd()
const second = 1_000

if (binary === undefined && process.env['CI'] === undefined) {
  process.stderr.write('Spool tests are skipped: there is no influxd on the PATH (Debian: apt-get install influxdb)\n')
  test.skip('spool tests need influxd on the PATH', () => {})
} else {
  describe('a spool in front of InfluxDB', () => {
    let server: Influxd
    const opened: ReadingStore[] = []
    beforeAll(async () => {
      if (binary === undefined)
        throw new Error('influxd is not on the PATH, and in CI it must be: apt-get install influxdb')
      server = await startInfluxd(binary, join(folder, 'influx'))
    }, 30_000)
    // A test that fails while the server is frozen must not fail all that come after it.
    afterEach(() => server.thaw())
    afterAll(async () => {
      await Promise.all(opened.map((store) => store.close()))
      await server?.stop()
    })

    const inner = (place: string) => openInfluxStore({ url: server.url, database: place, log })
    const spoolPath = (place: string) => join(folder, `${place}.spool.db`)
    async function spool(place: string, more: Partial<SpoolOptions> = {}): Promise<ReadingStore> {
      const store = await openSpool({
        path: spoolPath(place),
        inner: await inner(place),
        bytesMax: 50e6,
        slowAfterMs: 300,
        now: Date.now,
        log,
        ...more,
      })
      opened.push(store)
      return store
    }
    const drained = (store: ReadingStore) =>
      eventually(
        async () => store.waiting?.().batches,
        (batches) => batches === 0,
      )

    describe('is a store like any other', () => {
      testReadingStore(async (place) =>
        openSpool({
          path: spoolPath(place),
          inner: await inner(place),
          bytesMax: 50e6,
          // So long that InfluxDB on a loaded machine is not found slow: the suite is about readings that went through.
          slowAfterMs: 60_000,
          now: Date.now,
          log,
        }),
      )
    })

    test('while the server is away, batches are kept; back again, it gets all of them, and the last of each identity', async () => {
      const [sensor, other] = [newSensor(), newSensor()]
      const store = await spool('away')
      await store.append([readingOf(sensor, noon, 1)])
      await server.stop()
      await store.append([readingOf(sensor, noon + second, 2), readingOf(sensor, noon, 10)])
      await store.append([readingOf(sensor, noon + second, 20), readingOf(other, noon, 7)])
      expect(store.waiting?.()).toMatchObject({ batches: 2, readings: 4 })
      const { ready, detail } = await store.health()
      expect(ready).toBe(false)
      expect(detail).toMatch(/does not answer.*4 readings wait in the spool/s)
      await expect(store.latest([sensor])).rejects.toMatchObject({ code: 'INGEST_STORE_UNAVAILABLE' })
      await expect(collect(store.receivedSince(0, 0))).rejects.toMatchObject({ code: 'INGEST_STORE_UNAVAILABLE' })
      await server.start()
      await drained(store)
      const straight = await inner('away')
      expect(await valuesOf(straight, sensor)).toEqual([10, 20])
      expect(await valuesOf(straight, other)).toEqual([7])
      expect(await store.health()).toMatchObject({ ready: true })
    })

    test('a server that is killed under load loses nothing and nothing is there twice', async () => {
      const sensors = Array.from({ length: 20 }, newSensor)
      const store = await spool('killed')
      const acknowledged: Reading[] = []
      let loading = true
      let next = 0
      const lane = async () => {
        while (loading) {
          const batch = Array.from({ length: 50 }, () => {
            const number = next++
            return readingOf(sensors[number % 20] as Reading['sensor'], noon + Math.floor(number / 20) * second, number)
          })
          await store.append(batch)
          acknowledged.push(...batch)
          // As devices do: what is acknowledged has first to travel.
          await new Promise((resolve) => setTimeout(resolve, 5))
        }
      }
      const lanes = Promise.all([lane(), lane(), lane()])
      for (const kill of [server.kill, server.kill, server.stop]) {
        await until(() => acknowledged.length, acknowledged.length + 2_000)
        await kill()
        await until(() => acknowledged.length, acknowledged.length + 2_000)
        await server.start()
      }
      loading = false
      await lanes
      await drained(store)
      const kept = await collect((await inner('killed')).receivedSince(0, 0))
      expect(kept.map(({ value }) => value).sort((a, b) => a - b)).toEqual(Array.from({ length: next }, (_, at) => at))
      expect(acknowledged).toHaveLength(next)
    }, 60_000)

    test('a server that answers too slowly does not hold up whoever waits for a PUBACK', async () => {
      const sensor = newSensor()
      const store = await spool('slow')
      await store.append([readingOf(sensor, noon, 1)])
      server.freeze()
      await store.append([readingOf(sensor, noon, 2)])
      expect(store.waiting?.().batches).toBe(1)
      await store.append([readingOf(sensor, noon, 3)])
      server.thaw()
      await drained(store)
      // The request that took too long has ended before the later ones began: the last one is the last.
      expect(await valuesOf(await inner('slow'), sensor)).toEqual([3])
    })

    test('what waits is seen in charts, in the newest values and by the rules as if it had arrived', async () => {
      const [sensor, quiet] = [newSensor(), newSensor()]
      const gate = gated(await inner('seen'))
      const store = await spool('seen', { inner: gate.store })
      const past = Array.from({ length: 100 }, (_, at) => readingOf(sensor, noon + at * second, at))
      await store.append([...past, readingOf(quiet, noon, 5)])
      gate.shut()
      const late = [
        readingOf(sensor, noon + 3 * second, 1_000, { receivedAt: noon + 200 * second }),
        readingOf(sensor, noon + 500, 0.5, { receivedAt: noon + 200 * second }),
        readingOf(sensor, noon + 120 * second, 120, { receivedAt: noon + 201 * second }),
        readingOf(sensor, noon + 400 * second, 9, { receivedAt: noon + 201 * second, quality: 'clock-skew' }),
      ]
      await store.append(late.slice(0, 2))
      await store.append(late.slice(2))
      const range = { sensor, from: noon, to: noon + 500 * second }
      const seen = async (points: number) => store.series({ ...range, points })
      const [raw, buckets, one] = [await seen(200), await seen(20), await seen(1)]
      const newest = await store.latest([sensor, quiet])
      expect(newest.get(sensor)?.value).toBe(120)
      expect(newest.get(quiet)?.value).toBe(5)
      const received = await collect(store.receivedSince(0, 0))
      expect(received.slice(-4)).toEqual(late)
      // The one of the past that has been replaced is given as what replaced it, once.
      expect(received.length).toBe(100 + 1 + 4 - 1)
      expect(store.waiting?.().batches).toBe(2)
      gate.open()
      await drained(store)
      expect([raw.kind, buckets.kind]).toEqual(['raw', 'buckets'])
      expect(rounded(await seen(200))).toEqual(rounded(raw))
      expect(rounded(await seen(20))).toEqual(rounded(buckets))
      expect(rounded(await seen(1))).toEqual(rounded(one))
      expect((await store.latest([sensor])).get(sensor)).toEqual(newest.get(sensor))
    })

    test('what a broken-off delivery has handed on already is given once by receivedSince', async () => {
      const sensor = newSensor()
      const gate = gated(await inner('half'))
      const store = await spool('half', { inner: gate.store })
      gate.shut({ afterWriting: true })
      const readings = [0, 1, 2].map((at) => readingOf(sensor, noon + at * second, at))
      await store.append(readings)
      expect(await valuesOf(await inner('half'), sensor)).toEqual([0, 1, 2])
      expect(await collect(store.receivedSince(0, 0))).toEqual(readings)
      gate.open()
    })

    test('a reading that the server never takes is set aside and named; the others are kept', async () => {
      const sensors = Array.from({ length: 40 }, newSensor)
      const refused: { readings: readonly Reading[]; detail: string }[] = []
      const store = await spool('conflict', { onRefused: (readings, detail) => refused.push({ readings, detail }) })
      // In this week somebody else wrote text where we write numbers: InfluxDB takes no number in that shard any more.
      const taken = Date.UTC(2026, 1, 4)
      await write('conflict', `reading,asset=other,quantity=thing value="text" ${taken}`)
      const good = sensors.map((sensor, at) => readingOf(sensor, noon + at * second, at))
      const [bad, worse] = [
        readingOf(sensors[7] as Reading['sensor'], taken, 1),
        readingOf(sensors[30] as Reading['sensor'], taken, 2),
      ]
      await store.append([...good.slice(0, 20), bad, ...good.slice(20), worse])
      expect(store.waiting?.()).toMatchObject({ batches: 0, refused: 2 })
      expect(refused.flatMap(({ readings }) => readings)).toEqual(expect.arrayContaining([bad, worse]))
      expect(refused[0]?.detail).toMatch(/field type conflict/)
      const straight = await inner('conflict')
      for (const [at, sensor] of sensors.entries()) expect(await valuesOf(straight, sensor)).toEqual([at])
      expect((await store.health()).detail).toMatch(/2 readings that the store did not take are set aside/)

      // The cause is removed; the next start sends them again.
      await store.close()
      await dropShardOf('conflict', taken)
      const again = await spool('conflict')
      await drained(again)
      expect(await valuesOf(straight, sensors[7] as Reading['sensor'])).toContain(1)
      expect((await again.health()).detail).not.toMatch(/set aside/)
    })

    test('a database that is gone is trouble of the settings: kept, said plainly, not blamed on readings', async () => {
      const sensor = newSensor()
      const refused: unknown[] = []
      const store = await spool('gone', { onRefused: (readings) => refused.push(readings) })
      await query('gone', 'DROP DATABASE "gone"')
      await store.append([readingOf(sensor, noon, 1)])
      expect(store.waiting?.().readings).toBe(1)
      const { ready, detail } = await store.health()
      expect({ ready, refused }).toEqual({ ready: false, refused: [] })
      expect(detail).toMatch(/there is no bucket or database "gone" .*LENGTHSMAN_INFLUX_DATABASE/)
      await query('gone', 'CREATE DATABASE "gone"')
      await drained(store)
      expect(await valuesOf(await inner('gone'), sensor)).toEqual([1])
    })

    test('at the bound new batches are refused until there is room; what was acknowledged stays', async () => {
      const sensor = newSensor()
      const gate = gated(await inner('full'))
      const store = await spool('full', { inner: gate.store, bytesMax: 20_000 })
      gate.shut()
      let kept = 0
      const batch = () =>
        Array.from({ length: 100 }, (_, at) => readingOf(sensor, noon + (kept + at) * second, kept + at))
      const fill = async () => {
        for (;;) {
          await store.append(batch())
          kept += 100
        }
      }
      await expect(fill()).rejects.toMatchObject({ code: 'INGEST_STORE_UNAVAILABLE', message: /the spool is full/ })
      expect(kept).toBeGreaterThan(500)
      expect(store.waiting?.()).toMatchObject({ readings: kept, turnedAway: 1 })
      await expect(store.append(batch())).rejects.toMatchObject({ code: 'INGEST_STORE_UNAVAILABLE' })
      gate.open()
      await drained(store)
      await store.append(batch())
      expect(await valuesOf(await inner('full'), sensor)).toHaveLength(kept + 100)
    })

    test('what waits at the stop is sent at the next start, and the file gives its room back', async () => {
      const sensor = newSensor()
      const gate = gated(await inner('restarted'))
      const first = await spool('restarted', { inner: gate.store })
      gate.shut()
      for (let at = 0; at < 30; at++)
        await first.append(
          Array.from({ length: 1_000 }, (_, of) => readingOf(sensor, noon + (at * 1_000 + of) * second, at)),
        )
      await first.close()
      const size = sizeOnDisk(spoolPath('restarted'))
      expect(size).toBeGreaterThan(300_000)
      const next = await spool('restarted')
      await drained(next)
      expect(await valuesOf(await inner('restarted'), sensor)).toHaveLength(30_000)
      await eventually(
        async () => sizeOnDisk(spoolPath('restarted')),
        (now) => now < size / 4,
      )
    })

    test('starts without the server once it was there, and not before', async () => {
      const sensor = newSensor()
      const path = spoolPath('later')
      const start = () =>
        openSpooledInflux({
          url: server.url,
          database: 'later',
          spool: { path, bytesMax: 1e6, now: Date.now },
          log,
        })
      await server.stop()
      await expect(start()).rejects.toMatchObject({ code: 'INFLUX_UNREACHABLE' })
      expect(existsSync(path)).toBe(false)
      await server.start()
      await (await start()).close()
      await server.stop()
      const store = await start()
      opened.push(store)
      await store.append([readingOf(sensor, noon, 1)])
      expect(await store.health()).toMatchObject({ ready: false })
      await server.start()
      await drained(store)
      expect(await valuesOf(store, sensor)).toEqual([1])
    }, 60_000)

    async function write(database: string, line: string): Promise<void> {
      const answer = await fetch(`${server.url}/write?db=${database}&precision=ms`, { method: 'POST', body: line })
      expect(answer.status).toBe(204)
    }
    async function query(database: string, q: string): Promise<{ results: { series?: { values?: unknown[][] }[] }[] }> {
      const answer = await fetch(`${server.url}/query?db=${database}`, {
        method: 'POST',
        body: new URLSearchParams({ q }),
      })
      return (await answer.json()) as { results: { series?: { values?: unknown[][] }[] }[] }
    }
    async function dropShardOf(database: string, at: number): Promise<void> {
      const { results } = await query(database, 'SHOW SHARDS')
      for (const { values = [] } of results.flatMap(({ series = [] }) => series))
        for (const [id, name, , , from, to] of values)
          if (name === database && Date.parse(String(from)) <= at && at < Date.parse(String(to)))
            await query(database, `DROP SHARD ${id}`)
    }
  })
}

/** A real store whose `append` can be shut: what a server does that is away, or that goes away before it has answered. */
function gated(store: ReadingStore) {
  let shut: { readonly afterWriting: boolean } | undefined
  const append: ReadingStore['append'] = async (readings) => {
    if (shut === undefined || shut.afterWriting) await store.append(readings)
    if (shut !== undefined) throw new StoreUnavailable('the gate is shut')
  }
  return {
    store: new Proxy(store, {
      get: (target, name) => {
        if (name === 'append') return append
        const value = Reflect.get(target, name, target)
        return typeof value === 'function' ? value.bind(target) : value
      },
    }),
    shut: (how = { afterWriting: false }) => {
      shut = how
    },
    open: () => {
      shut = undefined
    },
  }
}

/** With the log that SQLite writes first. */
function sizeOnDisk(path: string): number {
  return [path, `${path}-wal`].reduce((sum, file) => sum + (statSync(file, { throwIfNoEntry: false })?.size ?? 0), 0)
}

async function collect(batches: AsyncIterable<readonly Reading[]>): Promise<Reading[]> {
  const all: Reading[] = []
  for await (const batch of batches) all.push(...batch)
  return all
}

async function valuesOf(store: ReadingStore, sensor: Reading['sensor']): Promise<number[]> {
  const series = await store.series({ sensor, from: 0, to: noon * 2, points: 1_000_000 })
  return series.kind === 'raw' ? series.value : []
}

/** Means are sums in another order. */
function rounded(series: unknown): unknown {
  return JSON.parse(
    JSON.stringify(series, (_, value) => (typeof value === 'number' ? Number(value.toFixed(6)) : value)),
  )
}

async function until(count: () => number, wanted: number): Promise<void> {
  await eventually(
    async () => count(),
    (now) => now >= wanted,
  )
}
