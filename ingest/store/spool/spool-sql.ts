import Libsql from 'libsql'
import type { SensorId } from '../../../city/index.ts'
import type { Reading } from '../../reading.ts'
import { decode } from './encoding.ts'

// A backup holds the lock for moments only.
const busyTimeoutMs = 2_000

/** A blob comes back as an ArrayBuffer. */
export type BatchRow = {
  readonly id: number
  readonly readings: number
  readonly sensors: string
  readonly payload: ArrayBuffer
}

/** All readings of a row, or one sensor's only. */
export function readingsOf({ sensors, payload }: BatchRow, only?: SensorId): Reading[] {
  return decode({ sensors, payload: Buffer.from(payload) }, only)
}

type Prepared = ReturnType<InstanceType<typeof Libsql>['prepare']>

/** The connection to the spool's file. Calls are synchronous and throw what SQLite says. */
export class SpoolSql {
  readonly #database: InstanceType<typeof Libsql>
  readonly #statements = new Map<string, Prepared>()

  constructor(path: string) {
    this.#database = new Libsql(path)
    for (const pragma of [
      `busy_timeout = ${busyTimeoutMs}`,
      // Before the first table, or it has no effect.
      'auto_vacuum = INCREMENTAL',
      'journal_mode = WAL',
      // A PUBACK has left for what is in here: it must survive a power cut.
      'synchronous = FULL',
    ]) {
      const statement = this.#database.prepare(`PRAGMA ${pragma}`)
      if (statement.reader) statement.all()
      else statement.run()
    }
  }

  make(schema: string): void {
    this.#database.exec(schema)
  }

  all(text: string, ...values: unknown[]): unknown[] {
    return this.#prepared(text).all(values)
  }

  run(text: string, ...values: unknown[]): void {
    this.#prepared(text).run(values)
  }

  close(): void {
    this.#statements.clear()
    this.#database.close()
  }

  #prepared(text: string): Prepared {
    let statement = this.#statements.get(text)
    if (statement === undefined) {
      statement = this.#database.prepare(text)
      this.#statements.set(text, statement)
    }
    return statement
  }
}
