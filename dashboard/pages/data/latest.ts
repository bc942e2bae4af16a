import { type Signal, signal } from '@preact/signals'
import { onStream } from './stream.ts'
import type { LatestValue } from './types.ts'

/** The newest value of each sensor on show: one signal each, so that a new value redraws its own number and nothing else. */
const values = new Map<string, Signal<LatestValue | null>>()

export function latestOf(sensor: string): Signal<LatestValue | null> {
  const known = values.get(sensor)
  if (known) return known
  const made = signal<LatestValue | null>(null)
  values.set(sensor, made)
  return made
}

/** An older answer never takes the place of a newer value that the stream brought meanwhile. */
export function learnLatest(sensor: string, value: LatestValue | null): void {
  const held = latestOf(sensor)
  const before = held.peek()
  if (value && before && Date.parse(before.observedAt) > Date.parse(value.observedAt)) return
  if (value) held.value = value
}

export type FreshReading = { sensor: string; at: number; value: number; quality: LatestValue['quality'] }

export function onReadings(listener: (readings: readonly FreshReading[]) => void): () => void {
  return onStream('readings', (event) =>
    listener(
      event.values.map(([sensor, at, value, quality]) => ({
        sensor,
        at,
        value,
        quality: quality as LatestValue['quality'],
      })),
    ),
  )
}

export function startLatest(): void {
  onReadings((readings) => {
    for (const { sensor, at, value, quality } of readings)
      learnLatest(sensor, { value, observedAt: new Date(at).toISOString(), quality })
  })
}
