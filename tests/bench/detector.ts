/*
 * What the detector costs: readings of 100,000 series, one of each in turn, so that every state has left the caches before it
 * is needed again, as in a city; and of one series after another, as in a backtest. Values with a day in them, noise and
 * spikes.
 */
import { surprise, surpriseDefaults, surpriseSlots } from '../../rules/detection/anomaly/index.ts'
import { machine } from './machine.ts'

const series = 100_000
const rounds = 120
const alone = 2_000_000
const stepMs = 60_000
const start = Date.UTC(2026, 0, 1)

let seed = 1
function random(): number {
  seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0
  return seed / 4_294_967_296
}

const values = Float64Array.from({ length: 1 << 16 }, (_, index) => {
  const spike = random() < 0.001 ? 30 : 0
  return 50 + 10 * Math.sin(index / 200) + random() + random() + spike
})
const measured = (one: number, round: number) => values[(one * 37 + round) & 0xffff] as number

// Time of this process on the processor: what else runs on the machine does not count, but for the caches it empties.
const processorMs = () => process.cpuUsage().user / 1_000

console.log(machine())
const states = new Float64Array(series * surpriseSlots).fill(Number.NaN)
const judgeRound = (round: number) => {
  const at = start + round * stepMs
  for (let one = 0; one < series; one++)
    surprise(surpriseDefaults, states, one * surpriseSlots, at, measured(one, round), 0)
}
for (let round = 0; round < rounds / 4; round++) judgeRound(round)
const collected = process.memoryUsage().heapUsed
let since = processorMs()
for (let round = rounds / 4; round < rounds; round++) judgeRound(round)
let microseconds = ((processorMs() - since) * 1_000) / (series * rounds * 0.75)
const grown = process.memoryUsage().heapUsed - collected
console.log(
  `${series.toLocaleString('en')} series in turn     ${microseconds.toFixed(2)} µs/reading, ${surpriseSlots * 8} bytes/series (${(states.byteLength / 1e6).toFixed(0)} MB), heap grew by ${(grown / 1e6).toFixed(1)} MB over ${((series * rounds * 0.75) / 1e6).toFixed(0)} million readings`,
)

const state = new Float64Array(surpriseSlots).fill(Number.NaN)
since = processorMs()
for (let round = 0; round < alone; round++)
  surprise(surpriseDefaults, state, 0, start + round * stepMs, measured(0, round), 0)
microseconds = ((processorMs() - since) * 1_000) / alone
console.log(`one series after another  ${microseconds.toFixed(2)} µs/reading`)
