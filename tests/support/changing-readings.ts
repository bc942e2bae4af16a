import { type SensorId, sensorId } from '../../city/index.ts'
import type { Reading, ReadingStore } from '../../ingest/index.ts'
import { seeded } from './randomness.ts'

/** One thing done to a store, told by its number: new, late and replacing readings, and now and then forgetting. */
export type Change =
  | { readonly kind: 'append'; readonly readings: readonly Reading[] }
  | { readonly kind: 'forget'; readonly before: number }

/** So small that settling and merging never stop, and that merging takes several steps. */
export const small = { slabRows: 500, merging: { fanout: 2, rowsPerStep: 150 } }

const firstAt = Date.UTC(2026, 0, 1)
const stepMs = 1_000
const sensors = Array.from({ length: 12 }, (_, at) => sensorId(`pump-${at}`, 'flow'))

export function changeOf(number: number): Change {
  const random = seeded(number + 1)
  const now = number * 10
  if (number % 61 === 60) return { kind: 'forget', before: firstAt + Math.floor(now * 0.6) * stepMs }
  const rows = 40 + Math.floor(random() * 160)
  const readings = Array.from({ length: rows }, (_, row): Reading => {
    const at = random() < 0.7 ? now + Math.floor(random() * 10) : Math.floor(random() * (now + 10))
    const observedAt = firstAt + at * stepMs
    const sensor = sensors[Math.floor(random() * sensors.length)] as SensorId
    return { sensor, observedAt, receivedAt: observedAt + 200, value: number * 1_000 + row, quality: 'good' }
  })
  return { kind: 'append', readings }
}

/** What a store holds, by identity; what is in it twice is an error. */
export type Contents = Map<string, number>

export function makeChange(contents: Contents, change: Change): void {
  if (change.kind === 'append')
    for (const { sensor, observedAt, value } of change.readings) contents.set(`${sensor} ${observedAt}`, value)
  else for (const key of [...contents.keys()]) if (Number(key.split(' ')[1]) < change.before) contents.delete(key)
}

export async function contentsOf(store: ReadingStore): Promise<Contents> {
  const contents: Contents = new Map()
  for await (const readings of store.receivedSince(0, 0))
    for (const { sensor, observedAt, value } of readings) {
      const key = `${sensor} ${observedAt}`
      if (contents.has(key)) throw new Error(`${key} is kept twice`)
      contents.set(key, value)
    }
  return contents
}
