import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { type SimulateOptions, type SimulationProgress, simulate, type Truth } from '../../simulators/index.ts'
import { temporaryFolder } from '../support/files.ts'
import { listeningBroker, quiet, readingsIn } from './listening-broker.ts'
import { smallTown } from './small-town.ts'

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const crew = { id: 'simulated-crews', secret: 'secret of simulated-crews' }
const town = smallTown(2)
const devices = [
  ...town.devices.map((device) => ({ ...device, subscribes: [] })),
  { id: crew.id, assets: [], subscribes: ['tickets/+'] },
]
const folder = temporaryFolder()
const filesIn = (name: string) => ({
  stateFile: join(folder, name, 'state.json'),
  truthFile: join(folder, name, 'truth.json'),
})
const files = filesIn('at-once')
const { broker, address, messages } = await listeningBroker(devices)

/** Runs the town until `enough` says so of its progress, then stops it and waits for its goodbye. */
async function runUntil(
  enough: (progress: SimulationProgress) => boolean | undefined,
  changes: Partial<SimulateOptions> = {},
): Promise<void> {
  const stop = new AbortController()
  await simulate({
    broker: address,
    town,
    credentials: new Map(town.devices.map((device) => [device.id, `secret of ${device.id}`])),
    crewListener: crew,
    seed: 5,
    from: Date.now() - 30 * hourMs,
    ...files,
    now: Date.now,
    log: quiet,
    signal: stop.signal,
    onProgress: (progress) => {
      if (enough(progress)) stop.abort()
    },
    ...changes,
  })
}

function truth(): Truth {
  return JSON.parse(readFileSync(files.truthFile, 'utf8'))
}

/** Times of one sensor, in the order they came. */
function timesOf(sensor: string, from = 0): number[] {
  return readingsIn(messages.slice(from))
    .filter((reading) => reading.sensor === sensor)
    .map((reading) => reading.at)
}

test('fills in the past in order, goes live, stops cleanly and goes on where it was', async () => {
  let connected = 0
  await runUntil((progress) => {
    connected = Math.max(connected, progress.connected)
    return progress.stage === 'live' && progress.readings > 0 && connected === town.devices.length
  })
  const times = timesOf('drinking-water-pump-1/flow')
  expect(times).toEqual([...times].sort((one, other) => one - other))
  expect(new Set(times).size).toBe(times.length)
  // Thirty hours: 28 at ten minutes, two in full.
  expect(times.length).toBeGreaterThan(28 * 6 + 110)
  expect(Math.min(...times)).toBeLessThan(Date.now() - 29 * hourMs)
  expect(Math.max(...times)).toBeGreaterThan(Date.now() - 3 * minuteMs)
  expect(Math.max(...times)).toBeLessThanOrEqual(Date.now())
  expect(Math.max(...messages.map((message) => message.payload.length))).toBeLessThanOrEqual(65_536)
  expect(broker.connectedCount()).toBe(0)
  expect(statSync(files.stateFile).size).toBeGreaterThan(100)
  expect(existsSync(`${files.stateFile}.new`)).toBe(false)

  const told = truth()
  expect(told.faults.length).toBeGreaterThan(10)
  expect(Date.parse(told.faults[0]?.onsetAt ?? '')).toBeLessThan(Date.parse(told.faults[0]?.functionalFailureAt ?? ''))
  expect(told.sensorFaults.length).toBeGreaterThan(2)

  const before = messages.length
  await runUntil((progress) => progress.stage === 'live' && progress.readings > 0)
  const again = timesOf('drinking-water-pump-1/flow', before)
  // At most the minute that was under way is told twice, with the same values.
  expect(Math.min(...again)).toBeGreaterThan(Math.max(...times) - 2 * minuteMs)
  const byTime = new Map<string, number>()
  for (const { sensor, at, value } of readingsIn(messages)) {
    const key = `${sensor}@${at}`
    expect(byTime.get(key) ?? value).toBe(value)
    byTime.set(key, value)
  }
})

test('what a crew finishes is mended in the town, and the truth says so', async () => {
  const broken = truth().faults.find((fault) => fault.kind === 'scour')
  expect(broken?.repairedAt).toBeUndefined()
  const order = { number: 7, asset: broken?.asset, failureMode: broken?.failureMode, state: 'work-done' }
  let seconds = 0
  await runUntil((progress) => {
    if (progress.stage !== 'live') return false
    if (broker.isConnected(crew.id)) broker.publish('tickets/structures', JSON.stringify(order))
    seconds += 1
    return (
      truth().faults.some((fault) => fault.asset === broken?.asset && fault.repairedAt !== undefined) || seconds > 20
    )
  })
  const mended = truth().faults.find((fault) => fault.asset === broken?.asset)
  expect(Date.parse(mended?.repairedAt ?? '')).toBeGreaterThan(Date.now() - minuteMs)
})

test('at a speed, the town runs in full through its past until it has caught up', async () => {
  const before = messages.length
  const seen: number[] = []
  await runUntil(
    (progress) => {
      seen.push(progress.simulatedAt)
      return progress.stage === 'live' && progress.readings > 0
    },
    { speed: 7_200, from: Date.now() - 4 * hourMs, ...filesIn('paced') },
  )
  expect(seen).toEqual([...seen].sort((one, other) => one - other))
  // Two hours a second: some steps on the way, none of them all of it.
  expect(seen.length).toBeGreaterThan(4)
  const times = timesOf('drinking-water-pump-1/flow', before)
  expect(times.length).toBeGreaterThan(4 * 60 - 5)
  expect(new Set(times.slice(1).map((time, index) => time - (times[index] ?? 0)))).toEqual(new Set([minuteMs]))
})
