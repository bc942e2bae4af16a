import type { DuckDBAppender, DuckDBConnection } from '@duckdb/node-api'
import type { Instant, SensorId } from '../../../city/index.ts'
import type { Reading } from '../../reading.ts'
import { appendReadings, appendSensors, type Rows } from './chunks.ts'
import type { Fresh } from './fresh-file.ts'
import { Identities, type Known, replaces, sortOut } from './identity.ts'
import type { Shelf } from './layout.ts'
import { newestSql } from './newest.ts'
import { SensorBook } from './sensor-book.ts'
import { settled } from './slabs.ts'

/** What a batch changes: rows to add, identities of rows to take out before. */
type Plan = {
  readonly add: Rows
  readonly replaced: { readonly sensors: readonly number[]; readonly readings: readonly Reading[] }
  /** Where the rows to take out are. */
  readonly where: { readonly active: boolean; readonly older: boolean }
}

type Appenders = { readonly sensors: DuckDBAppender; readonly readings: DuckDBAppender }

/**
 * The one connection that writes readings. One batch at a time; each is one transaction in the active fresh file, synced
 * when it resolves.
 */
export class Writer {
  readonly book: SensorBook
  readonly #connection: DuckDBConnection
  readonly #shelf: Shelf
  readonly #identities: Identities
  #appenders: Appenders
  #activeRows = 0
  #activeSince: Instant | undefined

  private constructor(
    connection: DuckDBConnection,
    shelf: Shelf,
    book: SensorBook,
    identities: Identities,
    appenders: Appenders,
  ) {
    this.book = book
    this.#connection = connection
    this.#shelf = shelf
    this.#identities = identities
    this.#appenders = appenders
  }

  static async open(connection: DuckDBConnection, shelf: Shelf): Promise<Writer> {
    const book = await loadBook(connection, shelf.current.fresh)
    const appenders = await appendersTo(connection, shelf.active)
    const writer = new Writer(connection, shelf, book, await Identities.on(connection), appenders)
    const active = await connection.runAndReadAll(
      `select count(*)::double, min(observed_at + delay)::double from ${shelf.active.readings}`,
    )
    const [rows, since] = (active.getRows()[0] ?? [0, null]) as [number, number | null]
    writer.#activeRows = rows
    writer.#activeSince = since ?? undefined
    return writer
  }

  /** Readings in the fresh file that is written to. */
  get activeRows(): number {
    return this.#activeRows
  }

  /** When the first of them was received. */
  get activeSince(): Instant | undefined {
    return this.#activeSince
  }

  /** From now on readings go to this fresh file. */
  async turnOver(next: Fresh): Promise<void> {
    const appenders = await appendersTo(this.#connection, next)
    this.closeAppenders()
    this.#appenders = appenders
    void this.#shelf.change({ fresh: [...this.#shelf.current.fresh, next] })
    this.#activeRows = 0
    this.#activeSince = undefined
  }

  /** A fresh file that an appender points into cannot be detached. */
  closeAppenders(): void {
    this.#appenders.readings.closeSync()
    this.#appenders.sensors.closeSync()
  }

  async write(readings: readonly Reading[]): Promise<void> {
    const namesBefore = this.book.size
    const { ahead, behind } = sortOut(this.book, readings)
    try {
      const plan = await this.#plan(ahead, behind)
      if (plan.add.readings.length > 0) await this.#commit(plan, namesBefore)
      const { sensors, readings: added } = plan.add
      for (let at = 0; at < added.length; at++) this.book.keep(sensors[at] ?? 0, added[at] as Reading)
      this.#activeRows += added.length
      this.#activeSince ??= added[0]?.receivedAt
    } catch (error) {
      for (const reading of readings) this.book.retreat(this.book.numberFor(reading.sensor))
      this.book.truncate(namesBefore)
      throw error
    }
  }

  /** Forgets in the fresh file that is written to. */
  async forgetBefore(observedBefore: Instant): Promise<void> {
    await this.#connection.run(`delete from ${this.#shelf.active.readings} where observed_at < ${observedBefore}`)
  }

  async #plan(ahead: Rows, behind: Plan['replaced']): Promise<Plan> {
    if (behind.readings.length === 0) return { add: ahead, replaced: behind, where: { active: false, older: false } }
    const known = await this.#lookUp(behind)
    const add = { sensors: Array.from(ahead.sensors), readings: [...ahead.readings] }
    const replaced: { sensors: number[]; readings: Reading[] } = { sensors: [], readings: [] }
    const where = { active: false, older: false }
    for (const [at, reading] of behind.readings.entries()) {
      const row = known.get(at)
      if (row !== undefined && !replaces(reading, row)) continue
      const sensor = behind.sensors[at] ?? 0
      add.sensors.push(sensor)
      add.readings.push(reading)
      if (row === undefined) continue
      replaced.sensors.push(sensor)
      replaced.readings.push(reading)
      where[row.isActive ? 'active' : 'older'] = true
    }
    return { add, replaced, where }
  }

  /** By place in `behind`. What is newer than all that is committed was only seen earlier in the same batch. */
  async #lookUp({ sensors, readings }: Plan['replaced']): Promise<ReadonlyMap<number, Known>> {
    const places: number[] = []
    for (const [at, reading] of readings.entries())
      if (!this.book.isAhead(sensors[at] ?? 0, reading.observedAt)) places.push(at)
    if (places.length === 0) return new Map()
    const found = await this.#shelf.borrow((layout) =>
      this.#identities.find(
        layout,
        places.map((at) => sensors[at] ?? 0),
        places.map((at) => readings[at] as Reading),
      ),
    )
    return new Map([...found].map(([position, row]) => [places[position] ?? 0, row]))
  }

  async #commit({ add, replaced, where }: Plan, namesBefore: number): Promise<void> {
    // Before any of it can be read: who reads meanwhile looks here afterwards.
    if (where.older) this.#shelf.active.state.replaces = true
    await this.#connection.run('begin')
    try {
      if (this.book.size > namesBefore)
        appendSensors(this.#appenders.sensors, this.book.namesFrom(namesBefore), namesBefore)
      if (replaced.readings.length > 0)
        await this.#identities.takeOut(this.#shelf.active, replaced.sensors, replaced.readings, where)
      appendReadings(this.#appenders.readings, add)
      await this.#connection.run('commit')
    } catch (error) {
      this.#appenders.sensors.clear()
      this.#appenders.readings.clear()
      // The first error is the one to tell of; a transaction that is broken already may refuse to be rolled back.
      await this.#connection.run('rollback').catch(() => {})
      throw error
    }
  }
}

async function appendersTo(connection: DuckDBConnection, { catalog }: Fresh): Promise<Appenders> {
  return {
    sensors: await connection.createAppender('sensors', 'main', catalog),
    readings: await connection.createAppender('readings', 'main', catalog),
  }
}

async function loadBook(connection: DuckDBConnection, fresh: readonly Fresh[]): Promise<SensorBook> {
  const book = new SensorBook()
  const tables = [`${settled}.sensors`, ...fresh.map(({ sensors }) => sensors)]
  const names = await connection.runAndReadAll(
    `select name from (${tables.map((table) => `from ${table}`).join(' union all ')}) order by id`,
  )
  for (const name of names.getColumns()[0] ?? []) book.add(name as SensorId)
  const newest = await connection.runAndReadAll(
    newestSql(
      fresh.map(({ readings }) => readings),
      'read',
    ),
  )
  type Row = [number, number | null, number, number, number, number | null, number | null]
  for (const [sensor, observedAt, receivedAt, value, quality, from, to] of newest.getRows() as Row[]) {
    if (observedAt !== null) book.keepNewest(sensor, observedAt, receivedAt, value, quality)
    if (from !== null && to !== null) book.keepSkew(sensor, { from, to })
  }
  return book
}
