/*
 * What very many sensors weigh, and what each reading of them costs:
 * `node --expose-gc --max-old-space-size=8000 --import tsx tests/bench/many-sensors.ts [sensors] [rounds]`.
 * Pumps with all rules that ship for them, those over several sensors too, and the detector on every sensor besides. Each
 * reports every quarter of an hour, all of them in turn, so that whatever a reading needs has not been touched since the
 * last round; values have the decimals that a sensor shows. Told are the resident memory of the whole process, with the
 * registry of all sensors, and processor time a reading.
 */
import { libraryClasses, type SensorId } from '../../city/index.ts'
import type { Reading } from '../../ingest/index.ts'
import { caseCity } from '../../rules/cases/case-city.ts'
import { readRuleText } from '../../rules/file/read-rule-files.ts'
import { forgetfulBook, libraryRuleFiles, RuleEngine, readRuleFiles } from '../../rules/index.ts'
import { seeded } from '../support/randomness.ts'
import { machine } from './machine.ts'

const every = 15 * 60_000
const start = Date.UTC(2026, 4, 4)
const className = 'drinking-water-pump'
const classes = libraryClasses().filter(({ id }) => id === className)
const quantities = classes.flatMap((each) => each.quantities)
const sensors = Number(process.argv[2] ?? 1_000_000)
const rounds = Number(process.argv[3] ?? 130)
const batch = 10_000

const usual: Readonly<Record<string, number>> = {
  vibration: 2,
  'bearing-temperature': 45,
  flow: 200,
  pressure: 5,
  power: 50,
}

const detector = readRuleText(
  'detector.yaml',
  `rules:\n${quantities.map(({ id }) => detectorOn(id)).join('')}`,
  classes,
)
const library = readRuleFiles(libraryRuleFiles(), libraryClasses()).filter((rule) => rule.class === className)

say(machine())
const pumps = Math.ceil(sensors / quantities.length)
const assets = Array.from({ length: pumps }, (_, index) => ({ id: `pump-${index}`, class: className }))
const registry = caseCity(assets, classes)
const ids = registry.sensors().map(({ id }) => id)
const values = registry.sensors().map(({ quantity }) => ({
  usual: usual[quantity.id] ?? 1,
  scale: 10 ** quantity.decimals,
}))
say(`${ids.length} sensors: ${resident()} MB with the registry`)
const engine = new RuleEngine({
  registry,
  rules: [...library, ...detector],
  states: forgetfulBook,
  log: { error: (...what: unknown[]) => say(JSON.stringify(what)) },
})
say(`${library.length + detector.length} rules: ${resident()} MB before the first reading`)

const random = seeded(1)
for (let round = 0; round < rounds; round++) {
  const at = start + round * every
  const began = process.cpuUsage()
  for (let from = 0; from < ids.length; from += batch) engine.judge(readings(from, at), at)
  const { user, system } = process.cpuUsage(began)
  if (round % 10 === 9 || round === rounds - 1)
    say(
      `round ${round + 1}: ${Math.round(((user + system) * 1_000) / ids.length)} ns a reading, ${resident()} MB, ` +
        `${((resident() * 2 ** 20) / ids.length / 1_000).toFixed(2)} kB a sensor`,
    )
}
say(`${engine.alarms().length} alarms; ${JSON.stringify(engine.stats())}`)

function detectorOn(quantity: string): string {
  const when = `{ quantity: ${quantity}, unusual: 6, range: off }`
  return `  - { id: unusual-${quantity}, title: Unusual, class: ${className}, failure mode: bearing-wear, severity: minor, when: ${when}, recover after: 12h, watch: 24h, advice: Look., source: A bench }\n`
}

function readings(from: number, at: number): Reading[] {
  const some: Reading[] = []
  for (let index = from; index < Math.min(from + batch, ids.length); index++) {
    const value = values[index]
    if (value === undefined) continue
    const observedAt = at + (index % 5) + Math.floor(random() * 400)
    some.push({
      sensor: ids[index] as SensorId,
      observedAt,
      receivedAt: observedAt,
      value: Math.round(value.usual * (1 + (random() - 0.5) / 50) * value.scale) / value.scale,
      quality: 'good',
    })
  }
  return some
}

function resident(): number {
  for (let again = 0; again < 2; again++) globalThis.gc?.()
  return Math.round(process.memoryUsage.rss() / 2 ** 20)
}

function say(text: string): void {
  process.stdout.write(`${text}\n`)
}
