import type { DuckDBAppender, DuckDBConnection } from '@duckdb/node-api'
import type { Quality, Reading } from '../../reading.ts'
import { appendIdentities, type Rows } from './chunks.ts'
import type { Fresh } from './fresh-file.ts'
import { keptSql, type Layout } from './layout.ts'
import { qualityOfCode } from './quality-codes.ts'
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

/** What the store holds under an identity that was looked for, and whether it is in the fresh file that is written to. */
export type Known = { readonly value: number; readonly quality: Quality; readonly isActive: boolean }

/**
 * Whether a reading takes the place of the one known. The same value delivered again is the same reading, even when our
 * own judgement of its arrival changed since; a reading that is not at the time it claims has no claim to that place.
 */
export function replaces(reading: Reading, known: Known): boolean {
  if (reading.quality === 'clock-skew') return false
  if (reading.value !== known.value) return true
  return reading.quality !== known.quality && reading.quality !== 'late' && known.quality !== 'clock-skew'
}

/** Looks identities up, and takes out those that are replaced. Uses a temporary table, so one connection and one at a time. */
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
  async find(
    layout: Layout,
    sensors: readonly number[],
    readings: readonly Reading[],
  ): Promise<ReadonlyMap<number, Known>> {
    const { sensor, observedAt } = await this.#seek(sensors, readings)
    const within = `observed_at between ${observedAt[0]} and ${observedAt[1]} and sensor between ${sensor[0]} and ${sensor[1]}`
    const kept = keptSql(layout, within, { observedFrom: observedAt[0], observedTo: observedAt[1] })
    const found = await this.#connection.runAndReadAll(
      `select position, value, quality, active from (${kept}) join sought using (sensor, observed_at)`,
    )
    const known = new Map<number, Known>()
    for (const [position, value, code, isActive] of found.getRows() as [number, number, number, boolean][])
      known.set(position, { value, quality: qualityOfCode(code), isActive })
    return known
  }

  /** What is in the active fresh file is deleted; what is in an older one or in a slab is noted as replaced. */
  async takeOut(
    active: Fresh,
    sensors: readonly number[],
    readings: readonly Reading[],
    where: { readonly active: boolean; readonly older: boolean },
  ): Promise<void> {
    await this.#seek(sensors, readings)
    if (where.older)
      await this.#connection.run(`
        insert into ${active.replaced} select sensor, observed_at from sought
        where (sensor, observed_at) not in (select (sensor, observed_at) from ${active.replaced})`)
    if (where.active)
      await this.#connection.run(`
        delete from ${active.readings} as kept using sought
        where kept.sensor = sought.sensor and kept.observed_at = sought.observed_at`)
  }

  /** Fills the temporary table. With the bounds DuckDB passes over row groups that cannot hold any of them. */
  async #seek(sensors: readonly number[], readings: readonly Reading[]): Promise<Bounds> {
    const at = readings.map((reading) => reading.observedAt)
    await this.#connection.run('delete from sought')
    appendIdentities(this.#sought, sensors, at)
    return { sensor: extent(sensors), observedAt: extent(at) }
  }
}

type Bounds = { readonly sensor: readonly [number, number]; readonly observedAt: readonly [number, number] }

function extent(numbers: readonly number[]): [number, number] {
  let lowest = Number.POSITIVE_INFINITY
  let highest = Number.NEGATIVE_INFINITY
  for (const number of numbers) {
    if (number < lowest) lowest = number
    if (number > highest) highest = number
  }
  return [lowest, highest]
}
