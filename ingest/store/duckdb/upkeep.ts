import type { DuckDBConnection } from '@duckdb/node-api'
import type { Logger } from 'pino'
import type { Instant } from '../../../city/index.ts'
import { detachFresh, type Fresh, removeFresh } from './fresh-file.ts'
import type { Shelf } from './layout.ts'
import { type MergeRules, slabsToMerge } from './merge-plan.ts'
import { Merging } from './merging.ts'
import { newestSql } from './newest.ts'
import { addSlab, byReceipt, readingColumns, type Slab, settled, slabOrder, slabTable, viewSql } from './slabs.ts'

export type UpkeepOptions = {
  readonly path: string
  readonly mergeRules: MergeRules
  readonly log: Logger
}

/**
 * Work on what is already kept: settling fresh files, merging slabs and forgetting, on a connection of its own, so that
 * commits go on beside it. One thing at a time; merging gives way to the others between its steps.
 */
export class Upkeep {
  readonly #connection: DuckDBConnection
  readonly #shelf: Shelf
  readonly #options: UpkeepOptions
  #last: Promise<unknown> = Promise.resolve()
  #settling = 0
  #merging: Merging | undefined
  #mergeLoop: Promise<void> | undefined
  #stopping = false
  #lastSlab: number

  constructor(connection: DuckDBConnection, shelf: Shelf, options: UpkeepOptions) {
    this.#connection = connection
    this.#shelf = shelf
    this.#options = options
    this.#lastSlab = shelf.current.slabs.reduce((last, { id }) => Math.max(last, id), 0)
    this.#mergeOn()
  }

  get settling(): boolean {
    return this.#settling > 0
  }

  /** Settles the fresh files that are not written to any more, oldest first; `all` when none is. */
  async settle(which: 'inactive' | 'all'): Promise<void> {
    this.#settling++
    try {
      for (;;) {
        const { fresh } = this.#shelf.current
        const [oldest] = which === 'all' ? fresh : fresh.slice(0, -1)
        if (oldest === undefined) break
        await this.#alone(() => this.#settleOne(oldest))
      }
    } finally {
      this.#settling--
    }
    this.#mergeOn()
  }

  /** In slabs and in the fresh files that are not written to any more. */
  forgetBefore(observedBefore: Instant): Promise<void> {
    return this.#alone(async () => {
      const { slabs, fresh } = this.#shelf.current
      for (const { readings } of fresh.slice(0, -1))
        await this.#run(`delete from ${readings} where observed_at < ${observedBefore}`)
      const merged = new Set(this.#merging?.inputs.map(({ id }) => id))
      const gone = slabs.filter((slab) => slab.observedTo < observedBefore && !merged.has(slab.id))
      const cut = slabs.filter((slab) => slab.observedFrom < observedBefore && !gone.includes(slab))
      const left = slabs.filter((slab) => !gone.includes(slab))
      await this.#transaction(async () => {
        const tables = cut.map(({ id }) => slabTable(id))
        if (this.#merging !== undefined) tables.push(this.#merging.table)
        for (const table of tables) await this.#run(`delete from ${table} where observed_at < ${observedBefore}`)
        await this.#run(`update ${settled}.slabs set observed_from = greatest(observed_from, ${observedBefore})`)
        if (gone.length > 0)
          await this.#run(`delete from ${settled}.slabs where id in (${gone.map(({ id }) => id).join(', ')})`)
        await this.#run(`update ${settled}.settled_sensors
          set observed_at = null, received_at = null, value = null, quality = null where observed_at < ${observedBefore}`)
        await this.#run(
          `update ${settled}.settled_sensors set skew_from = null, skew_to = null where skew_to < ${observedBefore}`,
        )
        await this.#run(viewSql(left))
      })
      this.#replaceSlabs(
        left.map((slab) => ({ ...slab, observedFrom: Math.max(slab.observedFrom, observedBefore) })),
        gone,
      )
      await this.#checkpoint()
    })
  }

  /** Ends merging, which is begun anew at the next start, and waits for what else is under way. */
  async stop(): Promise<void> {
    this.#stopping = true
    if (this.#mergeLoop !== undefined && !this.settling) this.#connection.interrupt()
    await this.#mergeLoop
    await this.idle()
  }

  /** Resolves when nothing is under way, whether it went well or not. */
  async idle(): Promise<void> {
    for (let last: unknown; last !== this.#last; ) {
      last = this.#last
      await this.#last
    }
  }

  /** Resolves when no slabs are left to merge. */
  async merged(): Promise<void> {
    await this.idle()
    await this.#mergeLoop
    await this.idle()
  }

  /** Moves a fresh file's readings into a slab of their own, and takes out of the older slabs what they replaced. */
  async #settleOne(fresh: Fresh): Promise<void> {
    const id = ++this.#lastSlab
    const { slabs } = this.#shelf.current
    const slab = await this.#transaction(async () => {
      const added = await addSlab(this.#connection, id, fresh.readings)
      if (added !== undefined) {
        await this.#run(`create table ${slabTable(id)} ${readingColumns}`)
        await this.#run(`insert into ${slabTable(id)} from ${fresh.readings} order by ${slabOrder}`)
      }
      await this.#deleteReplaced(fresh, slabs)
      await this.#run(`insert into ${settled}.sensors from ${fresh.sensors}`)
      await this.#run(`create or replace table ${settled}.settled_sensors as ${newestSql([fresh.readings], 'stored')}`)
      await this.#run(`delete from ${settled}.settled_generation`)
      await this.#run(`insert into ${settled}.settled_generation values (${fresh.generation})`)
      await this.#run(viewSql(added === undefined ? slabs : [...slabs, added]))
      return added
    })
    const released = this.#shelf.change({
      slabs: slab === undefined ? slabs : [...slabs, slab].sort(byReceipt),
      fresh: this.#shelf.current.fresh.filter(({ generation }) => generation !== fresh.generation),
    })
    await this.#checkpoint()
    this.#later(released, async () => {
      await detachFresh(this.#connection, fresh)
      removeFresh(this.#options.path, fresh.generation)
    })
  }

  async #deleteReplaced({ replaced }: Fresh, slabs: readonly Slab[]): Promise<void> {
    const result = await this.#connection.runAndReadAll(
      `select count(*)::double, min(observed_at)::double, max(observed_at)::double from ${replaced}`,
    )
    const [count = 0, from = 0, to = 0] = (result.getRows()[0] ?? []) as number[]
    if (count === 0) return
    const within = slabs.filter((slab) => slab.observedTo >= from && slab.observedFrom <= to)
    const tables = within.map(({ id }) => slabTable(id))
    if (this.#merging !== undefined) tables.push(this.#merging.table)
    for (const table of tables)
      await this.#run(`delete from ${table} as old using ${replaced} as newer
        where old.sensor = newer.sensor and old.observed_at = newer.observed_at
          and old.observed_at between ${from} and ${to}`)
  }

  #mergeOn(): void {
    if (this.#mergeLoop !== undefined || this.#stopping) return
    this.#mergeLoop = this.#merge()
      .catch((error) => {
        if (!this.#stopping) this.#options.log.warn({ err: error }, 'slabs could not be merged; tried again later')
      })
      .finally(() => {
        this.#mergeLoop = undefined
      })
  }

  async #merge(): Promise<void> {
    try {
      for (;;) {
        const started = performance.now()
        if (!(await this.#alone(() => this.#mergeStep()))) return
        // As long again as the step took: merging takes half a core at most.
        if (this.#merging !== undefined) await this.#rest(performance.now() - started)
      }
    } finally {
      const unfinished = this.#merging
      this.#merging = undefined
      if (unfinished !== undefined)
        await this.#connection.run(`drop table if exists ${unfinished.table}`).catch(() => {})
    }
  }

  /** Whether there was something to do. */
  async #mergeStep(): Promise<boolean> {
    if (this.#merging === undefined) {
      const { mergeRules } = this.#options
      const inputs = slabsToMerge(this.#shelf.current.slabs, mergeRules)
      if (inputs === undefined) return false
      this.#checkOn()
      this.#merging = await Merging.begin(this.#connection, inputs, ++this.#lastSlab, mergeRules.rowsPerStep)
    }
    const merging = this.#merging
    this.#checkOn()
    if (!merging.done) await merging.step()
    if (!merging.done) return true
    const { slabs } = this.#shelf.current
    const ids = new Set(merging.inputs.map(({ id }) => id))
    const others = slabs.filter(({ id }) => !ids.has(id))
    const left = await this.#transaction(async () => {
      const slab = await merging.list()
      const all = slab === undefined ? others : [...others, slab].sort(byReceipt)
      await this.#run(viewSql(all))
      return all
    })
    this.#merging = undefined
    this.#replaceSlabs(
      left,
      slabs.filter(({ id }) => ids.has(id)),
    )
    await this.#checkpoint()
    return true
  }

  #replaceSlabs(left: readonly Slab[], gone: readonly Slab[]): void {
    const released = this.#shelf.change({ slabs: left })
    if (gone.length === 0) return
    this.#later(released, async () => {
      for (const { id } of gone) await this.#run(`drop table ${slabTable(id)}`)
      await this.#checkpoint()
    })
  }

  /** What is dropped later and was not is left over at the next start, and dropped then. */
  #later(when: Promise<void>, work: () => Promise<void>): void {
    void when
      .then(() => this.#alone(work))
      .catch((error) => {
        if (!this.#stopping)
          this.#options.log.warn({ err: error }, 'what is merged or settled could not be removed yet')
      })
  }

  /** Folds the main file's log into it, which frees what was dropped. Only this connection writes there, so nobody waits. */
  async #checkpoint(): Promise<void> {
    await this.#connection.run(`checkpoint ${settled}`).catch((error) => {
      if (!this.#stopping) this.#options.log.warn({ err: error }, 'the store could not be tidied; tried again later')
    })
  }

  async #transaction<T>(work: () => Promise<T>): Promise<T> {
    await this.#connection.run('begin')
    try {
      const result = await work()
      await this.#connection.run('commit')
      return result
    } catch (error) {
      await this.#connection.run('rollback').catch(() => {})
      throw error
    }
  }

  async #run(sql: string): Promise<void> {
    await this.#connection.run(sql)
  }

  #checkOn(): void {
    if (this.#stopping) throw new Error('broken off: the store is being closed')
  }

  async #rest(ms: number): Promise<void> {
    const until = performance.now() + ms
    while (!this.#stopping && performance.now() < until) await new Promise((resolve) => setTimeout(resolve, 20))
  }

  #alone<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#last.then(work)
    this.#last = done.catch(() => {})
    return done
  }
}
