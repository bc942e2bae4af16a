/**
 * Simulates, with the built program under load over MQTT: InfluxDB stopped for a while (`OUTAGE_SECONDS=60` for the whole
 * minute), a SIGTERM in mid-batch, and a disk that is full (a small tmpfs, where mounting is allowed).
 * Shows: what was acknowledged is kept, once; trouble is said plainly, and the program goes on by itself.
 */
import { execFileSync } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterEach, expect, test } from '@jest/globals'
import mqtt from 'mqtt'
import { openDuckDbStore, openInfluxStore, type ReadingStore } from '../../ingest/index.ts'
import { eventually } from '../support/api-client.ts'
import { temporaryFolder } from '../support/files.ts'
import { findInfluxd, startInfluxd } from '../support/influxd.ts'
import { type RunningProgram, runLengthsman, startedProgram } from '../support/running-program.ts'
import { silentLog as log } from '../support/silence.ts'

const outageMs = Number(process.env['OUTAGE_SECONDS'] ?? 8) * 1_000
const pumps = Array.from({ length: 10 }, (_, index) => `pump-${index + 1}`)
const inFlightMax = 100

/** A town of pumps in this folder, and the secret of the device that reports for all of them. */
async function prepareTown(folder: string, settings: Record<string, string>): Promise<string> {
  const rows = pumps.map((pump) => `${pump},Pump,drinking-water-pump,3,50.5,7.1`)
  writeFileSync(join(folder, 'pumps.csv'), ['id,name,class,criticality,latitude,longitude', ...rows].join('\n'))
  expect(await runLengthsman(['import', join(folder, 'pumps.csv')], settings)).toMatchObject({ code: 0 })
  const added = await runLengthsman(['device', 'add', 'load', ...pumps.flatMap((pump) => ['--asset', pump])], settings)
  return /\n {4}(\S+)\n/.exec(added.output)?.[1] ?? ''
}

/** Publishes as fast as it is acknowledged, through every disconnection, until it is stopped. */
function load(program: RunningProgram, secret: string) {
  const acknowledged = new Set<string>()
  const firstAt = Date.now() - 6 * 3_600_000
  let [next, inFlight, running, worstMs] = [0, 0, true, 0]
  const client = mqtt.connect(`mqtt://127.0.0.1:${program.mqttPort}`, {
    ...{ clientId: 'load', username: 'load', password: secret, reconnectPeriod: 200 },
  })
  client.on('error', () => undefined)
  const publish = () => {
    while (running && inFlight < inFlightMax) {
      const at = next++
      const [pump, observedAt] = [pumps[at % pumps.length] ?? '', firstAt + Math.floor(at / pumps.length) * 10]
      const since = performance.now()
      inFlight++
      client.publish(`telemetry/${pump}/vibration`, JSON.stringify({ value: 2, observedAt }), { qos: 1 }, (error) => {
        inFlight--
        if (error === undefined || error === null) {
          acknowledged.add(`${pump}/vibration@${observedAt}`)
          worstMs = Math.max(worstMs, performance.now() - since)
        }
        if (running) setTimeout(publish, 5)
      })
    }
  }
  client.on('connect', publish)
  const stop = async () => {
    running = false
    await client.endAsync(true).catch(() => undefined)
  }
  return { acknowledged, stop, worstMs: () => worstMs }
}

async function compare(store: ReadingStore, acknowledged: ReadonlySet<string>) {
  const kept = new Set<string>()
  let doubled = 0
  for await (const batch of store.receivedSince(0, 0))
    for (const { sensor, observedAt } of batch) {
      if (kept.has(`${sensor}@${observedAt}`)) doubled++
      kept.add(`${sensor}@${observedAt}`)
    }
  await store.close()
  return { lost: [...acknowledged].filter((identity) => !kept.has(identity)).length, doubled }
}

type StoreHealth = { parts: { name: string; ready: boolean; detail: string }[] }
const readingsPart = async (program: RunningProgram) => {
  const { parts } = (await (await fetch(`${program.url}/health`)).json()) as StoreHealth
  return parts.find(({ name }) => name.startsWith('readings'))
}
const grows = (set: ReadonlySet<string>, by: number) => {
  const wanted = set.size + by
  return eventually(
    async () => set.size,
    (size) => size >= wanted,
  )
}

const binary = findInfluxd()
const withInflux = binary === undefined && process.env['CI'] === undefined ? test.skip : test
withInflux(
  'InfluxDB is stopped under load: devices are acknowledged all the while, and nothing is missing or doubled after',
  async () => {
    if (binary === undefined)
      throw new Error('influxd is not on the PATH, and in CI it must be: apt-get install influxdb')
    const folder = temporaryFolder()
    const server = await startInfluxd(binary, join(folder, 'influx'))
    const influx = { url: server.url, database: 'outage' }
    const settings = {
      ...{ LENGTHSMAN_DATA: join(folder, 'data'), PWD: folder },
      ...{ LENGTHSMAN_INFLUX_URL: influx.url, LENGTHSMAN_INFLUX_DATABASE: influx.database },
    }
    const secret = await prepareTown(folder, settings)
    const program = await startedProgram(settings, folder)
    const { acknowledged, stop } = load(program, secret)
    await grows(acknowledged, 500)
    await server.stop()
    const before = acknowledged.size
    await wait(outageMs)
    expect(acknowledged.size).toBeGreaterThan(before + 100)
    expect(await readingsPart(program)).toMatchObject({
      ready: false,
      detail: expect.stringMatching(/does not answer.*readings wait in the spool/),
    })
    await server.start()
    await grows(acknowledged, 500)
    await stop()
    await eventually(
      () => readingsPart(program),
      (part) => part?.ready === true && !part.detail.includes('spool'),
    )
    expect(await program.kill('SIGTERM')).toBe(0)
    expect(await compare(await openInfluxStore({ ...influx, log }), acknowledged)).toEqual({ lost: 0, doubled: 0 })
    process.stderr.write(
      `InfluxDB away for ${outageMs / 1_000} s: ${acknowledged.size} readings acknowledged, all kept\n`,
    )
    await server.stop()
  },
  outageMs + 120_000,
)

test('SIGTERM in mid-batch: exit code 0, and all that was acknowledged is kept', async () => {
  const folder = temporaryFolder()
  const settings = { LENGTHSMAN_DATA: join(folder, 'data'), PWD: folder }
  const secret = await prepareTown(folder, settings)
  const program = await startedProgram(settings, folder)
  const { acknowledged, stop } = load(program, secret)
  await grows(acknowledged, 500)
  expect(await program.kill('SIGTERM')).toBe(0)
  await stop()
  const store = await openDuckDbStore({ path: join(folder, 'data', 'readings.duckdb'), log })
  expect(await compare(store, acknowledged)).toEqual({ lost: 0, doubled: 0 })
}, 120_000)

/** A disk of so many MB, where this user may mount one. */
function smallDisk(folder: string, megabytes: number): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder], { stdio: 'ignore' })
    return true
  } catch {
    process.stderr.write('a full disk is not tested: this user may not mount a small one\n')
    return false
  }
}

let onDisk: string | undefined
afterEach(() => {
  if (onDisk !== undefined) execFileSync('umount', ['-l', onDisk])
  onDisk = undefined
})

test('a full disk: nothing is acknowledged that is not kept, it is said plainly, and with room it goes on by itself', async () => {
  const [folder, data] = [temporaryFolder(), temporaryFolder()]
  if (!smallDisk(data, 64)) return
  onDisk = data
  const settings = { LENGTHSMAN_DATA: data, PWD: folder }
  const secret = await prepareTown(folder, settings)
  const program = await startedProgram(settings, folder)
  const { acknowledged, stop } = load(program, secret)
  await grows(acknowledged, 200)
  const ballast = join(data, 'ballast')
  execFileSync('sh', ['-c', `dd if=/dev/zero of=${ballast} bs=64k 2>/dev/null || true`])
  const part = await eventually(
    () => readingsPart(program),
    (now) => now?.ready === false,
    30_000,
  )
  expect(part?.detail).toMatch(/space|full|ENOSPC/i)
  rmSync(ballast)
  await grows(acknowledged, 200)
  await stop()
  await eventually(
    () => readingsPart(program),
    (now) => now?.ready === true,
  )
  expect(await program.kill('SIGTERM')).toBe(0)
  const store = await openDuckDbStore({ path: join(data, 'readings.duckdb'), log })
  expect(await compare(store, acknowledged)).toEqual({ lost: 0, doubled: 0 })
}, 120_000)
