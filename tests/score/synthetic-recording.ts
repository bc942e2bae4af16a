import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { seeded } from '../support/randomness.ts'

export const quarter = 900
export const day = 86_400
/** A Monday, in seconds. */
export const start = Date.UTC(2024, 0, 1) / 1_000

export function write(folder: string, file: string, text: string): void {
  const path = join(folder, file)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
}

/** Two months of a day's wave with noise, every 15 min; `changed` puts something wrong into it. */
export function wave(seed: number, changed: (at: number, value: number) => number | string = (_, value) => value) {
  const random = seeded(seed)
  return Array.from({ length: (60 * day) / quarter }, (_, index) => {
    const at = start + index * quarter
    const value = 10 + 3 * Math.sin((2 * Math.PI * at) / day) + (random() + random() - 1) * 0.2
    const written = changed(at, Number(value.toFixed(3)))
    return { at, written }
  })
}

export function seriesText(rows: readonly { readonly at: number; readonly written: number | string }[]): string {
  return `${['epoch_s,value', ...rows.map(({ at, written }) => `${at},${written}`)].join('\n')}\n`
}

/** As NAB writes it. */
export function timestampText(rows: readonly { readonly at: number; readonly written: number | string }[]): string {
  const written = rows.map(({ at, written }) => `${timestamp(at)},${written}`)
  return `${['timestamp,value', ...written].join('\n')}\n`
}

export function timestamp(at: number): string {
  return new Date(at * 1_000).toISOString().slice(0, 19).replace('T', ' ')
}

/** Two river gauges, each with a spike, and on one of them an hour of error codes; labels for all three. */
export function writeGauges(folder: string): void {
  const spikeAt = start + 40 * day + 10 * quarter
  const codesAt = start + 50 * day
  const isSpike = (at: number) => at === spikeAt || at === spikeAt + quarter
  write(
    folder,
    'series/weir__temp.csv',
    seriesText(
      wave(1, (at, value) => (isSpike(at) ? value + 20 : at >= codesAt && at < codesAt + 3_600 ? -9999 : value)),
    ),
  )
  write(folder, 'series/mill__cond.csv', seriesText(wave(2, (at, value) => (isSpike(at) ? value - 8 : value))))
  write(
    folder,
    'events.json',
    JSON.stringify([
      { asset: 'weir', metric: 'temp', start: spikeAt, end: spikeAt + quarter },
      { asset: 'weir', metric: 'temp', start: codesAt, end: codesAt + 3_600 },
      { asset: 'mill', metric: 'cond', start: spikeAt, end: spikeAt + quarter },
    ]),
  )
  write(folder, 'meta.json', '{"period_s": 900}')
}
