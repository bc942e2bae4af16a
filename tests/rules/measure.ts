/**
 * How long judging takes and what it occupies; run apart from the tests: `npx tsx --expose-gc tests/rules/measure.ts [sensors]`.
 * Three rules a sensor (threshold of two levels, stuck, silence), a day's history behind them.
 */
import { cpus, hostname } from 'node:os'
import { libraryClasses, openDatabase } from '../../city/index.ts'
import type { Reading } from '../../ingest/index.ts'
import { caseCity } from '../../rules/cases/case-city.ts'
import { AlarmBook, RuleEngine, ruleMigrations } from '../../rules/index.ts'
import { seeded } from '../support/randomness.ts'
import { minute, silenceRule, start, stuckRule, vibrationRule } from './support.ts'

const sensors = Number(process.argv[2] ?? 1_600)
const rounds = Math.max(20, Math.ceil(3_000_000 / sensors / 10))
const say = (text: string) => process.stdout.write(`${text}\n`)
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined }

const database = await openDatabase(':memory:', ruleMigrations)
const assets = Array.from({ length: sensors }, (_, index) => ({ id: `pump-${index}`, class: 'drinking-water-pump' }))
const registry = caseCity(
  assets,
  libraryClasses().filter(({ id }) => id === 'drinking-water-pump'),
)
const random = seeded(1)

// Ingest looks the sensor up, so that its readings carry the registry's own id.
const ids = registry.sensors().flatMap(({ id, quantity }) => (quantity.id === 'vibration' ? [id] : []))

function batches(from: number, count: number, shift = 0): Reading[][] {
  return Array.from({ length: count }, (_, round) => {
    const at = start + (from + round) * minute + shift
    return ids.map((sensor) => ({ sensor, observedAt: at, receivedAt: at, value: 2 + random(), quality: 'good' }))
  })
}

function bySensor(rows: Reading[][]): Reading[][] {
  return assets.map((_, index) => rows.flatMap((row) => row[index] ?? []))
}

const heapBefore = heap()
const engine = new RuleEngine({
  registry,
  rules: [vibrationRule(), stuckRule(), silenceRule()],
  states: new AlarmBook(database),
  log: silent,
})
const heapEmpty = heap()
say(`${hostname()}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, Node ${process.version}`)
say(
  `${sensors} sensors × 3 rules: ${((heapEmpty - heapBefore) / sensors / 3).toFixed(0)} bytes a judgement before the first reading`,
)

let at = 0
const timed = (name: string, readings: Reading[][]) => {
  const began = process.cpuUsage()
  let count = 0
  for (const batch of readings) {
    engine.judge(batch, start)
    count += batch.length
  }
  // Processor time, so that what else runs on the machine does not count; it includes collecting garbage.
  const { user, system } = process.cpuUsage(began)
  const ns = ((user + system) * 1_000) / count
  say(`${name}: ${ns.toFixed(0)} ns a reading (${count} readings)`)
}
for (let repeat = 0; repeat < 8; repeat++) {
  timed('in order', batches(at, rounds))
  at += rounds
}
// Whatever the last call still holds of its readings would count as history.
timed('one more round', batches(at++, 1))
say(`with history: ${((heap() - heapEmpty) / sensors / 1_024).toFixed(1)} kB a sensor`)
const lateRounds = Math.min(20, rounds)
const late = batches(at - lateRounds, lateRounds, 30_000).reverse()
timed('late, each alone', late)
timed('the same again (duplicates)', late)
timed(
  'late, a batch of one sensor',
  late[0] === undefined ? [] : bySensor(batches(at - lateRounds, lateRounds, 45_000)),
)
const began = process.hrtime.bigint()
for (let index = 0; index < 100; index++) engine.tick(start + at * minute)
say(`tick: ${(Number(process.hrtime.bigint() - began) / 1e8).toFixed(3)} ms`)
const keeping = process.hrtime.bigint()
await engine.checkpoint(start)
say(`checkpoint of everything: ${(Number(process.hrtime.bigint() - keeping) / 1e6).toFixed(0)} ms`)

function heap(): number {
  for (let again = 0; again < 3; again++) globalThis.gc?.()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}
