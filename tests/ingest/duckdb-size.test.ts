/*
 * Bytes a stored reading takes, as the main file has them once everything is settled: a simulated town at one a minute,
 * and real river gauges (Logan River Observatory) where the recordings are beside the project. Received 60 to 315 ms
 * after they were observed, which is noise of eight bits and cannot be packed into less.
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from '@jest/globals'
import { sensorId } from '../../city/index.ts'
import { openDuckDbStore, type Reading } from '../../ingest/index.ts'
import { temporaryFolder } from '../support/files.ts'
import { noon } from '../support/readings.ts'
import { silentLog as log } from '../support/silence.ts'
import { townValues } from '../support/town-values.ts'

const bytesMax = 3.5
const minute = 60_000
const folder = temporaryFolder()
const gauges = resolve(import.meta.dirname, '..', '..', '..', 'shared', 'data', 'lro', 'series')

type Recording = { readonly at: ArrayLike<number>; readonly value: ArrayLike<number> }

async function bytesPerReading(name: string, recordings: readonly Recording[]): Promise<number> {
  const path = join(folder, `${name}.duckdb`)
  const store = await openDuckDbStore({ path, log })
  let count = 0
  for (const [number, { at, value }] of recordings.entries()) {
    const sensor = sensorId(`asset-${number}`, 'value')
    const readings = Array.from(at, (observedAt, place): Reading => {
      const delay = 60 + (Math.imul(++count, 2_654_435_761) >>> 24)
      return { sensor, observedAt, receivedAt: observedAt + delay, value: value[place] ?? 0, quality: 'good' }
    })
    await store.append(readings)
  }
  await store.close()
  return statSync(path).size / count
}

test(`a town's readings take at most ${bytesMax} bytes each`, async () => {
  const minutes = 8 * 1_440
  const at = Float64Array.from({ length: minutes }, (_, step) => noon + step * minute)
  const recordings = townValues(noon, minutes).map((value) => ({ at, value }))
  expect(await bytesPerReading('town', recordings)).toBeLessThanOrEqual(bytesMax)
}, 60_000)

const testWithGauges = existsSync(gauges) ? test : test.skip
testWithGauges(
  `real river gauges take at most ${bytesMax} bytes a reading`,
  async () => {
    const recordings = readdirSync(gauges).map((name) => {
      const [, ...lines] = readFileSync(join(gauges, name), 'utf8').trim().split('\n')
      const rows = lines.map((line) => line.split(',').map(Number))
      const sound = rows.filter(([, value]) => Number.isFinite(value))
      return { at: sound.map(([second = 0]) => second * 1_000), value: sound.map(([, value = 0]) => value) }
    })
    // Three of each: in a file of half a million readings the empty ends of its blocks would count for a sixth.
    expect(await bytesPerReading('gauges', [...recordings, ...recordings, ...recordings])).toBeLessThanOrEqual(bytesMax)
  },
  60_000,
)
