import type { ReadingStore } from '../../ingest/index.ts'

/** Readings that are told by a number: it says the sensor, the time and the value, so anyone can check what was kept. */
export const sensorCount = 40
/** So small that settling goes on while processes are killed. */
export const slabRows = 5_000
const firstAt = Date.UTC(2026, 0, 1)
const stepMs = 1_000

export function telemetryOf(number: number): { asset: string; topic: string; observedAt: number } {
  const asset = `pump-${number % sensorCount}`
  return { asset, topic: `telemetry/${asset}/flow`, observedAt: firstAt + Math.floor(number / sensorCount) * stepMs }
}

/** The numbers of all readings kept, in no order; one that is kept twice is in it twice. */
export async function keptNumbers(store: ReadingStore): Promise<number[]> {
  const kept: number[] = []
  for await (const readings of store.receivedSince(0, 0)) for (const { value } of readings) kept.push(value)
  return kept
}
