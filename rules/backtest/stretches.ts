import type { DurationMs, Instant, SensorId } from '../../city/index.ts'
import { type PackedReadings, type ReadingStore, readPacked } from '../../ingest/index.ts'

/** A stretch of time with the readings of all inputs, in the order in which they lie. */
export type Stretch = { readonly inputs: readonly PackedReadings[]; readonly through: Instant }

export type StretchesWanted = {
  readonly sensors: readonly SensorId[]
  readonly from: Instant
  readonly to: Instant
  readonly withDelays: boolean
  /** What the first stretch is measured by; how dense the readings are shows then. */
  readonly expectedIntervalMs: DurationMs
}

// 16 MB of columns: more is not faster, and several stretches are under way at once.
const rowsMax = 1_000_000
const firstRows = 100_000

/**
 * Reads a span from the beginning to the end, as much at a time as memory allows: a stretch that holds more than fits is
 * halved, one that holds little makes the next one longer.
 */
export async function* stretches(store: ReadingStore, wanted: StretchesWanted): AsyncGenerator<Stretch> {
  const { sensors, from, to, withDelays, expectedIntervalMs } = wanted
  const rowsEach = Math.max(1_000, Math.floor(rowsMax / sensors.length))
  let lengthMs = Math.max(1_000, (firstRows / sensors.length) * expectedIntervalMs)
  for (let start = from; start < to; ) {
    const through = Math.min(to, start + lengthMs)
    const inputs = await readAll(store, sensors, { from: start, to: through, rowsMax: rowsEach, withDelays })
    if (inputs === undefined && lengthMs > 1) {
      lengthMs = Math.max(1, Math.floor(Math.min(lengthMs, to - start) / 2))
      continue
    }
    if (inputs === undefined) throw new Error(`more than ${rowsEach} readings of ${sensors[0]} in one millisecond`)
    yield { inputs, through }
    const most = Math.max(1, ...inputs.map(({ stamps }) => stamps.length))
    lengthMs = Math.ceil(lengthMs * Math.min(16, Math.max(1, rowsEach / 2 / most)))
    start = through
  }
}

async function readAll(
  store: ReadingStore,
  sensors: readonly SensorId[],
  span: { readonly from: Instant; readonly to: Instant; readonly rowsMax: number; readonly withDelays: boolean },
): Promise<readonly PackedReadings[] | undefined> {
  const inputs: PackedReadings[] = []
  for (const sensor of sensors) {
    const packed = await readPacked(store, { sensor, ...span })
    if (packed === undefined) return undefined
    inputs.push(packed)
  }
  return inputs
}
