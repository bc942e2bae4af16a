import type { Instant, Sensor } from '../../city/index.ts'
import type { ReadingStore } from '../../ingest/index.ts'
import { isoOf } from './views/iso.ts'

/** Rows fetched at a time: about 2 MB of text, whatever the range. */
const rowsPerWindow = 20_000
const firstWindowMs = 86_400_000

/**
 * Every reading of a range as CSV, a window at a time, as fast as the far end reads. A window that holds more than fits
 * is halved; one that holds little makes the next one longer. The head comes with the first window, so that a store that
 * is away is known before anything was answered.
 */
export async function* csvOf(
  store: Pick<ReadingStore, 'series'>,
  sensor: Sensor,
  from: Instant,
  to: Instant,
): AsyncGenerator<string> {
  const { unit } = sensor.quantity
  let head = 'observedAt,value,unit,quality\n'
  let windowMs = firstWindowMs
  for (let start = from; start < to; ) {
    const end = Math.min(start + windowMs, to)
    const series = await store.series({ sensor: sensor.id, from: start, to: end, points: rowsPerWindow })
    if (series.kind === 'buckets') {
      windowMs = Math.max(1, Math.floor((end - start) / 2))
      continue
    }
    const rows = series.at.map((at, row) => `${isoOf(at)},${series.value[row]},${unit},${series.quality[row]}\n`)
    if (head !== '' || rows.length > 0) yield head + rows.join('')
    head = ''
    if (rows.length < rowsPerWindow / 4) windowMs *= 2
    start = end
  }
}
