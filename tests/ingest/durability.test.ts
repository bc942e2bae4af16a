/*
 * What this simulates: the process ends between two instructions (kill -9), again and again, under load, also while
 * readings are being sorted into slabs. What it can show: that nothing is acknowledged before it is handed to the
 * operating system, and that a half-written file is put right. What it cannot show: a power cut, for the system's page
 * cache survives the process; the order of write, sync and PUBACK has a test of its own (tests/acceptance/order.test.ts).
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, expect, test } from '@jest/globals'
import { openDuckDbStore, openSpooledInflux, type ReadingStore } from '../../ingest/index.ts'
import { eventually } from '../support/api-client.ts'
import { bundleProgram } from '../support/bundle.ts'
import { temporaryFolder } from '../support/files.ts'
import { findInfluxd, startInfluxd } from '../support/influxd.ts'
import { keptNumbers } from '../support/numbered-telemetry.ts'
import { seeded } from '../support/randomness.ts'
import { silentLog as log } from '../support/silence.ts'

const duckDbKills = 45
const influxKills = 40
// The store is opened and read whole only now and then: what was lost stays lost.
const lookEvery = 10
const inFlight = 200
// So many before the last acknowledged one are sent again by the next process: a device that did not see its PUBACK.
const sentAgain = 100
const seed = Number(process.env['SEED'] ?? 20_261_104)

const folder = temporaryFolder()

type Child = { readonly process: ChildProcess; readonly lines: AsyncIterator<string> }

const children: ChildProcess[] = []
afterAll(() => {
  for (const child of children) child.kill('SIGKILL')
})

/** Starting Node takes longer than everything else here, so one is always loaded ahead. */
async function load(program: string): Promise<Child> {
  const child = spawn(process.execPath, [program], { stdio: ['pipe', 'pipe', 'inherit'] })
  children.push(child)
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  expect((await lines.next()).value).toBe('ready')
  return { process: child, lines }
}

type Place = { readonly path: string; readonly influx?: { readonly url: string; readonly database: string } }

/** Works until it has acknowledged something and then some milliseconds more; returns what it acknowledged. */
async function workAndDie(child: Child, place: Place, from: number, afterMs: number): Promise<number[]> {
  child.process.stdin?.write(`${JSON.stringify({ ...place, from, inFlight })}\n`)
  const acknowledged = [Number((await child.lines.next()).value)]
  const exited = once(child.process, 'exit')
  void wait(afterMs).then(() => child.process.kill('SIGKILL'))
  for (let line = await child.lines.next(); line.done !== true; line = await child.lines.next())
    acknowledged.push(Number(line.value))
  await exited
  return acknowledged
}

type Killing = {
  readonly kills: number
  readonly place: Place
  /** Before each round. */
  readonly prepare?: (round: number) => Promise<void>
  /** A store that shows all that is kept. */
  readonly open: () => Promise<ReadingStore>
}

/** Kills a process after the other at random moments, and compares what they acknowledged with what is kept. */
async function killAgainAndAgain({ kills, place, prepare, open }: Killing): Promise<number> {
  const random = seeded(seed)
  const acknowledged = new Set<number>()
  let highest = -1
  const program = await bundleProgram('ingest-child.ts')
  let ahead = load(program)
  for (let kill = 1; kill <= kills; kill++) {
    await prepare?.(kill)
    const child = await ahead
    ahead = load(program)
    const from = Math.max(0, highest - sentAgain)
    const numbers = await workAndDie(child, place, from, 5 + random() * 120)
    for (const number of numbers) {
      acknowledged.add(number)
      if (number > highest) highest = number
    }
    if (kill % lookEvery > 0) continue
    const store = await open()
    const kept = await keptNumbers(store)
    await store.close()
    const distinct = new Set(kept)
    const lost = [...acknowledged].filter((number) => !distinct.has(number))
    expect({ seed, kill, lost, doubled: kept.length - distinct.size }).toEqual({ seed, kill, lost: [], doubled: 0 })
  }
  ;(await ahead).process.kill('SIGKILL')
  return acknowledged.size
}

test(`DuckDB, ${duckDbKills} times kill -9 under load: every acknowledged reading is there, and none twice`, async () => {
  const path = join(folder, 'readings.duckdb')
  const open = () => openDuckDbStore({ path, log })
  const acknowledged = await killAgainAndAgain({ kills: duckDbKills, place: { path }, open })
  expect(acknowledged).toBeGreaterThan(duckDbKills * inFlight)
}, 120_000)

const binary = findInfluxd()
const influxTest = binary === undefined && process.env['CI'] === undefined ? test.skip : test
influxTest(
  `InfluxDB, ${influxKills} times kill -9 under load, with the server there, frozen or killed as well: all is there, none twice`,
  async () => {
    if (binary === undefined)
      throw new Error('influxd is not on the PATH, and in CI it must be: apt-get install influxdb')
    const server = await startInfluxd(binary, join(folder, 'influx'))
    const influx = { url: server.url, database: 'killed' }
    const path = join(folder, 'spool.db')
    let spooled = 0
    try {
      const acknowledged = await killAgainAndAgain({
        kills: influxKills,
        place: { path, influx },
        // Ten rounds with it, five without an answer, four without it; then it comes back, and all is compared.
        prepare: async (round) => {
          const phase = round % 20
          if (phase === 11) server.freeze()
          if (phase === 16) {
            server.thaw()
            await server.kill()
          }
          if (phase === 0) await server.start()
        },
        open: async () => {
          const store = await openSpooledInflux({ ...influx, spool: { path, bytesMax: 1e9, now: Date.now }, log })
          spooled += store.waiting?.().readings ?? 0
          await eventually(
            async () => store.waiting?.().batches,
            (batches) => batches === 0,
          )
          return store
        },
      })
      expect(acknowledged).toBeGreaterThan(influxKills * inFlight)
      expect(spooled).toBeGreaterThan(inFlight)
    } finally {
      server.thaw()
      await server.stop()
    }
  },
  120_000,
)
