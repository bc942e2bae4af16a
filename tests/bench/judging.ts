/*
 * What judging costs: `node --expose-gc --import tsx tests/bench/judging.ts [pumps]`. All rules that ship for a pump, those over
 * several of its sensors and those about the sensors themselves as well, on all its sensors; by processor time, so that
 * what else runs on the machine does not count. It includes collecting garbage.
 */
import { libraryClasses, openDatabase } from '../../city/index.ts'
import type { Reading } from '../../ingest/index.ts'
import { caseCity } from '../../rules/cases/case-city.ts'
import { AlarmBook, libraryRuleFiles, RuleEngine, readRuleFiles, ruleMigrations } from '../../rules/index.ts'
import { seeded } from '../support/randomness.ts'
import { machine } from './machine.ts'

const minute = 60_000
const start = Date.UTC(2026, 4, 4)
const className = 'drinking-water-pump'
const pumps = Number(process.argv[2] ?? 2_000)
const rounds = 30
const say = (text: string) => process.stdout.write(`${text}\n`)
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined }

const database = await openDatabase(':memory:', ruleMigrations)
const assets = Array.from({ length: pumps }, (_, index) => ({ id: `pump-${index}`, class: className }))
const registry = caseCity(
  assets,
  libraryClasses().filter(({ id }) => id === className),
)
const random = seeded(1)

// Ingest looks the sensor up, so that its readings carry the registry's own id.
const usual: Readonly<Record<string, number>> = {
  vibration: 2,
  'bearing-temperature': 45,
  flow: 200,
  pressure: 5,
  power: 50,
}
const ids = registry.sensors().map(({ id, quantity }) => ({ id, value: usual[quantity.id] ?? 1 }))

function batches(from: number, count: number, shift = 0): Reading[][] {
  return Array.from({ length: count }, (_, round) => {
    const at = start + (from + round) * minute + shift
    return ids.map(({ id, value }) => ({
      sensor: id,
      observedAt: at,
      receivedAt: at,
      value: value * (1 + random() / 50),
      quality: 'good',
    }))
  })
}

function bySensor(rows: Reading[][]): Reading[][] {
  return ids.map((_, index) => rows.flatMap((row) => row[index] ?? []))
}

const rules = readRuleFiles(libraryRuleFiles(), libraryClasses()).filter((rule) => rule.class === className)
const heapBefore = heap()
const engine = new RuleEngine({
  registry,
  rules,
  states: new AlarmBook(database),
  log: silent,
})
const heapEmpty = heap()
say(machine())
say(
  `${ids.length} sensors of ${pumps} pumps, ${rules.length} rules: ${((heapEmpty - heapBefore) / ids.length / 1_024).toFixed(1)} kB a sensor before the first reading`,
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
say(`with history: ${((heap() - heapEmpty) / ids.length / 1_024).toFixed(1)} kB a sensor`)
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
