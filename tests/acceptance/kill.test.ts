/**
 * Simulates: the whole program killed (SIGKILL) at random moments, twenty times (`KILLS=100` for a hundred), while devices
 * publish as fast as they are acknowledged and one pump crosses its vibration limit.
 * Shows: acknowledged means kept, once; and that a restart neither loses nor doubles the alarm and its ticket.
 * Can not show: safety against power loss, as the page cache outlives the process; the order write, sync, PUBACK has its own test.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import mqtt from 'mqtt'
import { pino } from 'pino'
import { openDuckDbStore } from '../../ingest/index.ts'
import { ApiClient, eventually } from '../support/api-client.ts'
import { temporaryFolder } from '../support/files.ts'
import { seeded } from '../support/randomness.ts'
import { type RunningProgram, runLengthsman, startedProgram } from '../support/running-program.ts'

const kills = Number(process.env['KILLS'] ?? 20)
const pumps = Array.from({ length: 20 }, (_, index) => `pump-${index + 1}`)
const inFlightMax = 200
/** Each reading is a second after the last; twenty pumps take turns, so each reports every 20 s of its own time. */
const stepMs = 1_000
/** From here on pump-1 shakes: more than ten minutes of its own time before the first kill. */
const shakingFrom = 400

const folder = temporaryFolder()
const environment = { LENGTHSMAN_DATA: join(folder, 'data'), PWD: folder }
const seed = Date.now() % 1_000_000
const random = seeded(seed)
const firstAt = Math.floor((Date.now() - 3 * 86_400_000) / stepMs) * stepMs

const acknowledged = new Map<string, number>()
let next = 0

/** Publishes until the program is killed under it; remembers what was acknowledged. */
async function publishUntilKilled(program: RunningProgram, secret: string, forMs: number): Promise<void> {
  const client = mqtt.connect(`mqtt://127.0.0.1:${program.mqttPort}`, {
    clientId: 'load',
    username: 'load',
    password: secret,
    reconnectPeriod: 0,
  })
  client.on('error', () => undefined)
  await new Promise((connected) => client.once('connect', connected))
  let running = true
  let inFlight = 0
  const publish = () => {
    while (running && inFlight < inFlightMax) {
      const pump = pumps[next % pumps.length] ?? ''
      const observedAt = firstAt + next * stepMs
      const value = pump === 'pump-1' && next > shakingFrom ? 9 : 2
      next += 1
      inFlight += 1
      client.publish(`telemetry/${pump}/vibration`, JSON.stringify({ value, observedAt }), { qos: 1 }, (error) => {
        inFlight -= 1
        if (error === undefined || error === null) acknowledged.set(`${pump}/vibration@${observedAt}`, value)
        if (running) setImmediate(publish)
      })
    }
  }
  publish()
  await new Promise((waited) => setTimeout(waited, forMs))
  await program.kill('SIGKILL')
  running = false
  client.end(true)
}

test(
  'kills under load, again and again, lose no acknowledged reading and neither lose nor double the ticket',
  async () => {
    const rows = pumps.map((pump) => `${pump},Pump,drinking-water-pump,3,50.5,7.1`)
    writeFileSync(join(folder, 'pumps.csv'), ['id,name,class,criticality,latitude,longitude', ...rows].join('\n'))
    expect(await runLengthsman(['import', join(folder, 'pumps.csv')], environment)).toMatchObject({ code: 0 })
    const assets = pumps.flatMap((pump) => ['--asset', pump])
    const added = await runLengthsman(['device', 'add', 'load', ...assets], environment)
    const secret = /\n {4}(\S+)\n/.exec(added.output)?.[1] ?? ''

    for (let kill = 0; kill < kills; kill += 1) {
      const program = await startedProgram(environment, folder)
      await publishUntilKilled(program, secret, 150 + random() * 600)
    }

    const program = await startedProgram(environment, folder)
    const api = await ApiClient.login(program.url, 'admin', program.adminPassword)
    type Tickets = { items: { asset: string; failureMode: string; state: string }[] }
    const { items } = await eventually(
      () => api.get<Tickets>('/api/v1/tickets?limit=100'),
      (answer) => answer.items.length > 0,
    )
    const bearing = items.filter(({ failureMode }) => failureMode === 'bearing-wear')
    expect(bearing.map(({ asset, state }) => ({ asset, state }))).toEqual([{ asset: 'pump-1', state: 'open' }])
    expect(await program.kill('SIGINT')).toBe(0)

    const store = await openDuckDbStore({
      path: join(folder, 'data', 'readings.duckdb'),
      log: pino({ level: 'silent' }),
    })
    const kept = new Map<string, number>()
    let doubled = 0
    for await (const batch of store.receivedSince(0, 0)) {
      for (const { sensor, observedAt, value } of batch) {
        const identity = `${sensor}@${observedAt}`
        if (kept.has(identity)) doubled += 1
        kept.set(identity, value)
      }
    }
    await store.close()
    const lost = [...acknowledged].filter(([identity, value]) => kept.get(identity) !== value)
    expect({ seed, lost: lost.length, doubled }).toEqual({ seed, lost: 0, doubled: 0 })
    expect(acknowledged.size).toBeGreaterThan(kills * 100)
  },
  60_000 + kills * 12_000,
)
