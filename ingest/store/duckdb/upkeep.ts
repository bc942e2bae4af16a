import type { DuckDBConnection } from '@duckdb/node-api'
import type { Instant } from '../../../city/index.ts'
import { newestSql } from './newest.ts'
import { type FreshTable, readingTables, settledTable } from './schema.ts'

// By sensor, and there by time; every second sensor backwards. From one sensor to the next the time then stays where it is,
// and differences between neighbours, which is what DuckDB stores, stay small: a fifth of the column.
const slabOrder = 'sensor, case when sensor % 2 = 0 then observed_at else -observed_at end'

/**
 * Work on what is already kept: settling and forgetting, on a connection of its own, so that commits go on beside it.
 * One thing at a time: both delete rows, and two transactions that delete the same row conflict.
 */
export class Upkeep {
  readonly #connection: DuckDBConnection
  #last: Promise<void> = Promise.resolve()
  #pending = 0
  #stopping = false

  constructor(connection: DuckDBConnection) {
    this.#connection = connection
  }

  get busy(): boolean {
    return this.#pending > 0
  }

  /** Resolves when nothing is under way, whether it went well or not. */
  async idle(): Promise<void> {
    while (this.busy) await this.#last.catch(() => {})
  }

  /** Breaks off what is under way; sorting is undone, and done at the next start. */
  async stop(): Promise<void> {
    this.#stopping = true
    if (this.busy) this.#connection.interrupt()
    await this.idle()
  }

  /** Moves a fresh table's readings to the settled ones as one slab, sorted by sensor and time. */
  settle(fresh: FreshTable): Promise<void> {
    return this.#alone(async () => {
      const any = await this.#connection.runAndReadAll(`select 1 from ${fresh} limit 1`)
      if (any.currentRowCount === 0) return
      await this.#connection.run('begin')
      try {
        await this.#run(`insert into ${settledTable} from ${fresh} order by ${slabOrder}`)
        await this.#run(`create or replace table settled_sensors as ${newestSql([fresh], true)}`)
        await this.#run(`truncate ${fresh}`)
        await this.#run('commit')
      } catch (error) {
        await this.#connection.run('rollback').catch(() => {})
        throw error
      }
    })
  }

  forgetBefore(observedBefore: Instant): Promise<void> {
    return this.#alone(async () => {
      // Table by table: each is a transaction, and forgetting half is no harm.
      for (const table of readingTables) await this.#run(`delete from ${table} where observed_at < ${observedBefore}`)
      await this.#run(`update settled_sensors
        set observed_at = null, received_at = null, value = null, quality = null where observed_at < ${observedBefore}`)
      await this.#run(`update settled_sensors set skew_from = null, skew_to = null where skew_to < ${observedBefore}`)
    })
  }

  async #run(sql: string): Promise<void> {
    if (this.#stopping) throw new Error('broken off: the store is being closed')
    await this.#connection.run(sql)
  }

  #alone(work: () => Promise<void>): Promise<void> {
    this.#pending++
    const done = this.#last
      .catch(() => {})
      .then(work)
      .finally(() => {
        this.#pending--
      })
    this.#last = done
    return done
  }
}
