import { BIGINT, DOUBLE, type DuckDBAppender, DuckDBDataChunk, INTEGER, UTINYINT, VARCHAR } from '@duckdb/node-api'
import type { Instant, SensorId } from '../../../city/index.ts'
import type { Reading } from '../../reading.ts'
import { qualityCodes } from './schema.ts'

/** Readings with their sensors' numbers, in the same order. */
export type Rows = { readonly sensors: ArrayLike<number>; readonly readings: readonly Reading[] }

// DuckDB's vector size: a chunk holds no more.
const chunkRowsMax = 2_048
const readingTypes = [INTEGER, BIGINT, BIGINT, DOUBLE, UTINYINT]

/**
 * Hands rows to an appender, column by column. Whole chunks go five to ten times faster than rows, and the loops below
 * stand apart so that each stays on one type.
 */
export function appendReadings(appender: DuckDBAppender, { sensors, readings }: Rows): void {
  for (let start = 0; start < readings.length; start += chunkRowsMax) {
    const slice = readings.length <= chunkRowsMax ? readings : readings.slice(start, start + chunkRowsMax)
    const chunk = DuckDBDataChunk.create(readingTypes, slice.length)
    const numbers = new Array<number>(slice.length)
    for (let row = 0; row < slice.length; row++) numbers[row] = sensors[start + row] ?? 0
    chunk.setColumnValues(0, numbers)
    chunk.setColumnValues(1, instants(slice, observedAtOf))
    chunk.setColumnValues(2, instants(slice, delayOf))
    chunk.setColumnValues(3, slice.map(measuredOf))
    chunk.setColumnValues(4, slice.map(codeOf))
    appender.appendDataChunk(chunk)
  }
  appender.flushSync()
}

/** Names of sensors whose numbers count up from `first`. */
export function appendSensors(appender: DuckDBAppender, names: readonly SensorId[], first: number): void {
  for (let start = 0; start < names.length; start += chunkRowsMax) {
    const slice = names.slice(start, start + chunkRowsMax)
    const chunk = DuckDBDataChunk.create([INTEGER, VARCHAR], slice.length)
    chunk.setColumnValues(
      0,
      slice.map((_, row) => first + start + row),
    )
    chunk.setColumnValues(1, slice)
    appender.appendDataChunk(chunk)
  }
  appender.flushSync()
}

/** Identities to look for, with the place each has in the caller's list. */
export function appendIdentities(appender: DuckDBAppender, sensors: readonly number[], at: readonly Instant[]): void {
  for (let start = 0; start < sensors.length; start += chunkRowsMax) {
    const slice = sensors.slice(start, start + chunkRowsMax)
    const chunk = DuckDBDataChunk.create([INTEGER, INTEGER, BIGINT], slice.length)
    chunk.setColumnValues(
      0,
      slice.map((_, row) => start + row),
    )
    chunk.setColumnValues(1, slice)
    chunk.setColumnValues(2, at.slice(start, start + slice.length).map(BigInt))
    appender.appendDataChunk(chunk)
  }
  appender.flushSync()
}

const observedAtOf = (reading: Reading) => reading.observedAt
const delayOf = (reading: Reading) => reading.receivedAt - reading.observedAt
const measuredOf = (reading: Reading) => reading.value
const codeOf = (reading: Reading) => qualityCodes[reading.quality]

/** Neighbours mostly share their instant (one message, one millisecond), and making a bigint is what costs here. */
function instants(readings: readonly Reading[], instantOf: (reading: Reading) => Instant): bigint[] {
  const made = new Array<bigint>(readings.length)
  let last = 0
  let lastMade = 0n
  for (let row = 0; row < readings.length; row++) {
    const instant = instantOf(readings[row] as Reading)
    if (instant !== last) {
      last = instant
      lastMade = BigInt(instant)
    }
    made[row] = lastMade
  }
  return made
}
