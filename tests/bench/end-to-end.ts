/*
 * `npm run bench`: the built program as a process of its own, 10,000 sensors with the shipped rules, DuckDB, everything
 * acknowledged only when it is on disk; viewers on the same machine. How long a reading takes to the open page and to a
 * ticket, and what the program weighs at rest. Rates are in `npm run bench:ingest`. Prints figures, asserts nothing.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import mqtt from 'mqtt'
import { ApiClient } from '../support/api-client.ts'
import { type RunningProgram, spawnProgram } from '../support/program-process.ts'
import { machine } from './machine.ts'
import { PumpCity } from './pump-city.ts'

const viewers = 50
const latencySamples = 200

const city = new PumpCity({ assets: 2_000, devices: 50 })
const folder = mkdtempSync(join(tmpdir(), 'lengthsman-bench-'))
const environment = { LENGTHSMAN_DATA: join(folder, 'data'), PWD: folder }
try {
  say(machine())
  await city.import(folder, environment)
  const program = await spawnProgram(environment, folder)
  try {
    say(`idle: ${megabytes(program)} MB resident, 10,000 sensors`)
    await city.addDevices(program)
    await measurePageLatency(program)
    await measureTicketLatency(program)
  } finally {
    await program.kill('SIGINT')
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}

/** From publish to the frame on an open page, with fifty pages open on the same asset. */
async function measurePageLatency(program: RunningProgram): Promise<void> {
  const watched = 'pump-1'
  const api = await ApiClient.login(program.url, 'admin', program.adminPassword)
  const streams = await Promise.all(Array.from({ length: viewers }, () => openStream(api, watched)))
  const device = await connectedDevice(program, 0)
  const waits: number[] = []
  for (let sample = 0; sample < latencySamples; sample += 1) {
    const value = 30 + sample / 1_000
    const begun = performance.now()
    const seen = streams.map((stream) =>
      stream.until((event, data) => event === 'readings' && data.includes(`,${value},`)),
    )
    await device.publishAsync(`telemetry/${watched}/flow`, String(value), { qos: 1 })
    for (const at of await Promise.all(seen)) waits.push(at - begun)
    await new Promise((done) => setTimeout(done, 20 + Math.random() * 200))
  }
  for (const stream of streams) stream.close()
  await device.endAsync()
  say(`reading → page, ${viewers} viewers: ${percentiles(waits)}`)
}

/** From publish of the reading that completes the ten minutes above the limit to the ticket on the stream. */
async function measureTicketLatency(program: RunningProgram): Promise<void> {
  const api = await ApiClient.login(program.url, 'admin', program.adminPassword)
  const stream = await openStream(api, 'pump-1')
  const device = await connectedDevice(program, 0)
  const waits: number[] = []
  for (const asset of city.assetsOf(0).slice(0, 40)) {
    const now = Date.now() + 60_000
    const rows = Array.from({ length: 16 }, (_, minute) => ({
      observedAt: now - (15 - minute) * 60_000,
      values: { vibration: 9 },
    }))
    await device.publishAsync(`telemetry/${asset}`, JSON.stringify(rows.slice(0, 6)), { qos: 1 })
    const seen = stream.until((event, data) => event === 'ticket' && data.includes(`"${asset}"`))
    const begun = performance.now()
    await device.publishAsync(`telemetry/${asset}`, JSON.stringify(rows.slice(6)), { qos: 1 })
    waits.push((await seen) - begun)
  }
  stream.close()
  await device.endAsync()
  say(`reading → ticket raised and on the page: ${percentiles(waits)}`)
}

function connectedDevice(program: RunningProgram, index: number) {
  const id = city.devices[index] ?? ''
  const options = { clientId: id, username: id, password: city.secretOf(index) }
  return mqtt.connectAsync(`mqtt://127.0.0.1:${program.mqttPort}`, options)
}

type Watching = { readonly fits: (event: string, data: string) => boolean; readonly seen: (at: number) => void }

async function openStream(api: ApiClient, asset: string) {
  const stopping = new AbortController()
  const response = await api.open(`/api/v1/stream?assets=${asset}`, stopping.signal)
  const waiting = new Set<Watching>()
  const read = async () => {
    let text = ''
    for await (const chunk of response.body ?? []) {
      text += Buffer.from(chunk).toString()
      const events = text.split('\n\n')
      text = events.pop() ?? ''
      for (const lines of events) {
        const event = /^event: (.*)$/m.exec(lines)?.[1] ?? ''
        const data = /^data: (.*)$/m.exec(lines)?.[1] ?? ''
        for (const watching of waiting) {
          if (!watching.fits(event, data)) continue
          waiting.delete(watching)
          watching.seen(performance.now())
        }
      }
    }
  }
  read().catch(() => undefined)
  return {
    until: (fits: Watching['fits']) => new Promise<number>((seen) => waiting.add({ fits, seen })),
    close: () => stopping.abort(),
  }
}

function megabytes({ pid }: RunningProgram): number {
  const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return Math.round(Number(kilobytes) / 1024)
}

function percentiles(waits: readonly number[]): string {
  const sorted = waits.toSorted((a, b) => a - b)
  const at = (share: number) => (sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0).toFixed(1)
  return `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, max ${at(1)} ms (${sorted.length} samples)`
}

function say(text: string): void {
  process.stdout.write(`${text}\n`)
}
