import type { Instant } from '../../../city/index.ts'
import type { Reading } from '../../reading.ts'
import { encode, sizeOf } from './encoding.ts'
import { type BatchRow, readingsOf, type SpoolSql } from './spool-sql.ts'

const schema = `
  create table if not exists refused (
    id integer primary key autoincrement,
    at integer not null,
    detail text not null,
    readings integer not null,
    bytes integer not null,
    sensors text not null,
    payload blob not null
  ) strict;
`

/** Readings that the store does not take, kept for people to look at and put right; the oldest go when there are too many. */
export class SetAside {
  readonly #sql: SpoolSql

  constructor(sql: SpoolSql) {
    this.#sql = sql
    sql.make(schema)
  }

  /** Synced to disk when it returns. */
  keep(readings: readonly Reading[], detail: string, at: Instant, bytesMax: number): void {
    const { sensors, payload } = encode(readings)
    this.#sql.run(
      'insert into refused (at, detail, readings, bytes, sensors, payload) values (?, ?, ?, ?, ?, ?)',
      Math.trunc(at),
      detail,
      readings.length,
      sizeOf({ sensors, payload }),
      sensors,
      payload,
    )
    for (;;) {
      const [held] = this.#sql.all('select min(id) as oldest, max(id) as newest, sum(bytes) as bytes from refused') as {
        oldest: number
        newest: number
        bytes: number
      }[]
      if (held === undefined || held.bytes <= bytesMax || held.oldest === held.newest) return
      this.#sql.run('delete from refused where id = ?', held.oldest)
    }
  }

  /** Hands them to the caller batch by batch, the oldest first, and forgets each that was taken. */
  giveBack(take: (readings: readonly Reading[]) => void): number {
    const ids = this.#sql.all('select id from refused order by id') as { id: number }[]
    for (const { id } of ids) {
      const [row] = this.#sql.all('select id, readings, sensors, payload from refused where id = ?', id) as BatchRow[]
      if (row !== undefined) take(readingsOf(row))
      this.#sql.run('delete from refused where id = ?', id)
    }
    return ids.length
  }

  /** How many readings. */
  count(): number {
    const [row] = this.#sql.all('select coalesce(sum(readings), 0) as readings from refused') as { readings: number }[]
    return row?.readings ?? 0
  }
}
