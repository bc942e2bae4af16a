import { mkdirSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { type Instant, Refusal, type SensorId } from '../../../city/index.ts'
import type { Reading } from '../../reading.ts'
import { type Encoded, sizeOf } from './encoding.ts'
import { SetAside } from './set-aside.ts'
import { type BatchRow, readingsOf, SpoolSql } from './spool-sql.ts'

/** Batches from the head of the spool, in the order they were put in. */
export type Head = {
  readonly readings: readonly Reading[]
  /** The last batch of it. */
  readonly through: number
}

// The file is given back to the disk in pieces of 4 MB, so that nobody waits long for it.
const pagesFreedAtOnce = 1_024

const schema = `
  create table if not exists batch (
    id integer primary key autoincrement,
    readings integer not null,
    received_from integer not null,
    observed_from integer not null,
    observed_to integer not null,
    bytes integer not null,
    sensors text not null,
    payload blob not null
  ) strict;
`

/**
 * The SQLite file of batches that wait for their store. A batch is a row and a transaction of its own, synced to disk
 * when `put` returns. Calls are synchronous: one takes as long as the disk needs to sync. They throw what SQLite says.
 */
export class SpoolFile {
  readonly path: string
  /** What the store does not take, ever. */
  readonly aside: SetAside
  readonly #sql: SpoolSql
  #batches = 0
  #readings = 0
  #bytes = 0
  #oldestReceivedAt: Instant | undefined

  private constructor(path: string, sql: SpoolSql) {
    this.path = path
    this.#sql = sql
    this.aside = new SetAside(sql)
    this.#count()
  }

  /** Opens or makes the file. @throws Refusal when it cannot be written or is no such file */
  static open(path: string): SpoolFile {
    try {
      mkdirSync(dirname(resolve(path)), { recursive: true })
      const sql = new SpoolSql(path)
      sql.make(schema)
      return new SpoolFile(path, sql)
    } catch (error) {
      throw new Refusal(
        'SPOOL_UNUSABLE',
        `cannot use the spool ${path} (${(error as Error).message}): make the file and its folder writable, free some space, or, when it is damaged, move it and ${path}-wal away (the readings in it are then not sent on)`,
        error,
      )
    }
  }

  get batches(): number {
    return this.#batches
  }

  get readings(): number {
    return this.#readings
  }

  /** Of what waits, without what SQLite adds. */
  get bytes(): number {
    return this.#bytes
  }

  get oldestReceivedAt(): Instant | undefined {
    return this.#oldestReceivedAt
  }

  /** The number of the last batch ever put in. */
  get last(): number {
    const [row] = this.#sql.all("select seq from sqlite_sequence where name = 'batch'") as { seq: number }[]
    return row?.seq ?? 0
  }

  /** Synced to disk when it returns. */
  put(readings: readonly Reading[], { sensors, payload }: Encoded): void {
    let [receivedFrom, observedFrom, observedTo] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, 0]
    for (const { receivedAt, observedAt } of readings) {
      if (receivedAt < receivedFrom) receivedFrom = receivedAt
      if (observedAt < observedFrom) observedFrom = observedAt
      if (observedAt > observedTo) observedTo = observedAt
    }
    this.#sql.run(
      'insert into batch (readings, received_from, observed_from, observed_to, bytes, sensors, payload) values (?, ?, ?, ?, ?, ?, ?)',
      readings.length,
      Math.trunc(receivedFrom),
      Math.trunc(observedFrom),
      Math.ceil(observedTo),
      sizeOf({ sensors, payload }),
      sensors,
      payload,
    )
    this.#batches++
    this.#readings += readings.length
    this.#bytes += sizeOf({ sensors, payload })
    this.#oldestReceivedAt ??= receivedFrom
  }

  /** The oldest batches, whole, of so many readings together at most; one batch at least. */
  head(readingsMax: number): Head | undefined {
    const rows: BatchRow[] = []
    let count = 0
    for (let after = 0; ; ) {
      const [row] = this.#sql.all(
        'select id, readings, sensors, payload from batch where id > ? order by id limit 1',
        after,
      )
      const next = row as BatchRow | undefined
      if (next === undefined || (rows.length > 0 && count + next.readings > readingsMax)) break
      rows.push(next)
      count += next.readings
      after = next.id
    }
    const through = rows.at(-1)?.id
    return through === undefined ? undefined : { readings: rows.flatMap((row) => readingsOf(row)), through }
  }

  /** One batch after another from this one on. */
  *batchesAfter(after: number, through: number): Generator<readonly Reading[]> {
    for (let last = after; ; ) {
      const rows = this.#sql.all(
        'select id, sensors, payload from batch where id > ? and id <= ? order by id limit 1',
        last,
        through,
      ) as BatchRow[]
      const [row] = rows
      if (row === undefined) return
      last = row.id
      yield readingsOf(row)
    }
  }

  /** What waits of one sensor and time, of at most so many batches after this one; `after` is where to go on. */
  ofSensor(
    sensor: SensorId,
    from: Instant,
    to: Instant,
    after: number,
    batchesMax: number,
  ): {
    readonly readings: readonly Reading[]
    readonly after: number | undefined
  } {
    const ids = this.#sql.all('select id from batch where id > ? order by id limit ?', after, batchesMax) as {
      id: number
    }[]
    const last = ids.at(-1)?.id
    if (last === undefined) return { readings: [], after: undefined }
    const rows = this.#sql.all(
      'select id, sensors, payload from batch where id > ? and id <= ? and observed_from < ? and observed_to >= ? and instr(sensors, ?) > 0 order by id',
      after,
      last,
      Math.ceil(to),
      Math.floor(from),
      `\n${sensor}\n`,
    ) as BatchRow[]
    const readings = rows.flatMap((row) =>
      readingsOf(row, sensor).filter(({ observedAt }) => observedAt >= from && observedAt < to),
    )
    return { readings, after: last }
  }

  /** They are where they belong. */
  removeThrough(id: number): void {
    this.#sql.run('delete from batch where id <= ?', id)
    this.#count()
  }

  /** Batches of which nothing is as new as this. */
  removeBefore(observedBefore: Instant): void {
    this.#sql.run('delete from batch where observed_to < ?', Math.ceil(observedBefore))
    this.#count()
  }

  /** Gives a piece of what is not used back to the disk; whether there is more. */
  shrink(): boolean {
    this.#sql.all(`pragma incremental_vacuum(${pagesFreedAtOnce})`)
    const [free] = this.#sql.all('pragma freelist_count') as { freelist_count: number }[]
    if ((free?.freelist_count ?? 0) > 0) return true
    this.#sql.all('pragma wal_checkpoint(truncate)')
    return false
  }

  close(): void {
    this.#sql.close()
  }

  #count(): void {
    const [row] = this.#sql.all(
      'select count(*) as batches, sum(readings) as readings, sum(bytes) as bytes from batch',
    ) as { batches: number; readings: number | null; bytes: number | null }[]
    const [head] = this.#sql.all('select received_from as at from batch order by id limit 1') as { at: Instant }[]
    this.#batches = row?.batches ?? 0
    this.#readings = row?.readings ?? 0
    this.#bytes = row?.bytes ?? 0
    this.#oldestReceivedAt = head?.at
  }
}
