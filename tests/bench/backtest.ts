/*
 * One rule tried on the past of a hundred sensors: a year at one reading a minute, 52.6 million readings.
 *
 *   node --import tsx tests/bench/backtest.ts [FOLDER]
 *
 * The year is written once, by SQL, in the slabs that the store's own settling and merging leave (a minute, 130 MB); with
 * a FOLDER it is kept and used again. The store is then opened as the program opens it. Told are the time, how long the
 * main thread was held up at most while it ran (what a page or a device would have waited), and memory.
 */
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import pino from 'pino'
import { libraryClasses } from '../../city/index.ts'
import { openDuckDbStore } from '../../ingest/index.ts'
import { runBacktest } from '../../rules/backtest/backtest.ts'
import { caseCity } from '../../rules/cases/case-city.ts'
import { libraryRuleFiles, type Rule, readRuleFiles } from '../../rules/index.ts'
import { machine } from './machine.ts'
import { benchAsset, writeYearOfPumps, yearFrom, yearTo } from './year-of-pumps.ts'

const sensors = 100
const keep = process.argv[2]
const folder = keep ?? mkdtempSync(join(tmpdir(), 'lengthsman-bench-'))
const log = pino({ level: 'warn' })

async function measure(
  path: string,
  name: string,
  rules: readonly Rule[],
  inForce: readonly Rule[] = [],
): Promise<void> {
  const assets = Array.from({ length: sensors }, (_, index) => ({
    id: benchAsset(index),
    class: 'drinking-water-pump',
  }))
  const registry = caseCity(assets, libraryClasses())
  const store = await openDuckDbStore({ path, memoryLimitMb: 512, log })
  const held = monitorEventLoopDelay({ resolution: 5 })
  held.enable()
  const cpu = process.cpuUsage()
  let largest = 0
  const watching = setInterval(() => {
    largest = Math.max(largest, process.memoryUsage.rss())
  }, 100)
  const outcome = await runBacktest({ rules, inForce, from: yearFrom, to: yearTo }, { store, registry })
  clearInterval(watching)
  held.disable()
  const { user, system } = process.cpuUsage(cpu)
  await store.close()
  const seconds = outcome.tookMs / 1_000
  console.log(
    `${name.padEnd(44)} ${seconds.toFixed(1)} s  ${(outcome.readings / 1e6).toFixed(1)} million readings  ${((seconds * 1e9) / outcome.readings).toFixed(0)} ns each  ` +
      `processor ${((user + system) / 1e6).toFixed(1)} s  ${outcome.bouts.length} bouts  held up ${(held.max / 1e6).toFixed(0)} ms at most, p99 ${(held.percentile(99) / 1e6).toFixed(0)} ms  ${(largest / 2 ** 20).toFixed(0)} MiB`,
  )
}

try {
  mkdirSync(folder, { recursive: true })
  const path = join(folder, 'readings.duckdb')
  if (!existsSync(path)) {
    console.log('writing a year of 100 pumps …')
    await writeYearOfPumps(path, sensors)
  }
  console.log(machine())
  const all = readRuleFiles(libraryRuleFiles(), libraryClasses())
  const named = (...ids: string[]) => all.filter(({ id }) => ids.includes(id))
  await measure(path, 'a threshold', named('pump-vibration-high'))
  await measure(path, 'a threshold, with the rules about its sensor', named('pump-vibration-high'), all)
  await measure(path, 'a silence', named('pump-silent-vibration'))
  await measure(
    path,
    'all rules of the library on vibration',
    all.filter(({ class: of, condition }) => of === 'drinking-water-pump' && condition.quantity === 'vibration'),
  )
} finally {
  if (keep === undefined) rmSync(folder, { recursive: true, force: true })
}
