import type { DuckDBAppender, DuckDBConnection } from '@duckdb/node-api'
import type { Quality, Reading } from '../../reading.ts'
import { appendIdentities, type Rows } from './chunks.ts'
import { qualityOfCode, type ReadingTable, readingTables } from './schema.ts'
import type { SensorBook } from './sensor-book.ts'

/** A batch, each identity once: those certainly new, and those that may be known. */
export type SortedOut = {
  readonly ahead: Rows & { readonly sensors: ArrayLike<number> }
  readonly behind: { readonly sensors: readonly number[]; readonly readings: readonly Reading[] }
}

const nothing = { sensors: [], readings: [] } as const

/**
 * Tells new readings from those whose identity the store may hold. Nearly all are newer than their sensor's newest, and
 * cost one comparison; the others are looked for. Of readings with one identity the last in the batch stays.
 */
export function sortOut(book: SensorBook, readings: readonly Reading[]): SortedOut {
  const sensors = new Int32Array(readings.length)
  const isBehind: number[] = []
  for (let at = 0; at < readings.length; at++) {
    const reading = readings[at] as Reading
    const sensor = book.numberFor(reading.sensor)
    sensors[at] = sensor
    if (reading.quality === 'clock-skew' || !book.advance(sensor, reading.observedAt)) isBehind.push(at)
  }
  return isBehind.length === 0
    ? { ahead: { sensors, readings }, behind: nothing }
    : separate(sensors, readings, isBehind)
}

function separate(sensors: Int32Array, readings: readonly Reading[], isBehind: readonly number[]): SortedOut {
  const lastAt = new Map<number, Map<number, number>>()
  for (const at of isBehind) {
    const sensor = sensors[at] ?? 0
    const places = lastAt.get(sensor) ?? new Map<number, number>()
    lastAt.set(sensor, places.set((readings[at] as Reading).observedAt, at))
  }
  const behindMarks = new Uint8Array(readings.length)
  for (const at of isBehind) behindMarks[at] = 1
  const ahead: { sensors: number[]; readings: Reading[] } = { sensors: [], readings: [] }
  for (let at = 0; at < readings.length; at++) {
    if (behindMarks[at] === 1) continue
    const reading = readings[at] as Reading
    const sensor = sensors[at] ?? 0
    const places = lastAt.get(sensor)
    const other = places?.get(reading.observedAt)
    if (other === undefined) {
      ahead.sensors.push(sensor)
      ahead.readings.push(reading)
    } else if (other < at) places?.set(reading.observedAt, at)
  }
  const chosen = [...lastAt.values()].flatMap((places) => [...places.values()]).sort((a, b) => a - b)
  return {
    ahead,
    behind: { sensors: chosen.map((at) => sensors[at] ?? 0), readings: chosen.map((at) => readings[at] as Reading) },
  }
}

/** What the store holds under an identity that was looked for. */
export type Known = { readonly value: number; readonly quality: Quality; readonly table: ReadingTable }

/**
 * Whether a reading takes the place of the one known. The same value delivered again is the same reading, even when our
 * own judgement of its arrival changed since; a reading that is not at the time it claims has no claim to that place.
 */
export function replaces(reading: Reading, known: Known): boolean {
  if (reading.quality === 'clock-skew') return false
  if (reading.value !== known.value) return true
  return reading.quality !== known.quality && reading.quality !== 'late' && known.quality !== 'clock-skew'
}

/** Looks identities up, and deletes those that are replaced. Uses a temporary table, so one connection and one at a time. */
export class Identities {
  readonly #connection: DuckDBConnection
  readonly #sought: DuckDBAppender

  private constructor(connection: DuckDBConnection, sought: DuckDBAppender) {
    this.#connection = connection
    this.#sought = sought
  }

  static async on(connection: DuckDBConnection): Promise<Identities> {
    await connection.run('create temp table sought (position integer, sensor integer, observed_at bigint)')
    return new Identities(connection, await connection.createAppender('sought', 'main', 'temp'))
  }

  /** By place in the lists given; what is not known is absent. */
  async find(sensors: readonly number[], readings: readonly Reading[]): Promise<ReadonlyMap<number, Known>> {
    const bounds = await this.#seek(sensors, readings)
    const parts = readingTables.map(
      (table, place) =>
        `select position, r.value, r.quality, ${place} from ${table} r join sought using (sensor, observed_at) where ${bounds}`,
    )
    const found = await this.#connection.runAndReadAll(parts.join(' union all '))
    const known = new Map<number, Known>()
    for (const [position, value, code, place] of found.getRows() as [number, number, number, number][])
      known.set(position, { value, quality: qualityOfCode(code), table: readingTables[place] ?? 'readings_settled' })
    return known
  }

  async delete(
    sensors: readonly number[],
    readings: readonly Reading[],
    tables: ReadonlySet<ReadingTable>,
  ): Promise<void> {
    const bounds = await this.#seek(sensors, readings)
    for (const table of tables)
      await this.#connection.run(
        `delete from ${table} r using sought where r.sensor = sought.sensor and r.observed_at = sought.observed_at and ${bounds}`,
      )
  }

  /** Fills the temporary table. The bounds let DuckDB pass over row groups that cannot hold any of them. */
  async #seek(sensors: readonly number[], readings: readonly Reading[]): Promise<string> {
    const at = readings.map((reading) => reading.observedAt)
    await this.#connection.run('delete from sought')
    appendIdentities(this.#sought, sensors, at)
    const [first, last] = extent(at)
    const [lowest, highest] = extent(sensors)
    return `r.observed_at between ${first} and ${last} and r.sensor between ${lowest} and ${highest}`
  }
}

function extent(numbers: readonly number[]): [number, number] {
  let lowest = Number.POSITIVE_INFINITY
  let highest = Number.NEGATIVE_INFINITY
  for (const number of numbers) {
    if (number < lowest) lowest = number
    if (number > highest) highest = number
  }
  return [lowest, highest]
}
