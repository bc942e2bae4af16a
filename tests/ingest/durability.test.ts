/*
 * What this simulates: the process ends between two instructions (kill -9), again and again, under load, also while
 * readings are being sorted into slabs. What it can show: that nothing is acknowledged before it is handed to the
 * operating system, and that a half-written file is put right. What it cannot show: a power cut, for the system's page
 * cache survives the process. That DuckDB syncs before it reports a commit was seen in its system calls.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, expect, test } from '@jest/globals'
import { openDuckDbStore } from '../../ingest/index.ts'
import { bundleProgram } from '../support/bundle.ts'
import { temporaryFolder } from '../support/files.ts'
import { keptNumbers } from '../support/numbered-telemetry.ts'
import { seeded } from '../support/randomness.ts'
import { silentLog as log } from '../support/silence.ts'

const kills = 25
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

/** Works until it has acknowledged something and then some milliseconds more; returns what it acknowledged. */
async function workAndDie(child: Child, path: string, from: number, afterMs: number): Promise<number[]> {
  child.process.stdin?.write(`${JSON.stringify({ path, from, inFlight })}\n`)
  const acknowledged = [Number((await child.lines.next()).value)]
  const exited = once(child.process, 'exit')
  void wait(afterMs).then(() => child.process.kill('SIGKILL'))
  for (let line = await child.lines.next(); line.done !== true; line = await child.lines.next())
    acknowledged.push(Number(line.value))
  await exited
  return acknowledged
}

test(`${kills} times kill -9 under load: every acknowledged reading is there, and none twice`, async () => {
  const path = join(folder, 'readings.duckdb')
  const random = seeded(seed)
  const acknowledged = new Set<number>()
  let highest = -1
  const program = await bundleProgram('ingest-child.ts')
  let ahead = load(program)
  for (let kill = 0; kill < kills; kill++) {
    const child = await ahead
    ahead = load(program)
    const from = Math.max(0, highest - sentAgain)
    const numbers = await workAndDie(child, path, from, 5 + random() * 120)
    for (const number of numbers) {
      acknowledged.add(number)
      if (number > highest) highest = number
    }
    const store = await openDuckDbStore({ path, log })
    const kept = await keptNumbers(store)
    await store.close()
    const distinct = new Set(kept)
    const lost = [...acknowledged].filter((number) => !distinct.has(number))
    expect({ seed, kill, lost, doubled: kept.length - distinct.size }).toEqual({ seed, kill, lost: [], doubled: 0 })
  }
  expect(acknowledged.size).toBeGreaterThan(kills * inFlight)
  ;(await ahead).process.kill('SIGKILL')
}, 120_000)
